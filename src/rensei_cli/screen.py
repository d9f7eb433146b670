"""The three screens of a watch: lines with a pinned one below, lines alone, JSON lines."""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rensei_cli.errors import RenseiError
from rensei_cli.output import dumps
from rensei_cli.render.digest import digest, status_line, via_sentence
from rensei_cli.render.watch import Lines
from rensei_cli.watch.events import Ended, Event, HealthChanged, Via, ViaChanged
from rensei_cli.watch.filter import Filter
from rensei_cli.watch.record import record
from rensei_cli.watch.state import WatchState

_CLEAR_LINE = "\r\x1b[2K"
# A watch that was shorter than this was not left alone.
_NOTIFY_SECONDS = 30.0
# How often a pipe is looked at for its reader, who may leave while there is no news.
_LOOK_SECONDS = 1.0


@dataclass(slots=True)
class JsonLines:
    """One record a line, written and flushed with what arrived together."""

    stdout: TextIO
    stderr: TextIO
    chosen: Filter = field(default_factory=Filter)
    refresh_seconds: float | None = _LOOK_SECONDS

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the records of news."""
        found = [record(event, state) for event in self.chosen.of(events)]
        if text := "".join([f"{dumps(item)}\n" for item in found if item is not None]):
            self.stdout.write(text)
            self.stdout.flush()

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing, for time is no news; but leave when nobody reads any more."""
        del state, now
        still_read(self.stdout)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands; there is no record before the start."""
        _notice(self.stderr, event)

    def close(self, state: WatchState) -> None:
        """Write nothing: the record of the end was the last."""


@dataclass(slots=True)
class PlainLines:
    """Lines alone, for a pipe or a file: none without news."""

    stdout: TextIO
    stderr: TextIO
    lines: Lines
    chosen: Filter = field(default_factory=Filter)
    refresh_seconds: float | None = _LOOK_SECONDS

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news; how the session is seen is told beside them."""
        self._write(self.lines.draw(self.chosen.of(events)))
        for event in events:
            if isinstance(event, ViaChanged) and not is_expected(event, state):
                self.notice(event)

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing, for time is no news; but leave when nobody reads any more."""
        del state, now
        still_read(self.stdout)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        _notice(self.stderr, event)

    def close(self, state: WatchState) -> None:
        """Write what is still folded, and the digest."""
        self._write([*self.lines.rest(), *digest(state, self.lines)])

    def _write(self, lines: Sequence[str]) -> None:
        if lines:
            self.stdout.write("\n".join(lines) + "\n")
            self.stdout.flush()


@dataclass(slots=True)
class PinnedLines:
    """Lines that stay in the scrollback, and below them one that tells the present.

    The cursor is never hidden and the terminal's modes are left alone: whatever ends the program,
    there is nothing to restore but that one line.
    """

    stdout: TextIO
    lines: Lines
    width: Callable[[], int]
    chosen: Filter = field(default_factory=Filter)
    notify: bool = False
    refresh_seconds: float | None = 1.0
    _pinned: str = ""

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news above the pinned one."""
        self.lines.width = self.width()
        drawn = self.lines.draw(self.chosen.of(events))
        for event in events:
            if isinstance(event, ViaChanged) and not is_expected(event, state):
                drawn += self.lines.aside(via_sentence(event))
        self._write(drawn, state, state.now)
        if self.notify:
            self._notify(events, state)

    def tick(self, state: WatchState, now: float) -> None:
        """Write the pinned line anew if it says something else."""
        self.lines.width = self.width()
        self._write([], state, now)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        drawn = "".join(f"{line}\n" for line in self.lines.aside(via_sentence(event)))
        self.stdout.write(f"{_CLEAR_LINE}{drawn}{self._pinned}")
        self.stdout.flush()

    def close(self, state: WatchState) -> None:
        """Leave a clean terminal: the digest where the pinned line was."""
        self.lines.width = self.width()
        last = [*self.lines.rest(), *digest(state, self.lines)]
        self.stdout.write(_CLEAR_LINE + "".join(f"{line}\n" for line in last))
        self.stdout.flush()

    def _write(self, drawn: Sequence[str], state: WatchState, now: float) -> None:
        pinned = "" if state.ended else status_line(state, now, self.width() - 1, self.lines)
        if not drawn and pinned == self._pinned:
            return
        above = "".join([f"{line}\n" for line in drawn])
        self.stdout.write(f"{_CLEAR_LINE}{above}{pinned}")
        self.stdout.flush()
        self._pinned = pinned

    def _notify(self, events: Sequence[Event], state: WatchState) -> None:
        if state.now - state.began < _NOTIFY_SECONDS:
            return
        for event in events:
            if isinstance(event, Ended):
                self._ring(f"the watch ended: {event.verdict}")
            elif isinstance(event, HealthChanged) and event.health.level.value == "red":
                self._ring("the session's health is red")

    def _ring(self, text: str) -> None:
        self.stdout.write(f"\x07\x1b]9;rensei: {text}\x07")
        self.stdout.flush()


Screens = JsonLines | PlainLines | PinnedLines


@dataclass(slots=True)
class Saving:
    """A screen that also keeps every record in a file, whatever it hides."""

    screen: Screens
    records: JsonLines
    path: Path
    failed: bool = False

    @property
    def refresh_seconds(self) -> float | None:
        """How often the screen wants to tell that time passes."""
        return self.screen.refresh_seconds

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Show and keep news."""
        self.screen.show(events, state)
        if not self.failed:
            self.failed = True  # until it is known that it did not
            with written(str(self.path)):
                self.records.show(events, state)
            self.failed = False

    def tick(self, state: WatchState, now: float) -> None:
        """Show that time passes."""
        self.screen.tick(state, now)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        self.screen.notice(event)

    def close(self, state: WatchState) -> None:
        """Close the screen."""
        self.screen.close(state)


@contextmanager
def written(where: str) -> Iterator[None]:
    """Turn a write that fails, on a full disk for instance, into an error of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise RenseiError(f"{where} could not be written: {failure.strerror}") from None


def still_read(stream: TextIO) -> None:
    """Notice that the reader of a pipe has gone, which otherwise only the next write would.

    Raises:
        BrokenPipeError: Nobody will read what is written.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # not a file of the system's
        return
    watched = select.poll()
    watched.register(number, 0)
    if any(event & select.POLLERR for _, event in watched.poll(0)):
        raise BrokenPipeError


def is_expected(event: ViaChanged, state: WatchState) -> bool:
    """Whether a change is what a watch begins with, and so no news for a person."""
    return event.via is Via.live and state.changes == 1


def _notice(stderr: TextIO, event: ViaChanged) -> None:
    stderr.write(f"rensei: {via_sentence(event)}\n")
    stderr.flush()
