"""Which word may come next: held against what Typer itself finds in the same command tree."""

import pytest
import typer
from typer._completion_classes import FishComplete

from rensei_cli.cli import build
from rensei_cli.completion import offers
from rensei_cli.completion.answer import reply
from rensei_cli.completion.line import arguments

ROOT = typer.main.get_command(build())
KINDS = {offers.SESSIONS, offers.LIVE_SESSIONS, offers.CONTEXTS}


def commands(command, path=(), parent=None):
    """Every command with its path, the hidden ones too."""
    yield path, command
    context = command.make_context("rensei", [], parent=parent, resilient_parsing=True)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from commands(command.get_command(context, name), (*path, name), context)


def by_typer(words, typed):
    """What Typer offers, as the program answers it."""
    items = FishComplete(ROOT, {}, "rensei", "").get_completions([*words], typed)
    return {item.value for item in items} - KINDS


def offered(line):
    """What the program offers, before it looks what there is."""
    environ = {"_RENSEI_COMPLETE_LINE": line, "RENSEI_HOME": "/dev/null"}
    kind, *lines = reply("fish", environ).split("\n")
    words = {one.partition("\t")[0] for one in lines} - {"", "@latest"}
    return {offers.FILES} if kind == "rensei files" else words


COMMANDS = list(commands(ROOT))


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(one) for one, _ in COMMANDS])
def test_the_next_word_is_the_one_that_typer_finds(path, command):
    line = " ".join(["rensei", *path, ""])
    assert offered(f"{line}-") == by_typer(path, "-")
    assert offered(line) == by_typer(path, "")
    for param in command.params:
        if param.param_type_name == "option" and not param.is_flag:
            is_file = param.type.name == "path"
            found = by_typer([*path, param.opts[0]], "") | ({offers.FILES} if is_file else set())
            assert offered(f"{line}{param.opts[0]} ") == found
            joined = {one if is_file else f"{param.opts[0]}={one}" for one in found}
            assert offered(f"{line}{param.opts[0]}=") == joined


def test_an_option_is_offered_once_unless_it_may_be_given_again(answers):
    left = set(answers("rensei session watch --compact --type action -v --json -"))
    assert {"--type", "--full", "--color"} <= left
    assert left & {"--compact", "-v", "--verbose", "--json"} == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rensei --json --color always session st", {"stop"}),
        ("rensei --url http://x session list --health ", {"yellow", "red"}),
        ("rensei session watch --tail 5 --transport ", {"auto", "sse", "poll"}),
        ("rensei session stream --transport ", {"auto", "sse", "poll"}),
        ("rensei session prompt ENG-1 ", set()),
        ("rensei session show ENG-1 ", set()),
        ("rensei session show -- -", {"@latest"}),
        ("rensei nonsense ", set()),
        ("rensei nonsense session ", set()),
        ("rensei session --no-such-option li", {"list"}),
        ("rensei session list --status=working --status=qu", {"--status=queued"}),
        ("FOO=1 command rensei session l", {"list"}),
        ("/usr/local/bin/rensei session l", {"list"}),
        ("r session l", {"list"}),
        ("", {"session"}),
    ],
)  # fmt: skip
def test_what_stands_before_decides(answers, line, expected):
    found = set(answers(line))
    assert expected <= found if expected else found == set()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rensei", [""]),
        ("rensei ", [""]),
        ("rensei a  b", ["a", "b"]),
        ("rensei a\tb\n", ["a", "b", ""]),
        ("rensei 'a b' c", ["a b", "c"]),
        ('rensei "a \\" b" c', ['a " b', "c"]),
        ("rensei 'a\\' b", ["a\\", "b"]),
        ('rensei "a\\b', ["a\\b"]),
        ("rensei a\\ b c\\", ["a b", "c"]),
        ("rensei '' ", ["", ""]),
        ("rensei --x='y z", ["--x=y z"]),
        ("rensei é—", ["é—"]),
    ],
)
def test_a_line_is_split_as_shells_split_it(line, words):
    assert arguments(line) == words


def test_the_contexts_are_offered_where_one_belongs(answers, tmp_path):
    folder = tmp_path / "rensei/config"
    folder.mkdir(parents=True)
    file = folder / "contexts.toml"
    file.write_text('[contexts.work]\nurl = "https://rensei.acme.test"\n[contexts."$(x)"]\n')
    file.chmod(0o600)

    for line in ("rensei auth use ", "rensei auth logout ", "rensei session list --auth "):
        assert answers(line) == {"work": "rensei.acme.test"}
    file.write_text("no toml at all")
    assert answers("rensei auth use ") == {}
