"""Where in a command line the cursor is, by the command tree that `commands.tsv` holds.

The file is made from the real tree by `docs/completions.py`; a test keeps it current.
"""

import os

Row = list[str]
_FILE = os.path.join(os.path.dirname(__file__), "commands.tsv")
# The options that every command takes stand in the file once.
_EVERYWHERE = "*"


class Place:
    """The command that the words so far lead to, and what of it was given already."""

    def __init__(self) -> None:
        with open(_FILE, encoding="utf-8") as opened:
            self._all = [line.split("\t") for line in opened.read().splitlines()]
        self._path = "rensei"
        self._used: set[str] = set()
        self._arguments = 0
        self._awaiting: Row | None = None
        self._only_arguments = False
        self.given: dict[str, str] = {}

    def enter(self, word: str) -> None:
        """Take one finished word."""
        if self._awaiting:
            self.given[_name(self._awaiting)] = word
            self._awaiting = None
        elif word == "--" and not self._only_arguments:
            self._only_arguments = True
        elif word.startswith("-") and len(word) > 1 and not self._only_arguments:
            self._option(word)
        elif any(row[2] == word for row in self._rows("command", "hidden")):
            self._path += f" {word}"
        else:
            self._arguments += 1

    def offered(self, word: str) -> tuple[str, list[tuple[str, str]]]:
        """Give what stays of an unfinished word, and each value that may follow with its help."""
        if self._awaiting:
            return "", _values(self._awaiting)
        if word.startswith("-") and not self._only_arguments:
            name, equals, _ = word.partition("=")
            option = self._found(name) if equals else None
            return (f"{name}=", _values(option)) if option else ("", self._options())
        commands = self._rows("command")
        if commands and not self._arguments:
            return "", [(row[2], row[4]) for row in commands]
        arguments = self._rows("argument")
        return "", _values(arguments[self._arguments]) if self._arguments < len(arguments) else []

    def _option(self, word: str) -> None:
        name, equals, value = word.partition("=")
        option = self._found(name)
        if option is None:
            return
        if option[1] != "repeatable":
            self._used.add(option[2])
        if equals:
            self.given[_name(option)] = value
        elif option[3]:
            self._awaiting = option

    def _found(self, name: str) -> Row | None:
        options = self._rows("option", "repeatable")
        return next((row for row in options if name in row[2].split()), None)

    def _options(self) -> list[tuple[str, str]]:
        unused = (row for row in self._rows("option", "repeatable") if row[2] not in self._used)
        return [(name, row[4]) for row in unused for name in row[2].split()]

    def _rows(self, *kinds: str) -> list[Row]:
        here = (self._path, _EVERYWHERE)
        return [row for row in self._all if row[0] in here and row[1] in kinds]


def _name(option: Row) -> str:
    return option[2].split()[0].lstrip("-")


def _values(row: Row) -> list[tuple[str, str]]:
    """Give the known values; `?` stands for any text."""
    return [(value, "") for value in row[3].split() if value != "?"]
