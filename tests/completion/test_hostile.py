"""Whatever a server says, and whatever stands in a file, a TAB runs and inserts nothing of it."""

import pytest
from test_shells import SHELLS

GOOD = ["a1b2c3d4e5f60718", "ENG-124", "working", "live", ""]
NASTY = [
    "$(touch ran)",
    "`touch ran`",
    "';touch ran;'",
    '";touch ran;"',
    "x\ntouch ran\n",
    "\x1b]0;ran\x07\x1b[2J",
    "a:$(touch ran):b",
    "${(e):-$(touch ran)}",
    "%{$(touch ran)%}",
    "(touch ran)",
    "--yes",
    "-y",
    "~root",
    "*",
    "a b",
    "a\tb",
    "\u202eab",
    "…",
    "../../etc",
    "{a,b}",
    "!!",
    "x" * 5000,
    "",
]


def quiet(shown, tmp_path):
    assert not (tmp_path / "ran").exists()
    assert not set(shown) & set("$`;*~!{}\x1b\u202e")


@pytest.mark.parametrize("name", SHELLS)
def test_text_of_a_server_is_neither_run_nor_inserted(shell, see, tmp_path, name):
    others = [[f"b{number:015}", bad, bad, "live", bad] for number, bad in enumerate(NASTY)]
    see(GOOD, *([bad, bad, bad, "live", bad] for bad in NASTY), *others)
    asked = shell(name)

    shown = asked.look("rensei session show ")
    assert "ENG-124" in shown
    assert "b000000000000022" in shown
    quiet(shown, tmp_path)
    assert asked.finish("rensei session show a1") == "rensei session show a1b2c3d4e5f60718 "


@pytest.mark.parametrize("name", SHELLS)
def test_a_file_that_others_wrote_is_neither_run_nor_inserted(shell, see, tmp_path, name):
    see(GOOD)
    (file,) = (tmp_path / "rensei/cache/sessions").iterdir()
    nasty = "".join(f"{bad}\t{bad}\t{bad}\tlive\t{bad}\nb{bad}\t{bad}\n" for bad in NASTY)
    file.write_bytes(file.read_bytes() + nasty.encode() + b"\xff\xfe\x00\x9b31m\tx\n")
    asked = shell(name)

    shown = asked.look("rensei session show ")
    assert "ENG-124" in shown
    quiet(shown, tmp_path)


def test_nothing_is_offered_that_is_not_one_word(see, answers):
    see(GOOD, *([bad, bad, bad, "live", bad] for bad in NASTY))

    assert set(answers("rensei session show ")) == {"@latest", "ENG-124", GOOD[0]}


@pytest.mark.parametrize("name", SHELLS)
def test_what_is_typed_is_not_run(shell, see, tmp_path, name):
    see(GOOD)
    asked = shell(name)

    for line in (
        "rensei session show '`touch ran`' ",
        "rensei --url $(touch ran) session show ",
        "rensei --url=`touch ran` session show ",
    ):
        asked.look(line)
    assert not (tmp_path / "ran").exists()


def test_a_hostile_list_reaches_no_file_as_it_is(rensei, world, answers):
    for bad in NASTY[:10]:
        world.enqueue(bad, issueTitle=bad)
    told = rensei("session", "list")

    assert told.exit == 0
    (file,) = (rensei.home / "cache/sessions").iterdir()
    assert set(file.read_text()) <= {chr(code) for code in range(32, 127)} | {"\n", "\t"}
    offered = answers("rensei session show ", RENSEI_HOME=str(rensei.home))
    assert len(offered) > 10
    assert not set("".join([*offered, *offered.values()])) & set("$`;*~!{}()'\":%\x1b")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}",
        b"\x00" * 4096,
        b"rensei-sessions 2\thttps://app.rensei.ai\na1b2c3d4e5f60718\n",
        b"rensei-sessions 1",
        b"rensei-sessions 1" + b"\t" * 100_000,
        b"rensei-sessions 1\n" + b"\n\t\n" * 100_000,
        b"rensei-sessions 1\n" + b"a" * 1_000_000,
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_broken_file_offers_what_needs_none(see, answers, tmp_path, content):
    see(GOOD)
    (file,) = (tmp_path / "rensei/cache/sessions").iterdir()
    file.write_bytes(content)

    assert answers("rensei session show ") == {"@latest": "the newest session"}


def test_what_is_no_file_is_no_trouble(see, answers, tmp_path):
    see(GOOD)
    folder = tmp_path / "rensei/cache/sessions"
    (folder / "folder.txt").mkdir()
    (folder / "link.txt").symlink_to("/nowhere/at/all")
    (folder / "locked.txt").touch(mode=0)

    assert "ENG-124" in answers("rensei session show ")
    folder.rename(folder.with_name("else"))
    folder.touch()
    assert answers("rensei session show ") == {"@latest": "the newest session"}
