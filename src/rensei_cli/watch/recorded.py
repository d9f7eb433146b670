"""What the records of a saved run tell: the way back from `watch.record`."""

from collections.abc import Callable
from typing import Any

from rensei_cli.api import reading
from rensei_cli.api.activity import read_activity
from rensei_cli.api.decoding import value_of
from rensei_cli.api.models import Session
from rensei_cli.api.reports import read_remediation
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
from rensei_cli.watch.record import is_record


def record_in(line: str) -> dict[str, Any] | None:
    """Give the record in a line of a saved run, or nothing."""
    try:
        record = value_of(line)
    except ValueError:
        return None
    return dict(record) if is_record(record) else None


def event_of(record: dict[str, Any], health: Health | None) -> Event | None:
    """Give what a record tells; `health` is what was told last."""
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
