"""The man page, made from the help of every command: `python docs/man.py` takes no time.

Each command writes its help to a formatter; here one that keeps the parts, which are then set in
roff. What no help tells (environment and files) stands in `man.toml`.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from rensei_cli import __doc__ as summary
from rensei_cli import __version__
from rensei_cli.cli import build

DOCS = Path(__file__).parent
PAGE = DOCS / "man" / "rensei.1"
GLOBAL = "Global options"

Records = list[tuple[str, str]]


@dataclass
class Help:
    """The parts of one command's help; takes the place of the formatter that lays out a screen."""

    path: str
    text: str = ""
    usage: str = ""
    after: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Records] = field(default_factory=dict)

    def write_text(self, text: str) -> None:
        """Keep what the command does."""
        self.text = text

    def write_paragraph(self) -> None:
        """Leave space: roff does."""

    def write_usage(self, prog: str, args: str = "") -> None:
        """Keep how it is called."""
        self.usage = f"{prog} {args}"

    def write(self, text: str) -> None:
        """Keep examples or exit codes under the words above them."""
        title, _, lines = text.partition(":\n")
        self.after[title] = lines

    def section(self, title: str) -> AbstractContextManager[None]:
        """Name the next list."""
        self.lists[title] = []
        return nullcontext()

    def write_dl(self, rows: Records) -> None:
        """Keep a list under the last name."""
        self.lists[next(reversed(self.lists))] = rows


def helps(command: Any, ctx: Any) -> Iterator[Help]:  # noqa: ANN401
    """Give the help of a command and of all that stand below it."""
    told = Help(ctx.command_path)
    command.format_help(ctx, told)
    yield told
    for name in command.list_commands(ctx) if hasattr(command, "list_commands") else []:
        child = command.get_command(ctx, name)
        if not child.hidden:
            yield from helps(
                child, child.make_context(name, [], parent=ctx, resilient_parsing=True)
            )


def page() -> str:
    """Give the whole page."""
    root: Any = typer.main.get_command(build())
    first, *others = helps(root, root.make_context("rensei", [], resilient_parsing=True))
    written = tomllib.loads((DOCS / "man.toml").read_text(encoding="utf-8"))
    commands = [other for other in others if "Commands" not in other.lists]
    lines = [
        r".\" Made by docs/man.py from the help of the commands.",
        # Neither hyphens nor wide gaps: what is read here is typed again.
        ".nr HY 0",
        f'.TH RENSEI 1 "" "rensei {__version__}" "User Commands"',
        ".ad l",
        ".SH NAME",
        f"rensei \\- {escaped(_lowered((summary or '').strip().rstrip('.')))}",
        ".SH SYNOPSIS",
        *_synopsis(commands),
        ".SH DESCRIPTION",
        *_paragraphs(first.text),
        ".PP",
        *_prose("Data goes to standard output, everything else to standard error."),
        ".SH COMMANDS",
    ]
    for told in commands:
        lines += _command(told)
    lines += [".SH OPTIONS", *_list(first.lists["Options"])]
    lines += [".SH GLOBAL OPTIONS", *_prose("Every command takes them, before or after its name.")]
    lines += [*_list(first.lists[GLOBAL])]
    lines += [".SH ENVIRONMENT", *_prose(written["order"])]
    lines += _list(written["environment"].items())
    lines += [".SH FILES", *_list(written["files"].items()), ".PP", *_prose(written["where"])]
    lines += [".SH EXIT STATUS", *_list(_codes(first.after["Exit codes"]))]
    lines += [".SH EXAMPLES", *_example(first.after["Examples"])]
    return "\n".join(lines) + "\n"


def _synopsis(commands: list[Help]) -> Iterator[str]:
    for command in commands:
        yield _usage(command)
        yield ".br"
    yield r"\fBrensei\fR [\fB\-\-version\fR | \fB\-\-help\fR]"


def _command(told: Help) -> Iterator[str]:
    yield f".SS {_usage(told)}"
    yield from _paragraphs(told.text)
    for title in ("Arguments", "Options"):
        yield from _list([row for row in told.lists.get(title, []) if row[0] != "-h, --help"])
    yield from _example(told.after["Examples"])


def _usage(told: Help) -> str:
    arguments = told.usage.removeprefix(told.path).strip()
    return f"\\fB{escaped(told.path)}\\fR {_marked(arguments)}"


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in rows:
        yield ".TP"
        yield _marked(name)
        yield from _prose(meaning)


def _codes(table: str) -> Records:
    rows = [line.split(maxsplit=2) for line in table.splitlines()]
    return [(f"{code} {name}", meaning) for code, name, meaning in rows]


def _example(text: str) -> Iterator[str]:
    yield from (".PP", ".EX", ".RS 2")
    yield from (_guarded(escaped(line.removeprefix("  "))) for line in text.splitlines())
    yield from (".RE", ".EE")


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield from _prose(paragraph)


def _prose(text: str) -> Iterator[str]:
    """Give running text, each sentence on a line of its own, which is how roff finds its end."""
    for sentence in re.split(r"(?<=[.?!]) +(?=[A-Z\[])", " ".join(text.split())):
        yield _guarded(_marked(sentence, shouted=False))


# An option, a variable, or a place for a value; a dash inside a word is none of them.
_OPTION = r"(?<![\w-])--?[A-Za-z][\w-]*"
_VARIABLE = r"\b(?:RENSEI_\w+|[A-Z]+(?:_[A-Z]+)+)\b"
_VALUE = r"\b[A-Z]+\b"


def _marked(text: str, *, shouted: bool = True) -> str:
    """Give a text in roff: options and variables bold and, in a usage, values in italics."""
    marks = rf"(?P<bold>{_OPTION}|{_VARIABLE})" + (rf"|(?P<italic>{_VALUE})" if shouted else "")
    parts, end = [], 0
    for found in re.finditer(marks, text):
        font = "B" if found["bold"] else "I"
        parts += [escaped(text[end : found.start()]), rf"\f{font}{escaped(found[0])}\fR"]
        end = found.end()
    return "".join([*parts, escaped(text[end:])])


_ESCAPES = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}


def escaped(text: str) -> str:
    """Give a text that roff prints as it stands, in ASCII."""
    plain = (_ESCAPES.get(character, character) for character in text)
    return "".join(char if char.isascii() else rf"\[u{ord(char):04X}]" for char in "".join(plain))


def _guarded(line: str) -> str:
    """Give a line that roff does not take for a request."""
    return rf"\&{line}" if line.startswith((".", "'")) else line


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="ascii")
    sys.stdout.write("docs/man/rensei.1 is current\n")


if __name__ == "__main__":
    main()
