"""What is told of this machine: the program, its files, the caller, the terminal, completion."""

import base64
import io
import json
import os
from pathlib import Path

import pytest
from scripting import NOON, SECRET

from rensei_cli.credentials import Credential
from rensei_cli.doctor.caller import credential_check
from rensei_cli.doctor.completion import completion_check, installed
from rensei_cli.doctor.program import path_check
from rensei_cli.doctor.terminal import color_check, encoding_check, terminal_check
from rensei_cli.options import Color, GlobalOptions
from rensei_cli.settings import DEFAULT_URL, Settings

BROKEN = f'[contexts.work]\nurl = "https://x.example"\nkey = {SECRET}\n'


@pytest.fixture
def stored(rensei):
    """Write a file of the configuration with a mode."""

    def write(name, text, mode=0o600):
        folder = rensei.home / "config"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / name
        file.write_text(text)
        file.chmod(mode)
        return file

    return write


@pytest.fixture
def local(diagnose, donmai):
    """Ask the doctor about this machine, with a server that answers."""
    return lambda *argv, **environ: diagnose(
        *argv, environ={"RENSEI_API_URL": donmai.url, **environ}
    )


def test_nothing_stored_is_in_order(local):
    found = local()

    assert found.state("version", "folder", "contexts", "secrets", "official", "context") == (
        ["ok"] * 6
    )
    assert found["version"]["details"]["version"] == "0.1.0"


def test_a_broken_contexts_file_is_reported_and_the_rest_is_still_looked_at(local, stored):
    file = stored("contexts.toml", BROKEN)
    found = local()

    assert found.exit == 1
    assert (
        found.finding("contexts")
        == f"{file} cannot be understood: it is no TOML in line 3, column 7"
    )
    assert found.remedy("contexts") == f"mv {file} {file}.old"
    assert found.finding("context") == "not tried: the stored contexts cannot be read"
    assert found.state("reach", "list") == ["ok", "ok"]
    assert SECRET not in found.text


def test_a_context_is_named_with_its_scope(local, stored, donmai):
    stored(
        "contexts.toml",
        f'active = "work"\n[contexts.work]\nurl = "{donmai.url}"\norg = "acme"\nproject = "web"\n',
    )
    found = local()

    assert found.finding("contexts") == "one stored, work is active, readable by you alone"
    assert found.finding("context") == "work: acme/web"
    assert found.finding("list") == "one session is visible in acme/web"


def test_a_context_for_another_server_is_not_used_here(local, stored):
    stored("contexts.toml", 'active = "work"\n[contexts.work]\nurl = "https://x.example"\n')

    assert local().finding("context") == (
        "context work is for https://x.example: nothing of it is used here"
    )


def test_a_context_that_does_not_exist_is_a_failure(local, stored):
    found = local("--auth", "nowhere")
    assert (found.state("context"), found.remedy("context")) == (["failure"], "rensei auth login")

    stored("contexts.toml", 'active = "gone"\n[contexts.work]\nurl = "https://x.example"\n')
    assert local("--auth", "nowhere").remedy("context") == "rensei auth list"
    found = local()
    assert found.finding("context") == "the active context is gone"
    assert found.remedy("context") == "rensei auth use work"
    stored("contexts.toml", 'active = "gone"\n')
    assert local().remedy("context") == "rensei auth login"


@pytest.mark.parametrize("name", ["contexts.toml", "secrets.toml", "config.json"])
def test_a_file_that_others_can_read_is_told_with_its_remedy(local, stored, name):
    content = {"contexts.toml": 'active = "x"', "secrets.toml": f'work = "{SECRET}"'}
    file = stored(name, content.get(name, '{"url": "https://x.example"}'), 0o640)
    found = local()

    check = {"contexts.toml": "contexts", "secrets.toml": "secrets"}.get(name, "official")
    assert found.finding(check) == f"others have access to {file}"
    assert found.remedy(check) == f"chmod 600 {file}"
    assert found[check]["details"]["mode"] == "0640"
    assert SECRET not in found.text


def test_keys_in_a_file_are_counted_and_never_shown(local, stored):
    file = stored("secrets.toml", f'work = "{SECRET}"')
    found = local()

    assert found.finding("secrets") == f"1 in {file}, readable by you alone"


def test_a_broken_file_of_keys_shows_none(local, stored):
    stored("secrets.toml", f"work = {SECRET}")
    found = local()

    assert (found.exit, found.state("secrets")) == (1, ["failure"])


def test_the_official_file_is_only_read(local, stored):
    file = stored("config.json", json.dumps({"contexts": {"a": {}, "b": {}}}))
    assert local().finding("official") == f"{file}: 2 contexts, read and never written"

    stored("config.json", '{"url": ')
    found = local()
    assert found.finding("official") == f"{file} is no JSON of an object and is ignored"
    assert found.remedy("official") == f"python3 -m json.tool {file}"


def test_a_folder_that_others_write_to_is_told(local, stored):
    folder = stored("contexts.toml", "").parent
    folder.chmod(0o777)

    assert local().remedy("folder") == f"chmod 700 {folder}"


def test_a_file_in_the_place_of_the_folder_is_a_failure(local, rensei):
    (rensei.home / "config").write_text("")

    assert local().state("folder") == ["failure"]


def test_a_folder_that_its_owner_may_not_enter_is_a_failure(local, stored):
    folder = stored("contexts.toml", "").parent
    folder.chmod(0o000)
    found = local()
    folder.chmod(0o700)

    assert (found.state("folder"), found.remedy("folder")) == (["failure"], f"chmod 700 {folder}")


def test_a_folder_that_cannot_be_made_is_told(local, tmp_path):
    (tmp_path / "file").write_text("")
    found = local(RENSEI_HOME=str(tmp_path / "file" / "home"))

    assert found.finding("folder").endswith(
        f"{tmp_path / 'file'} is no folder that you can write to"
    )
    assert (found.state("folder"), found.remedy("folder")) == (
        ["warning"],
        "export RENSEI_HOME=DIR",
    )


def test_a_context_for_embedded_platforms_says_that_none_runs(diagnose, stored):
    stored("contexts.toml", 'active = "mine"\n[contexts.mine]\nkind = "embedded"\n')
    found = diagnose()

    assert (found.exit, found.remedy("server")) == (1, "rensei server")
    assert found.finding("server") == "no embedded platform runs now, which context mine is for"


def test_an_address_without_a_scheme_leads_to_the_one_that_was_meant(diagnose):
    found = diagnose("--url", "localhost:8500")

    assert found.finding("server") == "the server's URL (--url) has no scheme"
    assert found.remedy("server") == "rensei doctor --url http://localhost:8500"


def test_a_key_that_cannot_be_had_is_told_with_its_context(local, stored, donmai):
    stored(
        "contexts.toml",
        f'active = "work"\n[contexts.work]\nurl = "{donmai.url}"\nsecret = "file"\n',
    )
    found = local()

    assert found.state("credential") == ["failure"]
    assert found.finding("credential").startswith("the key of context work cannot be had: ")
    assert found.remedy("credential") == "rensei auth login --name work"


def token(**claims):
    parts = [{"alg": "none"}, claims]
    coded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    ]
    return ".".join([*coded, "c2lnbmF0dXJl"])


@pytest.mark.parametrize(
    ("key", "words", "remedy"),
    [
        ("wrk_live_" + "0" * 60, "this is a worker's key", "unset RENSEI_AUTH_TOKEN"),
        ("sk-" + "0" * 60, "this is a key of a model provider", "unset RENSEI_AUTH_TOKEN"),
        ("Schlüssel", "has characters that no key has", "unset RENSEI_AUTH_TOKEN"),
        (token(sub="me", exp=1), "it ended at 1970-01-01 00:00Z", "unset RENSEI_AUTH_TOKEN"),
    ],
)
def test_a_key_that_opens_nothing_never_leaves_this_machine(local, donmai, key, words, remedy):
    found = local(RENSEI_AUTH_TOKEN=key)

    assert (found.exit, found.state("credential")) == (1, ["failure"])
    assert words in found.finding("credential")
    assert found.remedy("credential") == remedy
    assert key not in found.text
    assert all("authorization" not in asked.headers for asked in donmai.asked)


def test_a_key_is_told_by_its_kind_its_end_and_its_place(local):
    assert local(RENSEI_API_KEY=SECRET).finding("credential") == (
        f"API key …{SECRET[-4:]}, from RENSEI_API_KEY"
    )
    long = token(sub="me", exp=4_102_444_800)
    assert local(RENSEI_AUTH_TOKEN=long).finding("credential").endswith("until 2100-01-01 00:00Z")


def test_a_key_of_another_form_is_doubted_at_the_hosted_platform_alone():
    key = Credential("a-word-that-is-no-rensei-key", "RENSEI_API_KEY")
    hosted = Settings(url=DEFAULT_URL, url_source="default", credential=key)
    found = credential_check(hosted, NOON)

    assert (found.state, found.remedy) == ("warning", "unset RENSEI_API_KEY")
    assert credential_check(hosted._replace(url="https://own.example"), NOON).state == "ok"


def test_a_context_that_leads_to_no_platform_says_how_to_start_one(diagnose, stored, closed_port):
    url = f"http://127.0.0.1:{closed_port}"
    stored("contexts.toml", f'active = "mine"\n[contexts.mine]\nurl = "{url}"\n')

    assert diagnose().remedy("reach") == "rensei server"


def test_a_key_on_standard_input_is_read_once_and_used(diagnose, donmai):
    found = diagnose("--url", donmai.url, "--token-stdin", stdin=f"{SECRET}\n")

    assert found.finding("credential") == f"API key …{SECRET[-4:]}, from standard input"
    assert {asked.headers["authorization"] for asked in donmai.asked} == {f"Bearer {SECRET}"}


def test_an_empty_standard_input_is_a_failure_with_a_way_out(diagnose, donmai):
    found = diagnose("--url", donmai.url, "--token-stdin")

    advised = f"rensei auth login --token-stdin --url {donmai.url} < FILE"
    assert found.remedy("credential") == advised


@pytest.mark.parametrize(("name", "value"), [("RENSEI_API_URL", "nowhere"), ("RENSEI_ORG", "å")])
def test_an_address_that_cannot_be_one_leaves_the_rest_to_look_at(diagnose, name, value):
    found = diagnose(environ={name: value, "RENSEI_API_KEY": SECRET})

    assert (found.exit, found.document["server"]) == (1, None)
    assert found.state("server", "credential", "reach", "list") == ["failure", *["skipped"] * 3]
    assert found.state("version", "folder") == ["ok", "ok"]


def script(folder, text="#!/bin/sh\n"):
    folder.mkdir()
    file = folder / "rensei"
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_another_program_of_this_name_is_told_by_where_it_stands(tmp_path):
    mine = script(tmp_path / "mine", "from rensei_cli.__main__ import run\n")
    other = script(tmp_path / "other")
    twin = script(tmp_path / "twin", "from rensei_cli.__main__ import run\n")

    def told(*files):
        path = os.pathsep.join(str(file.parent) for file in files)
        return path_check({"PATH": path}, mine).finding

    assert told(mine) == f"rensei is {mine}, and the only one on PATH"
    assert told(mine, mine) == told(mine)
    assert told(mine, other) == f"another program of this name is later on PATH: {other}"
    assert told(other, mine) == f"typing rensei starts another program: {other}"
    assert told(twin) == f"typing rensei starts another installation of this program: {twin}"
    assert path_check({"PATH": "/nowhere"}, mine).remedy == f"export PATH={mine.parent}:$PATH"


def test_a_link_to_this_program_is_this_program(tmp_path):
    mine = script(tmp_path / "mine")
    link = tmp_path / "bin" / "rensei"
    link.parent.mkdir()
    link.symlink_to(mine)

    assert path_check({"PATH": str(link.parent)}, mine).state == "ok"


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".local/share/bash-completion/completions/rensei"),
        ("bash", ".local/share/bash-completion/completions/rensei.bash"),
        ("bash", ".bashrc"),
        ("zsh", ".zfunc/_rensei"),
        ("zsh", ".zshrc"),
        ("fish", ".config/fish/completions/rensei.fish"),
        ("fish", ".config/fish/config.fish"),
    ],
)
def test_a_completion_script_is_found_where_its_shell_looks(process, tmp_path, shell, file):
    home = tmp_path / "home"
    environ = {"SHELL": f"/bin/{shell}"}
    (home / file).parent.mkdir(parents=True)
    before = installed(environ, home)
    (home / file).write_text(process(_RENSEI_COMPLETE=f"source_{shell}").stdout)

    assert completion_check(before).state == "warning"
    assert installed(environ, home).file == home / file
    assert completion_check(installed(environ, home)).state == "ok"


def test_a_script_of_another_program_is_not_taken_for_ours(tmp_path):
    file = tmp_path / ".config/fish/completions/rensei.fish"
    file.parent.mkdir(parents=True)
    file.write_text("complete -c rensei -f\n")
    found = completion_check(installed({"SHELL": "/usr/bin/fish"}, tmp_path))

    assert (found.state, found.finding) == ("warning", f"fish: {file} is another program's")


def test_a_comment_installs_nothing_and_an_unknown_shell_is_not_judged(tmp_path):
    (tmp_path / ".bashrc").write_text("# source completions/rensei.bash\n")

    assert installed({"SHELL": "/bin/bash"}, tmp_path).file is None
    assert completion_check(installed({"SHELL": "/bin/tcsh"}, tmp_path)).state == "skipped"
    assert completion_check(installed({}, tmp_path)).state == "skipped"


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environ", "state", "finding"),
    [
        ({"TERM": "xterm", "COLUMNS": "120"}, "ok", "xterm, 120 columns"),
        ({"TERM": "xterm", "COLUMNS": "40"}, "ok", "xterm, 40 columns: narrow, lines are folded"),
        ({"TERM": "xterm"}, "ok", "xterm, ? columns"),
        (
            {"TERM": "xterm", "COLUMNS": "80", "RENSEI_A11Y": "1"},
            "ok",
            "xterm, 80 columns, words for symbols",
        ),
        ({}, "warning", "TERM is not set: what the terminal understands is not known"),
    ],
)
def test_a_terminal_is_told_by_its_kind_and_width(environ, state, finding):
    found = terminal_check(Screen(), GlobalOptions(), environ)

    assert (found.state, found.finding) == (state, finding)


@pytest.mark.parametrize(
    ("environ", "options", "finding"),
    [
        ({}, GlobalOptions(), "on"),
        ({"TERM": "dumb"}, GlobalOptions(), "off: TERM is dumb"),
        ({"NO_COLOR": "1"}, GlobalOptions(), "off, by NO_COLOR"),
        ({"FORCE_COLOR": "1"}, GlobalOptions(), "on, by FORCE_COLOR"),
        ({"NO_COLOR": "1"}, GlobalOptions(color=Color.always), "on, by --color always"),
    ],
)
def test_colour_is_told_with_what_decided_it(environ, options, finding):
    assert color_check(Screen(), options, environ).finding == finding


def test_an_encoding_that_cannot_write_everything_is_told():
    assert encoding_check(Screen()).state == "ok"
    assert encoding_check(Screen("latin-1")).remedy == "export LANG=C.UTF-8"
    assert encoding_check(io.StringIO()).state == "skipped"


def test_words_stand_for_marks_that_cannot_be_written(process, closed_port):
    ascii_only = {"PYTHONIOENCODING": "ascii", "COLUMNS": "60"}
    told = process("doctor", "--url", f"http://127.0.0.1:{closed_port}", **ascii_only)

    assert "\\u" not in told.stdout
    assert "  ok      version" in told.stdout


def test_the_home_directory_need_not_exist(process, closed_port):
    told = process(
        "doctor", "--url", f"http://127.0.0.1:{closed_port}", "--json", RENSEI_HOME="~nobody-here/x"
    )

    assert "there is no home directory: nothing can be stored" in told.stdout
    assert Path("~nobody-here").exists() is False
