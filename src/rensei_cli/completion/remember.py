"""Keeping the sessions that a command has just shown, for the next TAB: for this user alone."""

import hashlib
import os
from contextlib import suppress

from rensei_cli.completion import cache
from rensei_cli.completion.cache import Known, Scope

# Every demo is a scope of its own.
_MOST_FILES = 16


def remember(environ: dict[str, str], scope: Scope, seen: list[Known], *, whole: bool) -> None:
    """Keep sessions, as all there are or beside those that are kept; what fails is left undone."""
    with suppress(OSError, ValueError):
        folder = cache.folder(environ)
        _make(folder)
        name = hashlib.sha256(scope.line().encode()).hexdigest()[:16]
        file = os.path.join(folder, f"{name}.txt")
        new = {one.id for one in seen}
        kept = [] if whole else [one for one in cache.read(file)[1] if one.id not in new]
        lines = [scope.line(), *(one.line() for one in [*seen, *kept][: cache.MOST_SESSIONS])]
        _replace(file, "".join(f"{line}\n" for line in lines))
        for old in cache.newest_first(folder)[_MOST_FILES:]:
            os.unlink(old)


def forget(environ: dict[str, str], url: str | None, context: str | None = None) -> None:
    """Remove what was kept of a server, and of whatever a context led to."""
    for file in cache.newest_first(cache.folder(environ)):
        scope, _ = cache.read(file)
        if scope and (scope.url == (url or "").rstrip("/") or (context and scope.auth == context)):
            with suppress(OSError):
                os.unlink(file)


def _make(folder: str) -> None:
    """Make a folder, with those above it that are missing, of mode 0700."""
    above = os.path.dirname(folder)
    if above != folder and not os.path.isdir(above):
        _make(above)
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def _replace(file: str, text: str) -> None:
    """Write a file of mode 0600 in one step."""
    aside = f"{file}.{os.getpid()}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as opened:
            opened.write(text)
        os.replace(aside, file)
    except OSError:
        with suppress(OSError):
            os.unlink(aside)
        raise
