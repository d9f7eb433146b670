"""The three screens of a watch: lines with a pinned one below, lines alone, JSON lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from rensei_cli.output import dumps
from rensei_cli.render.digest import digest, status_line
from rensei_cli.render.paint import wrapped
from rensei_cli.render.text import one_line
from rensei_cli.render.watch import Lines
from rensei_cli.watch.events import Ended, Event, HealthChanged, Via, ViaChanged
from rensei_cli.watch.filter import Filter
from rensei_cli.watch.record import record
from rensei_cli.watch.state import WatchState

_CLEAR_LINE = "\r\x1b[2K"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
# A watch that was shorter than this was not left alone.
_NOTIFY_SECONDS = 30.0


@dataclass(slots=True)
class JsonLines:
    """One record a line, written and flushed with what arrived together."""

    stdout: TextIO
    now: Callable[[], datetime]
    chosen: Filter = field(default_factory=Filter)
    refresh_seconds: float | None = None

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the records of news."""
        at = self.now()
        found = (record(event, state, at) for event in events if self.chosen.admits(event))
        self.stdout.write("".join(f"{dumps(item)}\n" for item in found if item is not None))
        self.stdout.flush()

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing: time is no news."""

    def close(self, state: WatchState) -> None:
        """Write nothing: the record of the end was the last."""


@dataclass(slots=True)
class PlainLines:
    """Lines alone, for a pipe or a file: none without news."""

    stdout: TextIO
    stderr: TextIO
    lines: Lines
    chosen: Filter = field(default_factory=Filter)
    refresh_seconds: float | None = None

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news."""
        drawn = self.lines.draw(event for event in events if self.chosen.admits(event))
        self._write(drawn)
        for event in events:
            if isinstance(event, ViaChanged) and not is_expected(event, state):
                self.stderr.write(f"rensei: {via_sentence(event)}\n")

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing: time is no news."""

    def close(self, state: WatchState) -> None:
        """Write what is still folded, and the digest."""
        self._write(
            [*self.lines.rest(), *digest(state, paint=self.lines.paint, look=self.lines.look)]
        )

    def _write(self, lines: Sequence[str]) -> None:
        if lines:
            self.stdout.write("\n".join(lines) + "\n")
            self.stdout.flush()


@dataclass(slots=True)
class PinnedLines:
    """Lines that stay in the scrollback, and below them one that tells the present."""

    stdout: TextIO
    lines: Lines
    width: Callable[[], int]
    monotonic: Callable[[], float]
    chosen: Filter = field(default_factory=Filter)
    notify: bool = False
    refresh_seconds: float | None = 1.0
    _pinned: str = ""
    _open: bool = False

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news above the pinned one."""
        self.lines.width = self.width()
        drawn = self.lines.draw(event for event in events if self.chosen.admits(event))
        for event in events:
            if isinstance(event, ViaChanged) and not is_expected(event, state):
                drawn += [f"{' ' * 9}{self.lines.paint(via_sentence(event), 'bright_black')}"]
        self._write(drawn, state, self.monotonic())
        if self.notify:
            self._notify(events, state)

    def tick(self, state: WatchState, now: float) -> None:
        """Write the pinned line anew if it says something else."""
        self.lines.width = self.width()
        self._write([], state, now)

    def close(self, state: WatchState) -> None:
        """Leave a clean terminal: no pinned line, the cursor visible, the digest at the end."""
        last = [*self.lines.rest(), *self._digest(state)]
        self.stdout.write(_CLEAR_LINE + "".join(f"{line}\n" for line in last) + _SHOW_CURSOR)
        self.stdout.flush()
        self._open = False

    def _write(self, drawn: Sequence[str], state: WatchState, now: float) -> None:
        pinned = status_line(
            state,
            now,
            self.width() - 1,
            paint=self.lines.paint,
            look=self.lines.look,
            folding=self.lines.folding,
        )
        if not drawn and pinned == self._pinned:
            return
        start = "" if self._open else _HIDE_CURSOR
        above = "".join(f"{line}\n" for line in drawn)
        self.stdout.write(f"{start}{_CLEAR_LINE}{above}{pinned}")
        self.stdout.flush()
        self._pinned, self._open = pinned, True

    def _digest(self, state: WatchState) -> Sequence[str]:
        width = self.width()
        return [
            part
            for line in digest(state, paint=self.lines.paint, look=self.lines.look)
            for part in wrapped(line, width)
        ]

    def _notify(self, events: Sequence[Event], state: WatchState) -> None:
        if state.now - state.began < _NOTIFY_SECONDS:
            return
        for event in events:
            if isinstance(event, Ended):
                self._ring(f"session {state.status}")
            elif isinstance(event, HealthChanged) and event.health.level.value == "red":
                self._ring("session health is red")

    def _ring(self, text: str) -> None:
        self.stdout.write(f"\x07\x1b]9;rensei: {text}\x07")
        self.stdout.flush()


Screens = JsonLines | PlainLines | PinnedLines


@dataclass(slots=True)
class Saving:
    """A screen that also keeps every record in a file, whatever it hides."""

    screen: Screens
    records: JsonLines

    @property
    def refresh_seconds(self) -> float | None:
        """How often the screen wants to tell that time passes."""
        return self.screen.refresh_seconds

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Keep and show news."""
        self.records.show(events, state)
        self.screen.show(events, state)

    def tick(self, state: WatchState, now: float) -> None:
        """Show that time passes."""
        self.screen.tick(state, now)

    def close(self, state: WatchState) -> None:
        """Close the screen."""
        self.screen.close(state)


def is_expected(event: ViaChanged, state: WatchState) -> bool:
    """Whether a change is what a watch begins with, and so no news for a person."""
    return event.via is Via.live and state.changes == 1


def via_sentence(event: ViaChanged) -> str:
    """Give in words how the session is seen now."""
    again = "" if event.again_seconds is None else f"; next try in {event.again_seconds:.0f} s"
    return f"{event.via.value}: {one_line(event.why)}{again}"
