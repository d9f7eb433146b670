"""A watch for a person: lines alone, or lines above one that tells the present."""

from collections.abc import Callable, Sequence
from typing import TextIO

from rensei_cli.render.digest import digest, status_line, via_sentence
from rensei_cli.render.watch import Lines
from rensei_cli.screen.stream import Unpinned, put
from rensei_cli.watch.events import Ended, Event, HealthChanged, Via, ViaChanged
from rensei_cli.watch.filter import Filter
from rensei_cli.watch.state import WatchState

_CLEAR_LINE = "\r\x1b[2K"
# A watch that was shorter than this was not left alone.
_NOTIFY_SECONDS = 30.0


class PlainLines(Unpinned):
    """Lines alone, for a pipe or a file: none without news."""

    def __init__(
        self, stdout: TextIO, stderr: TextIO, lines: Lines, chosen: Filter | None = None
    ) -> None:
        super().__init__(stdout, stderr, chosen)
        self._lines = lines

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news; how the session is seen is told beside them."""
        put(self._stdout, _ended(self._lines.draw(self._chosen.of(events))))
        for event in events:
            if isinstance(event, ViaChanged) and not _is_expected(event, state):
                self.notice(event)

    def close(self, state: WatchState) -> None:
        """Write what is still folded, and the digest."""
        put(self._stdout, _ended([*self._lines.rest(), *digest(state, self._lines)]))


class PinnedLines:
    """Lines that stay in the scrollback, and below them one that tells the present.

    The cursor is never hidden and the terminal's modes are left alone: whatever ends the program,
    there is nothing to restore but that one line.
    """

    refresh_seconds: float | None = 1.0

    def __init__(
        self,
        stdout: TextIO,
        lines: Lines,
        width: Callable[[], int],
        chosen: Filter | None = None,
        *,
        notify: bool = False,
    ) -> None:
        self._stdout, self._lines, self._width = stdout, lines, width
        self._chosen, self._notify = chosen or Filter(), notify
        self._pinned = ""

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the lines of news above the pinned one."""
        self._lines.width = self._width()
        drawn = self._lines.draw(self._chosen.of(events))
        for event in events:
            if isinstance(event, ViaChanged) and not _is_expected(event, state):
                drawn += self._lines.aside(via_sentence(event))
        self._write(drawn, state, state.now)
        if self._notify and state.now - state.began >= _NOTIFY_SECONDS:
            for event in events:
                self._ring(event)

    def tick(self, state: WatchState, now: float) -> None:
        """Write the pinned line anew if it says something else."""
        self._lines.width = self._width()
        self._write([], state, now)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        self.say(via_sentence(event))

    def say(self, text: str) -> None:
        """Tell a person something that is no news of the session."""
        put(self._stdout, f"{_CLEAR_LINE}{_ended(self._lines.aside(text))}{self._pinned}")

    def close(self, state: WatchState) -> None:
        """Leave a clean terminal: the digest where the pinned line was."""
        self._lines.width = self._width()
        last = [*self._lines.rest(), *digest(state, self._lines)]
        put(self._stdout, _CLEAR_LINE + _ended(last))

    def _write(self, drawn: Sequence[str], state: WatchState, now: float) -> None:
        pinned = "" if state.ended else status_line(state, now, self._width() - 1, self._lines)
        if drawn or pinned != self._pinned:
            put(self._stdout, f"{_CLEAR_LINE}{_ended(drawn)}{pinned}")
            self._pinned = pinned

    def _ring(self, event: Event) -> None:
        text = ""
        if isinstance(event, Ended):
            text = f"the watch ended: {event.verdict}"
        elif isinstance(event, HealthChanged) and event.health.level.value == "red":
            text = "the session's health is red"
        put(self._stdout, f"\x07\x1b]9;rensei: {text}\x07" if text else "")


def _ended(lines: Sequence[str]) -> str:
    """Give lines as text, each with its end."""
    return "\n".join([*lines, ""]) if lines else ""


def _is_expected(event: ViaChanged, state: WatchState) -> bool:
    """Whether a change is what a watch begins with, and so no news for a person."""
    return event.via is Via.live and state.changes == 1
