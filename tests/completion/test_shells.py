"""What bash, zsh and fish do when TAB is pressed, with the scripts that are shipped."""

import re
import subprocess

import pytest
from shells import FILES, FROM_FPATH, SCRIPTS, SEEN, needed

SHELLS = ("bash", "zsh", "fish")


def words(text):
    return set(re.findall(r"[\w@.=-]+", text))


@pytest.mark.parametrize("name", SHELLS)
def test_one_word_that_fits_is_completed(shell, see, name):
    see(*SEEN)
    asked = shell(name)

    for typed, finished in {
        "rensei ses": "rensei session ",
        "rensei session wat": "rensei session watch ",
        "rensei session show a1": "rensei session show a1b2c3d4e5f60718 ",
        "rensei session show @l": "rensei session show @latest ",
        "rensei session show eng-124": "rensei session show ENG-124 ",
        "rensei --color al": "rensei --color always ",
        "rensei --color=al": "rensei --color=always ",
        "rensei session watch --transport=p": "rensei session watch --transport=poll ",
        "rensei session show --type th": "rensei session show --type thought ",
        "rensei session list --health r": "rensei session list --health red ",
        "rensei session list --status comp": "rensei session list --status completed ",
        "rensei session watch ENG-124 --sa": "rensei session watch ENG-124 --save ",
        "rensei session watch --exit-on idle": "rensei session watch --exit-on idle=10m ",
        "cd / && rensei aut": "cd / && rensei auth ",
    }.items():
        assert asked.finish(typed) == finished


@pytest.mark.parametrize("name", SHELLS)
def test_several_words_are_shown_with_what_they_mean(shell, see, name):
    see(*SEEN)
    asked = shell(name)

    shown = asked.look("rensei session show ")
    assert {"@latest", "ENG-124", "ENG-117", "ENG-112", *(row[0] for row in SEEN)} <= words(shown)
    assert "ENG-124 working Retry failed refunds" in shown
    options = words(asked.look("rensei session stop -"))
    assert {"--reason", "--dry-run", "--yes", "--url", "--help"} <= options
    assert "Look at, follow and steer one run of an agent." in asked.look("rensei ")


@pytest.mark.parametrize("name", SHELLS)
def test_punctuation_stays_in_what_is_said_of_a_word(shell, see, tmp_path, name):
    see(["a1b2c3d4e5f60718", "ENG-1", "working", "live", "Fix: retry a/b_c-d.py at 10:30"], *SEEN)
    file = tmp_path / "rensei/config/contexts.toml"
    file.parent.mkdir()
    urls = {"home": "http://127.0.0.1:8500", "work": "https://agents.example.com:8443/a"}
    file.write_text("".join(f'[contexts.{name}]\nurl = "{url}"\n' for name, url in urls.items()))
    asked = shell(name)

    shown = asked.look("rensei --auth ")
    assert "127.0.0.1:8500" in shown
    assert "agents.example.com:8443/a" in shown
    assert "Fix: retry a/b_c-d.py at 10:30" in asked.look("rensei session show ENG-1")
    assert asked.finish("rensei --auth ho") == "rensei --auth home "


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("command", ["stop", "release-claim"])
def test_what_steers_a_run_is_offered_live_ones_alone(shell, see, name, command):
    see(*SEEN)
    shown = words(shell(name).look(f"rensei session {command} "))

    assert {"a1b2c3d4e5f60718", "ENG-117"} <= shown
    assert shown & {"c0ffee00c0ffee00", "ENG-112", "@latest"} == set()


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("option", ["--save ", "--save=", "--from "])
def test_files_are_offered_where_a_file_belongs(shell, see, tmp_path, name, option):
    see(*SEEN)
    (tmp_path / "saved.jsonl").touch()
    line = f"rensei session watch {option}"
    asked = shell(name)

    assert asked.finish(f"{line}sav") == f"{line}saved.jsonl "
    assert "a1b2c3d4e5f60718" not in asked.look(line)


@pytest.mark.parametrize("name", SHELLS)
def test_no_file_is_offered_where_none_belongs(shell, tmp_path, name):
    (tmp_path / "a-file").touch()
    asked = shell(name)

    for line in ("rensei ", "rensei session stop ", "rensei --url ", "rensei --color "):
        assert "a-file" not in asked.look(line)


@pytest.mark.parametrize("name", SHELLS)
def test_another_program_of_this_name_is_not_misread(shell, tmp_path, name):
    program = tmp_path / "bin" / "rensei"
    program.write_text('#!/bin/sh\necho "$@" >>ran; echo "usage: rensei COMMAND"; echo "stop"\n')
    asked = shell(name)

    assert "usage" not in asked.look("rensei session st")
    assert asked.finish("rensei session st") == "rensei session st"
    # It was started, as any program is that a completion asks, but told to do nothing.
    assert set((tmp_path / "ran").read_text().split()) == set()


@pytest.mark.parametrize("name", SHELLS)
def test_a_program_that_is_gone_says_nothing(shell, tmp_path, name):
    (tmp_path / "bin" / "rensei").unlink()
    asked = shell(name)

    assert "not found" not in asked.look("rensei session st")
    assert asked.finish("rensei session st") == "rensei session st"


def test_zsh_finds_the_script_by_itself(shell, see):
    see(*SEEN)
    asked = shell("zsh", FROM_FPATH)

    # The first time it is loaded, the second time it is there.
    assert asked.finish("rensei session wat") == "rensei session watch "
    assert asked.finish("rensei session show a1") == "rensei session show a1b2c3d4e5f60718 "


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_an_alias_completes_as_well(shell, see, name):
    see(*SEEN)
    load = f"fpath=('{SCRIPTS}' $fpath); " if name == "zsh" else f". '{SCRIPTS}/rensei.bash'; "
    compdef = "autoload -Uz compinit; compinit -D -u; compdef _rensei r=rensei"
    switch = compdef if name == "zsh" else "complete -o default -F _rensei r"
    asked = shell(name, f"{load} alias r=rensei; {switch}")

    assert asked.finish("r session show a1") == "r session show a1b2c3d4e5f60718 "


@pytest.mark.parametrize(
    ("name", "start", "switched"),
    [
        ("bash", ".bashrc", "complete -p rensei"),
        ("zsh", ".zshrc", "print -r -- $_comps[rensei]"),
        ("fish", ".config/fish/config.fish", "complete -C 'rensei aut'"),
    ],
)
def test_a_start_file_that_asks_the_program_is_enough(
    surroundings, tmp_path, name, start, switched
):
    needed(name)
    file = tmp_path / start
    file.parent.mkdir(parents=True, exist_ok=True)
    script = subprocess.run(
        ["rensei"],
        env={**surroundings, "_RENSEI_COMPLETE": f"source_{name}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    file.write_text(script)
    told = subprocess.run(
        [name, "-i", "-c", switched],
        env={**surroundings, "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert ("_rensei" if name != "fish" else "auth") in told.stdout


@pytest.mark.parametrize("name", SHELLS)
def test_the_program_prints_the_script(surroundings, name):
    told = subprocess.run(
        ["rensei"],
        env={**surroundings, "_RENSEI_COMPLETE": f"source_{name}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == (SCRIPTS / FILES[name]).read_text()


@pytest.mark.parametrize("asked", ["", "complete", "complete_tcsh", "run_bash"])
def test_a_wrong_question_is_a_usage_error(surroundings, asked):
    told = subprocess.run(
        ["rensei"],
        env={**surroundings, "_RENSEI_COMPLETE": asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert "bash, zsh, fish" in told.stderr
