"""What the program says about itself, and about a command line it does not understand."""

import json
import re
from itertools import chain

import pytest
import typer

from rensei_cli.cli import build

GLOBAL = {
    "--url": "https://localhost:1",
    "--auth": "work",
    "--org": "acme",
    "--project": "web",
    "--token-stdin": None,
    "--json": None,
    "--no-interactive": None,
    "--verbose": None,
    "-v": None,
    "--debug": None,
    "--color": "never",
    "--a11y": None,
}


def commands(command, path=()):
    """Give every command that is shown, with the words that lead to it."""
    yield path, command
    for name, found in getattr(command, "commands", {}).items():
        if not found.hidden:
            yield from commands(found, (*path, name))


TREE = dict(commands(typer.main.get_command(build())))


@pytest.mark.parametrize("path", TREE)
def test_every_command_says_what_it_does_and_how_it_is_used(rensei, path):
    result = rensei(*path, "--help")
    summary, usage, *_ = result.stdout.split("\n\n")

    assert (result.exit, result.stderr) == (0, "")
    assert len(summary) > 20
    assert summary[0].isupper()
    assert summary.endswith(".")
    assert "Usage: rensei" in result.stdout
    assert "{" not in usage
    assert "\nExamples:\n  rensei" in result.stdout
    assert "x>=" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("path", TREE)
def test_every_example_begins_with_a_command_that_exists(rensei, path):
    examples = rensei(*path, "--help").stdout.partition("Examples:\n")[2].partition("\n\n")[0]

    for line in examples.splitlines():
        words = line.split()[1:]
        known = max((found for found in TREE if words[: len(found)] == list(found)), key=len)
        assert known, line
        options = {word for word in words if re.fullmatch(r"--[a-z0-9-]+|-[a-z]", word)}
        offered = set(chain.from_iterable(param.opts for param in TREE[known].params))
        assert options <= offered | {"-r"}, line


def test_the_root_shows_all_exit_codes(rensei):
    table = rensei("--help").stdout.partition("Exit codes:\n")[2]

    assert [int(line.split()[0]) for line in table.splitlines()] == sorted(
        {*range(9), 130} | {int(line.split()[0]) for line in table.splitlines()}
    )


def test_summaries_are_not_cut(rensei):
    for path in ((), ("session",)):
        assert "..." not in rensei(*path, "--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize("path", [(), ("session",)])
def test_a_group_alone_shows_its_help(rensei, path):
    assert rensei(*path).stdout == rensei(*path, "--help").stdout
    assert rensei(*path).exit == 0


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize("option", GLOBAL)
def test_a_global_option_stands_anywhere(rensei, place, option):
    words = ["session", "show", ""]
    words[place:place] = [option] if GLOBAL[option] is None else [option, GLOBAL[option]]

    result = rensei(*words, stdin="rsk_live_0")

    assert "the session id is empty" in result.stderr


def test_the_option_nearest_to_the_command_wins(rensei):
    argv = ("--url", "http://localhost:1", "session", "list", "--url", "http://localhost:2", "-v")

    assert "http://localhost:2 from --url" in rensei(*argv).stderr


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["sesion", "list"], "No such command 'sesion'. Did you mean 'session'?"),
        (["session", "shwo"], "No such command 'shwo'. Did you mean 'show'?"),
        (["session", "list", "--heath", "red"], "No such option: --heath"),
        (["session", "list", "--statsu", "x"], "No such option: --statsu (Possible options:"),
        (["session", "show"], "Missing argument 'ID'"),
        (["session", "show", "x", "--activities", "-1"], "'--activities'"),
        (["session", "show", "x", "--activities", "many"], "'--activities'"),
        (["session", "show", "x", "--time", "noon"], "'relative', 'local', 'utc'"),
        (["session", "show", "x", "--type", "plan"], "'thought', 'action'"),
        (["session", "list", "--health", "green"], "'yellow', 'red'"),
        (["session", "list", "--limit", "0"], "'--limit'"),
        (["--color", "pink", "session", "list"], "'pink' is not one of 'auto', 'always', 'never'"),
        (["session", "list", "--color"], "Option '--color' requires an argument"),
        (["session", "show", "x", "y"], "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_an_error_of_ours(rensei, argv, words):
    shown = rensei(*argv)
    printed = rensei(*argv, "--json") if argv[-1] != "--color" else rensei("--json", *argv)

    assert (shown.exit, shown.stdout) == (2, "")
    assert shown.stderr.startswith("error: ")
    assert words in " ".join(shown.stderr.split())
    assert re.search(r"^  try: rensei( session)?( list| show)? --help$", shown.stderr, re.MULTILINE)
    error = json.loads(printed.stdout)["error"]
    assert (error["code"], error["exitCode"]) == ("usage", 2)
    assert " ".join(words.split()) in error["message"]
    assert printed.stderr == shown.stderr
