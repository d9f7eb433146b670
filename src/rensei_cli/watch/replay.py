"""A saved run as a source of the same events: what `--save` wrote, without a server."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rensei_cli.api import reading
from rensei_cli.api.activity import read_activity
from rensei_cli.api.decoding import value_of
from rensei_cli.api.models import Session
from rensei_cli.api.reports import read_remediation
from rensei_cli.errors import UsageError
from rensei_cli.session.health import Health, Level
from rensei_cli.session.signals import Signal, State
from rensei_cli.watch.events import (
    Acted,
    Cause,
    Ended,
    Event,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
    Verdict,
    Via,
    ViaChanged,
)
from rensei_cli.watch.loop import Screen
from rensei_cli.watch.record import is_record
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
            record = _record(line)
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
        event = _event(record, self.state.health)
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


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = value_of(line)
    except ValueError:
        return None
    return dict(record) if is_record(record) else None


def _event(record: dict[str, Any], health: Health | None) -> Event | None:
    reader = _READERS.get(str(record.get("record")))
    try:
        return reader(record, health) if reader else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None  # a record of a later version: what it says cannot be told


def _started(record: dict[str, Any], _health: Health | None) -> Event:
    facts = {
        "id": record.get("session"),
        "identifier": record.get("identifier"),
        "issueTitle": record.get("title"),
        "provider": record.get("provider"),
        "status": record.get("status"),
    }
    session = Session(facts)
    return Started(
        session,
        session.status,
        Via(record["transport"]),
        reading.text(record.get("cursor")),
        reading.count(record.get("notAvailable")),
        reading.count(record.get("notShown")) or 0,
        reading.amount(record.get("idleSeconds")),
    )


def _activity(record: dict[str, Any], _health: Health | None) -> Event:
    return Acted(read_activity(dict(record["activity"])), replayed=bool(record.get("replayed")))


def _health(record: dict[str, Any], before: Health | None) -> Event:
    signals = tuple(_signal(item) for item in record["signals"])
    source = str(record.get("source", "server"))
    disagreement = reading.word(record.get("disagreement"))
    return HealthChanged(Health(Level(record["level"]), source, signals, disagreement), before)


def _signal(item: dict[str, Any]) -> Signal:
    milliseconds = reading.amount(item.get("durationMs"))
    limit = reading.amount(item.get("thresholdMs"))
    return Signal(
        name=str(item["name"]),
        severity=str(item["severity"]),
        state=State(item["state"]),
        since=reading.moment(item.get("since")),
        seconds=None if milliseconds is None else milliseconds / 1000,
        limit_seconds=None if limit is None else limit / 1000,
        evidence=dict(item.get("evidence") or {}),
    )


def _gap(record: dict[str, Any], _health: Health | None) -> Event:
    after = reading.text(record.get("after"))
    missed = reading.count(record["missed"]) or 0
    return Gap(after, str(record["before"]), missed, Cause(record["cause"]))


def _remediation(record: dict[str, Any], _health: Health | None) -> Event:
    entries = read_remediation([record["entry"]]) or ()
    return Remediated(entries[0])


def _status(record: dict[str, Any], _health: Health | None) -> Event:
    return StatusChanged(reading.word(record.get("from")), str(record["to"]))


def _transport(record: dict[str, Any], _health: Health | None) -> Event:
    return ViaChanged(
        Via(record["state"]), str(record["why"]), reading.amount(record.get("againSeconds"))
    )


def _end(record: dict[str, Any], _health: Health | None) -> Event:
    code = reading.count(record.get("exitCode")) or 0
    return Ended(Verdict(record["outcome"]), code, str(record.get("why", "")))


_READERS: dict[str, Callable[[dict[str, Any], Health | None], Event]] = {
    "start": _started,
    "activity": _activity,
    "health": _health,
    "gap": _gap,
    "remediation": _remediation,
    "status": _status,
    "transport": _transport,
    "end": _end,
}
