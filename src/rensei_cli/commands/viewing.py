"""The screen that fits the caller of a watch, and the file a run is kept in."""

import fcntl
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from rensei_cli.errors import UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.screen.lines import PinnedLines, PlainLines
    from rensei_cli.screen.records import JsonLines
    from rensei_cli.screen.saving import Saving

    Shown = JsonLines | PlainLines | PinnedLines
    Screens = Shown | Saving


class View(NamedTuple):
    """The options of a watch that decide how it looks."""

    types: frozenset[str] = frozenset()
    tools: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    compact: bool = False
    full: bool = False
    notify: bool = False


def screen_for(
    runtime: Runtime, view: View, saved: "TextIO | None" = None, path: Path | None = None
) -> "Screens":
    """Give the screen that fits the caller, and that keeps what it shows where it is to."""
    screen = _shown(runtime, view)
    if saved is None or path is None:
        return screen
    from rensei_cli.screen.saving import Saving

    return Saving(screen, saved, path)


def _shown(runtime: Runtime, view: View) -> "Shown":
    from rensei_cli.watch.filter import Filter

    chosen = Filter(view.types, view.tools, view.pattern)
    if runtime.output.as_json:
        from rensei_cli.screen.records import JsonLines

        return JsonLines(runtime.stdout, runtime.stderr, chosen)
    from rensei_cli.render.paint import Paint
    from rensei_cli.render.watch import Lines
    from rensei_cli.screen.lines import PinnedLines, PlainLines

    look = runtime.look()
    lines = Lines(Paint(runtime.output.colored), look, full=view.full, compact=view.compact)
    pinned = runtime.stdout.isatty() and runtime.environ.get("TERM") != "dumb"
    if pinned and not (look.a11y or runtime.settings.debug):
        columns = lambda: shutil.get_terminal_size().columns  # noqa: E731
        return PinnedLines(runtime.stdout, lines, columns, chosen, notify=view.notify)
    return PlainLines(runtime.stdout, runtime.stderr, lines, chosen)


@contextmanager
def saved_in(path: Path | None) -> "Iterator[TextIO | None]":
    """Give the file a run is kept in, readable by its owner alone, and no other watch's."""
    if path is None:
        yield None
        return
    try:
        # What it holds is kept until there is something else to keep.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    file = open(descriptor, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a descriptor
    try:
        _take(descriptor, path)
        yield file
    finally:
        with suppress(OSError):  # what could not be written was told when it was tried
            file.close()


def _take(descriptor: int, path: Path) -> None:
    """Make sure that no other watch writes a file; a pipe and a device may have many writers."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"another watch is keeping its run in {path}", remedy="another name after --save"
        ) from None
    except OSError:
        pass  # this file system has no locks
