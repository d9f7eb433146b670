"""A saved run as a source of the same events: what `--save` wrote, without a server."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from rensei_cli.api import reading
from rensei_cli.api.activity import read_activity
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


def replay(
    lines: Iterable[str], screen: Screen, *, speed: float, sleep: Callable[[float], None]
) -> WatchState:
    """Play a saved run at a multiple of its speed (0: at once), and give what is known then."""
    state, began, last = WatchState(via=Via.file), None, None
    health: Health | None = None
    for number, line in enumerate(lines, 1):
        record = _record(line, number)
        at = reading.moment(record.get("at"))
        began = began or at
        if at and last and speed > 0:
            sleep(min(max(0.0, (at - last).total_seconds()), _LONGEST_PAUSE_SECONDS) / speed)
        last = at or last
        if (event := _event(record, health)) is None:
            continue
        if isinstance(event, HealthChanged):
            health = event.health
        now = _elapsed(began, last)
        state = update(state, [event], now)
        screen.show([event], state)
    return _closed(state, screen, _elapsed(began, last))


def _closed(state: WatchState, screen: Screen, now: float) -> WatchState:
    """Give the state of a run whose end was saved, or say that it was not."""
    if state.ended is not None:
        return replace(state, now=now)
    end = Ended(Verdict.lost, 9, "the saved run breaks off before its end")
    state = update(state, [end], now)
    screen.show([end], state)
    return state


def _elapsed(began: datetime | None, at: datetime | None) -> float:
    return (at - began).total_seconds() if began and at else 0.0


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not is_record(record) or not isinstance(record, dict):
        raise UsageError(
            f"line {number} of the saved run is no record of a watch",
            hint="A saved run is what `rensei session watch --save FILE` writes.",
        )
    return record


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
        "status": record.get("status"),
    }
    gone = reading.count(record.get("notAvailable"))
    session = Session.model_validate(facts)
    return Started(session, session.status, Via.file, reading.text(record.get("cursor")), gone)


def _activity(record: dict[str, Any], _health: Health | None) -> Event:
    return Acted(read_activity(dict(record["activity"])), replayed=bool(record.get("replayed")))


def _health(record: dict[str, Any], before: Health | None) -> Event:
    signals = tuple(_signal(item) for item in record["signals"])
    source = str(record.get("source", "server"))
    return HealthChanged(Health(Level(record["level"]), source, signals), before)


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


def lines_of(file: Iterable[str]) -> Iterator[str]:
    """Give the lines of a saved run that say something."""
    return (line for line in file if line.strip())
