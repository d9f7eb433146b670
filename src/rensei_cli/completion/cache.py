"""The sessions that were seen last, one file for each scope: lines of words between tabs.

Plain lines and plain strings, because reading them may load nothing. What stands in a file is
never trusted: a server chose it, so it is held against an alphabet when written and when read.
"""

import os
import sys

from rensei_cli.completion.meant import Meant

MOST_SESSIONS = 200
_MOST_BYTES = 131_072
_MAGIC = "rensei-sessions 1"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
# What neither a shell nor a completion system reads as anything but itself.
_WORD = _LETTERS | frozenset("._@-")
_PROSE = _WORD | frozenset(" ,/+")
_AFTER_COLON = _LETTERS | frozenset(" /")
_LONGEST_WORD = 64
_LONGEST_TITLE = 40


class Known:
    """A session as a TAB offers it."""

    __slots__ = ("id", "identifier", "live", "status", "title")

    def __init__(self, fields: list[str]) -> None:
        padded = [*fields, "", "", "", "", ""]
        self.id, self.identifier, self.status = word(padded[0]), word(padded[1]), word(padded[2])
        self.live = padded[3] == "live"
        self.title = prose(padded[4])

    def line(self) -> str:
        """Give the line that stands for it in a file."""
        told = "live" if self.live else "ended"
        return f"{self.id}\t{self.identifier}\t{self.status}\t{told}\t{self.title}"


class Scope:
    """Where sessions were seen, and for an embedded platform the folder that tells it runs."""

    __slots__ = ("auth", "org", "project", "running", "url")

    def __init__(self, fields: list[str]) -> None:
        padded = [*map(printable, fields), "", "", "", "", ""]
        self.url, self.auth, self.org, self.project, self.running = padded[:5]

    def line(self) -> str:
        """Give the first line of its file."""
        fields = (_MAGIC, self.url, self.auth, self.org, self.project, self.running)
        return "\t".join(fields)

    def fits(self, meant: Meant) -> bool:
        """Tell whether it is the one that a command would have: never that of another context."""
        if not meant.named and self.running and not _names(self.running):
            return False  # a demo that is over
        if meant.auth is not None and self.auth != printable(meant.auth):
            return False
        asked = (("url", meant.url), ("org", meant.org), ("project", meant.project))
        return all(getattr(self, name) == printable(value) for name, value in asked if value)


def word(text: str) -> str:
    """Give a text that is one harmless word and no option, or nothing."""
    plain = len(text) <= _LONGEST_WORD and _WORD.issuperset(text) and text[:1] in _LETTERS
    return text if text and plain else ""


def prose(text: str) -> str:
    """Give what of a text is harmless to show; a colon is, where it stands as people write it."""
    cut = f" {text[:400]} "
    kept = "".join(
        one
        if one in _PROSE or (one == ":" and before in _LETTERS and after in _AFTER_COLON)
        else " "
        for before, one, after in zip(cut, cut[1:], cut[2:], strict=False)
    )
    return " ".join(kept.split())[:_LONGEST_TITLE].strip()


def printable(text: str) -> str:
    """Give a text without what would end its field."""
    return "".join(character for character in text if " " <= character <= "~")


def folder(environ: dict[str, str]) -> str:
    """Give the folder of the files; `paths` would load more than all the rest here."""
    if home := environ.get("RENSEI_HOME"):
        found = os.path.join(os.path.expanduser(home), "cache")
    elif sys.platform == "darwin":
        found = os.path.expanduser("~/Library/Caches/rensei")
    else:
        root = environ.get("XDG_CACHE_HOME", "")
        root = root if os.path.isabs(root) else os.path.expanduser("~/.cache")
        found = os.path.join(root, "rensei")
    # The home of nobody is nowhere, not a `~` in this folder.
    return os.path.join(os.devnull if found.startswith("~") else found, "sessions")


def newest_first(folder: str) -> list[str]:
    """Give the files of a folder."""
    return sorted((os.path.join(folder, name) for name in _names(folder)), key=_age)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _age(file: str) -> float:
    try:
        return -os.stat(file).st_mtime
    except OSError:
        return 0.0


def read(file: str) -> tuple[Scope | None, list[Known]]:
    """Give what stands in a file; anything else than what this program writes is nothing."""
    try:
        with open(file, "rb") as opened:
            lines = opened.read(_MOST_BYTES).decode("ascii", "replace").split("\n")
    except OSError:
        return None, []
    magic, *fields = lines[0].split("\t")
    if magic != _MAGIC:
        return None, []
    known = [Known(line.split("\t")) for line in lines[1 : MOST_SESSIONS + 1]]
    return Scope(fields), [one for one in known if one.id]


def remembered(environ: dict[str, str], given: dict[str, str]) -> list[Known]:
    """Give the sessions seen last in the scope that is meant; live ones first."""
    files = newest_first(folder(environ))
    meant = Meant(given, environ) if files else None
    for file in files:
        scope, known = read(file)
        if scope and meant and scope.fits(meant):
            return sorted(known, key=lambda one: not one.live)
    return []
