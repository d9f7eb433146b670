"""The stored contexts: listing, choosing, leaving them, and files that are broken."""

import json
from concurrent.futures import ThreadPoolExecutor

import keyring
import pytest
from rings import Locked, Raising, Ring
from stub import KEY, OTHER_KEY

from rensei_cli.commands.advice import advised
from rensei_cli.errors import AuthError, UsageError
from rensei_cli.runtime import Runtime


@pytest.fixture
def official(config):
    def write(content):
        config.mkdir(exist_ok=True)
        (config / "config.json").write_text(json.dumps(content))

    return write


OFFICIAL = {
    "contexts": {
        "work": {"url": "http://127.0.0.1:1", "org": "w-org", "kind": "org_token"},
        "home": {"url": "http://127.0.0.1:2", "project": "h-project", "kind": "user"},
    },
    "activeContext": "home",
}


def test_nothing_stored_is_no_failure(rensei, document):
    assert rensei("auth", "list").stderr == "no context is stored: rensei auth login\n"
    assert document(rensei("auth", "list", "--json"))["contexts"] == []
    assert rensei("auth", "list").exit == 0


def test_a_list_shows_whose_contexts_they_are_and_which_is_active(
    rensei, login, official, document, server
):
    official(OFFICIAL)
    login("--name", "work")

    found = document(rensei("auth", "list", "--json"))
    shown = rensei("auth", "list", environ={"COLUMNS": "120"})

    rows = {row["name"]: (row["active"], row["origin"], row["secret"]) for row in found["contexts"]}
    assert rows == {
        "work": (True, "rensei", "keyring"),
        "home": (False, "official", "none"),
    }
    assert (found["active"], found["hidden"]) == ("work", ["work"])
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert lines[0] == ["NAME", "SERVER", "ORG", "PROJECT", "KIND", "KEY", "FROM"]
    ours = f"● work {server.url} demo-pay refunds API key keyring rensei"
    theirs = "home http://127.0.0.1:2 – h-project user token – official client"
    told = "! the official client has a context work too: ours wins"
    assert [" ".join(line) for line in lines[1:]] == [ours, theirs, told]


@pytest.mark.parametrize("columns", [30, 60, 80, 100])
def test_a_list_fits_its_terminal_and_keeps_names_and_servers(rensei, login, server, columns):
    login("--name", "a-context-with-a-longer-name")
    shown = rensei("auth", "list", environ={"COLUMNS": str(columns)}).stdout

    assert max(map(len, shown.splitlines())) <= columns
    if columns > 30:
        assert "a-context-with-a-longer-name" in shown
        folded = " ".join(shown.lower().split())
        assert all(f"{one}" in folded for one in ("demo-pay", "refunds", "api key", "keyring"))
        assert server.url in shown


def test_words_instead_of_symbols(rensei, login):
    login()
    shown = rensei("auth", "list", "--a11y").stdout
    status = rensei("auth", "status", "--a11y").stdout

    assert "active  demo-pay" in shown
    assert f"{shown}{status}".replace("–", "").replace("…", "").isascii()


def test_one_is_made_active_and_then_used(rensei, login, document, server):
    login("--name", "one")
    login("--name", "two", key=OTHER_KEY)
    found = document(rensei("auth", "use", "one", "--json"))
    told = rensei("auth", "use", "one")

    assert (found["previous"], found["context"]["name"]) == ("two", "one")
    assert told.stdout == f"✓ one is active now: {server.url}, demo-pay/refunds\n"
    server.asked.clear()
    rensei("session", "list")
    rensei("session", "list", "--auth", "two")
    rensei("session", "list", environ={"RENSEI_AUTH": "two"})
    sent = [f"Bearer {key}" for key in (KEY, OTHER_KEY, OTHER_KEY)]
    assert server.sent("Authorization") == sent


def test_one_of_the_official_client_is_made_active_without_touching_its_file(
    rensei, official, config, contexts
):
    official(OFFICIAL)
    before = (config / "config.json").read_bytes()

    assert rensei("auth", "use", "work").exit == 0
    assert contexts() == {"active": "work"}
    assert "http://127.0.0.1:1 from context work" in rensei("session", "list", "-v").stderr
    assert (config / "config.json").read_bytes() == before


@pytest.mark.parametrize("argv", [("use", "nowhere"), ("logout", "nowhere")])
def test_an_unknown_context_is_answered_with_the_known_ones(rensei, login, argv):
    login("--name", "one")
    login("--name", "two", key=OTHER_KEY)

    for words in (("auth", *argv), ("session", "list", "--auth", "nowhere")):
        result = rensei(*words)
        assert result.exit == 2
        assert result.stderr == (
            "error: there is no auth context named 'nowhere'\n"
            "  Known contexts: one, two.\n"
            "  try: rensei auth list\n"
        )


def test_choosing_says_which_variable_still_wins(rensei, login):
    login()
    told = rensei("auth", "use", "demo-pay", environ={"RENSEI_AUTH": "x"}).stderr

    assert "RENSEI_AUTH is still set and names another context" in told


def test_leaving_removes_context_and_key_and_says_so(rensei, login, ring, contexts, document):
    login("--name", "one")
    login("--name", "two", key=OTHER_KEY)
    result = rensei("auth", "logout")

    assert (result.exit, result.stdout) == (0, "✓ removed context two and its key\n")
    assert list(ring.held.values()) == [KEY]
    assert list(contexts()["contexts"]) == ["one"]
    assert "active" not in contexts()
    found = document(rensei("auth", "logout", "one", "--json"))
    assert (found["removed"], found["secretRemoved"], found["active"]) == ("one", True, None)
    assert ring.held == {}


def test_leaving_one_that_is_not_active_leaves_the_active_one(rensei, login, contexts):
    login("--name", "one")
    login("--name", "two", key=OTHER_KEY)
    rensei("auth", "logout", "one")

    assert (contexts()["active"], list(contexts()["contexts"])) == ("two", ["two"])


def test_leaving_removes_the_key_from_the_file_too(rensei, login, config):
    keyring.set_keyring(Locked())
    login("--name", "one")
    login("--name", "two", key=OTHER_KEY)
    rensei("auth", "logout", "one")

    assert (config / "secrets.toml").read_text() == f'two = "{OTHER_KEY}"\n'


def test_leaving_nothing_is_no_failure_and_points_at_what_is_still_set(rensei, document):
    result = rensei("auth", "logout", environ={"RENSEI_AUTH_TOKEN": KEY})

    assert (result.exit, result.stdout) == (0, "")
    wins = "and wins over every stored key"
    assert result.stderr.splitlines() == [
        f"rensei: RENSEI_AUTH_TOKEN is still set {wins}: unset RENSEI_AUTH_TOKEN",
        "no context is active: there is nothing to remove",
    ]
    assert document(rensei("auth", "logout", "--json"))["removed"] is None


def test_one_of_the_official_client_is_not_ours_to_remove(rensei, official):
    official(OFFICIAL)
    result = rensei("auth", "logout")

    assert result.exit == 2
    assert "context home belongs to the official client" in result.stderr


@pytest.mark.parametrize("backend", [Locked, Raising])
def test_a_keyring_that_gives_nothing_up_is_an_error_after_the_context_is_removed(
    rensei, login, contexts, backend
):
    login()
    keyring.set_keyring(backend())
    result = rensei("auth", "logout")

    assert result.exit == 1
    assert "context demo-pay is removed, but its key is still kept: the keyring" in result.stderr
    assert "-m keyring del rensei 'demo-pay in " in result.stderr
    assert contexts()["contexts"] == {}


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (Locked, "the keyring is locked"),
        (Raising, "the keyring failed (RuntimeError)"),
        (keyring.backends.fail.Keyring, "this machine has no keyring"),
    ],
)
def test_a_key_that_the_keyring_does_not_give_is_an_auth_error(rensei, login, backend, why):
    login("--name", "work")
    keyring.set_keyring(backend())
    result = rensei("session", "list")

    assert (result.exit, result.stdout) == (4, "")
    assert result.stderr == (
        f"error: the key of context work cannot be had: {why}\n"
        "  Unlock the keyring, give the key by RENSEI_AUTH_TOKEN, or log in anew.\n"
        "  try: rensei auth login --name work\n"
    )
    assert rensei("session", "list", environ={"RENSEI_AUTH_TOKEN": KEY}).exit == 0


def test_a_key_that_is_gone_is_an_auth_error(rensei, login, config):
    login("--name", "work")
    Ring.held.clear()
    assert "the keyring does not hold it" in rensei("session", "list").stderr
    keyring.set_keyring(Locked())
    login("--name", "work")
    (config / "secrets.toml").unlink()
    result = rensei("session", "list")

    assert result.exit == 4
    assert "secrets.toml does not hold it" in result.stderr


BROKEN = {
    "active = ": "it is no TOML at its end, line 1",
    'a = 1\n[contexts.x\nurl = "x"': "it is no TOML in line 2, column 12",
    'a = 1\nb = "': "it is no TOML at its end, line 2",
    "a = 1\nb: 2\n": "it is no TOML in line 2, column 2",
    "[contexts.x]\n[contexts.x]": "a table or key stands there a second time, in line 2, column 12",
    "active = 7": "active is not a text",
    "contexts = 7": "contexts is not a table",
    "[[contexts]]": "contexts is not a table",
    "[contexts]\nx = 7": "contexts.x is not a table",
    "[contexts.x]\nurl = 7": "contexts.x.url is not a text",
    "[contexts.x]\norg = [1]": "contexts.x.org is not a text",
    '[contexts.x]\nsecret = "plain"': "contexts.x.secret is none of keyring, file, none",
    "a = " + "[" * 100_000: "it is no TOML",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text)[:30])
@pytest.mark.parametrize("argv", [("session", "list"), ("auth", "list"), ("auth", "use", "x")])
def test_a_file_that_cannot_be_understood_is_said_with_its_place(rensei, contexts, text, argv):
    file = contexts(text)
    result = rensei(*argv)

    assert (result.exit, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: {file} cannot be understood: {BROKEN[text]}\n"
        "  Mend it, or put it aside and log in anew.\n"
        f"  try: mv {file} {file}.old\n"
    )


def test_bytes_that_are_no_text_are_said_with_their_place(rensei, contexts):
    file = contexts("")
    file.write_bytes(b"active = '\xff'")

    assert "cannot be understood: byte 11 is no UTF-8" in rensei("auth", "list").stderr


def test_a_broken_file_is_not_written_over(login, contexts):
    file = contexts("active = ")

    assert login().exit == 2
    assert file.read_text() == "active = "


def test_broken_secrets_are_said_without_a_word_of_them(rensei, login, config):
    keyring.set_keyring(Locked())
    login()
    (config / "secrets.toml").write_text(f"[{KEY}]\n[{KEY}]\n")
    for argv in (("session", "list"), ("auth", "status"), ("auth", "logout")):
        result = rensei(*argv)
        assert "secrets.toml cannot be understood: a table or key stands there" in result.stderr
        assert KEY not in f"{result.stdout}{result.stderr}"


def test_an_active_context_that_is_gone_is_said_and_passed_over(rensei, contexts):
    contexts('active = "gone"\n')
    result = rensei("auth", "list")

    assert result.exit == 0
    assert "rensei: the active context 'gone' is gone: rensei auth login\n" in result.stderr


def test_files_that_others_can_read_are_told_with_what_mends_it(rensei, login, config):
    keyring.set_keyring(Locked())
    login()
    for file in config.iterdir():
        file.chmod(0o644)
    result = rensei("session", "list")

    assert result.exit == 0
    for name in ("contexts.toml", "secrets.toml"):
        file = config / name
        assert f"rensei: others have access to {file}: chmod 600 {file}\n" in result.stderr
        file.chmod(0o600)
    assert "others" not in rensei("session", "list").stderr


def test_a_file_that_may_not_be_read_is_an_error(rensei, config):
    (config / "contexts.toml").mkdir(parents=True)
    result = rensei("auth", "list")

    assert result.exit == 1
    assert f"{config / 'contexts.toml'} cannot be read: Is a directory" in result.stderr


def test_ten_logins_at_once_are_ten_contexts(login, contexts):
    names = [f"context-{number}" for number in range(10)]
    keyring.set_keyring(Locked())
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda name: login("--name", name), names))

    assert {result.exit for result in results} == {0}
    assert set(contexts()["contexts"]) == set(names)


def test_a_refused_credential_is_answered_with_the_platform_that_runs(rensei, world, server):
    told = f"An embedded platform runs on this machine: --url {world.platform.url} asks it."
    rensei.home.joinpath("config").mkdir()
    refused = AuthError("refused", hint="why")
    runtime = Runtime(environ={"RENSEI_HOME": str(rensei.home), "RENSEI_AUTH_TOKEN": KEY})
    assert advised(refused, runtime) is refused
    assert runtime.settings.url_source == "default"

    assert advised(refused, runtime).hint == f"why\n{told}"
    nowhere = Runtime(environ={"RENSEI_HOME": str(rensei.home / "nowhere"), "CI": "1"})
    assert nowhere.settings.url_source == "default"
    assert advised(refused, nowhere) is refused
    assert advised(UsageError("x"), runtime).hint is None
    elsewhere = rensei(
        "session", "list", "--url", server.url, environ={"RENSEI_AUTH_TOKEN": "wrong"}
    )
    assert (elsewhere.exit, told in elsewhere.stderr) == (4, False)


def test_folders_above_ours_are_made_for_their_owner_alone(rensei, login, world, tmp_path):
    home = {"RENSEI_HOME": "", "XDG_CONFIG_HOME": str(tmp_path / "a" / "b"), "HOME": str(tmp_path)}
    assert login(environ=home).exit == 0
    world.enqueue()
    assert rensei("session", "list").exit == 0

    made = [tmp_path / "a", tmp_path / "a" / "b", rensei.home / "state", rensei.home / "cache"]
    assert {folder.stat().st_mode & 0o777 for folder in made} == {0o700}
