"""The man page says what the program says, and roff understands all of it."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from rensei_cli import contextfile, vault
from rensei_cli.cli import build

ROOT = Path(__file__).parents[2]
PACKAGE = Path(sys.modules["rensei_cli"].__file__).parent
# Every request and macro that the page may use: all of them are known to groff and mandoc.
MACROS = {"TH", "SH", "SS", "PP", "TP", "EX", "EE", "RS", "RE", "br", "nr", "ad"}


@pytest.fixture(scope="module")
def man():
    spec = importlib.util.spec_from_file_location("man", ROOT / "docs" / "man.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["man"] = module  # where a dataclass looks for its annotations
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(man):
    return man.PAGE.read_text(encoding="ascii")


@pytest.fixture(scope="module")
def printed():
    """Set a page as a terminal of 100 columns shows it, with every warning an error."""
    if not (groff := shutil.which("groff")):
        pytest.skip("needs groff")

    def shown(page):
        done = subprocess.run(
            [groff, "-man", "-ww", "-Tutf8", "-rLL=100n", "-P-c"],
            input=page,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stderr == ""
        return re.sub(r".\x08", "", done.stdout)

    return shown


def lines(command, name=""):
    """Every line of the examples of every command."""
    yield from (command.help or "").partition("Examples:\n")[2].splitlines()
    for child in getattr(command, "commands", {}).values():
        yield from lines(child, name)


def test_the_page_is_current(man, page):
    assert man.page() == page, "python docs/man.py writes it anew"


def test_every_line_is_text_or_a_known_macro(page):
    for line in page.splitlines():
        assert line == line.rstrip()
        assert line
        assert not line.startswith("'")
        assert not line.startswith(".") or line[1:].split()[0] in {*MACROS, r"\""}


def test_every_escape_is_known_and_no_dash_is_left_to_typography(page):
    escapes = r'\\(?:[-e&"]|f[BIR]|\((?:aq|ga|ha|ti)|\[u[0-9A-F]{4,6}\])'
    text = [line for line in page.splitlines() if not line.startswith((".\\", ".TH"))]
    assert not re.search(r"[\\\-'`^~]", re.sub(escapes, "", "\n".join(text)))


@pytest.mark.skipif("src" not in PACKAGE.parts, reason="looks into the sources")
def test_every_variable_of_the_program_is_on_the_page_and_no_other(page):
    sources = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    # Those of org and project are put together where they are read.
    read = {"RENSEI_ORG", "RENSEI_PROJECT", *re.findall(r"\bRENSEI_[A-Z]\w*\b", sources)}
    section = page.partition(".SH ENVIRONMENT\n")[2].partition(".SH ")[0]

    assert set(re.findall(r"\\fB(RENSEI_\w+)", section)) == read


def test_our_files_are_on_the_page_by_their_names(page):
    section = page.partition(".SH FILES\n")[2].partition(".SH ")[0]
    for file in (contextfile.contexts_file({}), vault.secrets_file({})):
        assert f"rensei/{file.name}\n" in section


def test_the_page_is_set_without_a_warning_and_examples_as_they_are_typed(page, printed):
    shown = printed(page)

    examples = [line.strip() for line in lines(typer.main.get_command(build())) if line]
    on_the_page = [line for line in examples if f" {line}\n" in shown]
    assert "\N{HYPHEN}" not in shown
    assert len(on_the_page) > 30
    # The examples of a group repeat those of its commands and stay out.
    assert {line.split("#")[0].split()[1] for line in set(examples) - {*on_the_page}} <= {
        "session",
        "auth",
    }


def test_any_text_is_printed_as_it_stands(man, printed):
    text = [
        ".br",
        "'quoted'",
        r"a\b \n \(aq \fB",
        "--json -x a-b -",
        "`~^`",
        '"§ é – … ✓ 🙂"',
        "%{}[]()@#$&*!|;:,./?=+_<>",
    ]
    page = [".TH X 1", ".SH X", ".EX", *(man._guarded(man.escaped(line)) for line in text), ".EE"]

    shown = printed("\n".join(page) + "\n")

    assert [line.strip() for line in shown.splitlines() if line.startswith("       ")][
        : len(text)
    ] == text
