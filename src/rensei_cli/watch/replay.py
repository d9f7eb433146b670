"""A saved run as a source of the same events: what `--save` wrote, without a server."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rensei_cli.api import reading
from rensei_cli.errors import UsageError
from rensei_cli.watch.events import Ended, Event, Started, Verdict, Via
from rensei_cli.watch.loop import Screen
from rensei_cli.watch.recorded import event_of, record_in
from rensei_cli.watch.state import WatchState, update

# A pause longer than this was a night, and is not played again.
_LONGEST_PAUSE_SECONDS = 60.0


class Replay:
    """Plays a saved run, which may be longer than fits into memory, on a screen."""

    def __init__(self, screen: Screen, *, speed: float, sleep: Callable[[float], None]) -> None:
        self.state = WatchState(via=Via.file)
        self._screen, self._speed, self._sleep = screen, speed, sleep
        self._began: datetime | None = None
        self._last: datetime | None = None

    def play(self, lines: Iterable[str]) -> None:
        """Play records at a multiple of their speed, or at once where that is 0.

        Raises:
            UsageError: A line is no record; the last one may be cut off.
        """
        bad: UsageError | None = None
        for number, line in enumerate(lines, 1):
            if bad is not None:
                raise bad
            record = record_in(line)
            if record is None:
                bad = _no_record(number)
            else:
                self._told(record)
        if self.state.session is None:
            raise bad or _no_record(1)
        if self.state.ended is None:
            self.end(Ended(Verdict.lost, 9, "the saved run breaks off before its end"))

    def end(self, ended: Ended) -> None:
        """End a replay before its end."""
        if self.state.session is not None:
            self._show([ended], self.state)

    def _told(self, record: dict[str, Any]) -> None:
        at = reading.moment(record.get("at"))
        if at and self._last:
            self._wait((at - self._last).total_seconds())
        self._began, self._last = self._began or at, at or self._last
        event = event_of(record, self.state.health)
        if event is not None and (self.state.session is not None or isinstance(event, Started)):
            summary = (
                _summary(record, self.state, self._now())
                if isinstance(event, Ended)
                else self.state
            )
            self._show([event], summary)

    def _show(self, events: Sequence[Event], state: WatchState) -> None:
        now, reconnects = self._now(), state.reconnects
        self.state = update(state, events, now, at=self._last, reconnects=reconnects)
        self._screen.show(events, self.state)

    def _wait(self, seconds: float) -> None:
        """Let a recorded pause pass, and time on the screen with it."""
        if self._speed <= 0:
            return
        left = min(max(0.0, seconds), _LONGEST_PAUSE_SECONDS)
        now, step = self._now(), (self._screen.refresh_seconds or left) * self._speed
        while left > 0:
            passed = min(step, left)
            self._sleep(passed / self._speed)
            left, now = left - passed, now + passed
            if self.state.session is not None:
                self._screen.tick(self.state, now)

    def _now(self) -> float:
        began, last = self._began, self._last
        return (last - began).total_seconds() if began and last else 0.0


def _summary(record: dict[str, Any], state: WatchState, now: float) -> WatchState:
    """Give the state with what only the end of a saved run tells."""
    lasted = reading.amount(record.get("durationSeconds"))
    return replace(
        state,
        began=state.began if lasted is None else now - lasted,
        reconnects=reading.count(record.get("reconnects")) or 0,
        session=state.session and state.session.but(costUsd=record.get("costUsd")),
    )


def _no_record(number: int) -> UsageError:
    return UsageError(
        f"line {number} of the saved run is no record of a watch",
        hint="A saved run is what `rensei session watch --save FILE` writes.",
    )
