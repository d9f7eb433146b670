"""Health and remediation as servers report them, read from every shape that is known or likely.

The hosted shape is unpublished and the open-source one is a set of booleans. What is not sent is
`None` or absent here; no value is ever invented.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from rensei_cli.api import reading

# Both vocabularies, lower case: the documented names and the open-source supervisor's keys.
_NAMES = {
    "longrunning": "LongRunning",
    "sessionrunningtoolong": "LongRunning",
    "staleheartbeat": "StaleHeartbeat",
    "heartbeatstale": "StaleHeartbeat",
    "toolloopstuck": "ToolLoopStuck",
    "claimstuck": "ClaimStuck",
}
_COLORS = frozenset({"green", "yellow", "red"})
_SIGNAL_FIELDS = frozenset(
    {"name", "signal", "type", "kind", "severity", "active", "since", "detectedAt"}
    | {"durationMs", "ageMs", "thresholdMs", "message", "reason"}
)


class SignalReport(NamedTuple):
    """One health signal as the server told it; durations in milliseconds."""

    name: str
    active: bool | None
    severity: str | None = None
    since: datetime | None = None
    duration_ms: float | None = None
    threshold_ms: float | None = None
    message: str | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class HealthReport(NamedTuple):
    """The health a server reports: its colour, its signals, or both."""

    color: str | None
    signals: tuple[SignalReport, ...]


class RemediationEntry(NamedTuple):
    """One operator action applied to a session: what, when, through what, by whom and why."""

    action: str
    at: datetime | None
    source: str | None
    actor: str | None
    reason: str | None
    previous_status: str | None
    new_status: str | None
    id: str | None = None


def read_health(value: object) -> HealthReport | None:
    """Give the health in a value of any known shape, or nothing where it tells none."""
    if isinstance(value, str):
        color = _color({"color": value})
        return HealthReport(color, ()) if color else None
    if isinstance(value, list):
        return HealthReport(None, _signals(value))
    if not isinstance(value, dict):
        return None
    signals = reading.first(value, "signals", "stuckSignals", "activeSignals")
    found = _signals(signals if isinstance(signals, list | dict) else value)
    color = _color(value)
    if color is None and not found:
        return None
    return HealthReport(color, found)


def read_remediation(value: object) -> tuple[RemediationEntry, ...] | None:
    """Give the operator actions, oldest first; `None` is not reported, empty is none so far."""
    if isinstance(value, dict):
        value = value.get("history")
    if not isinstance(value, list):
        return None
    entries = [_entry(item) for item in value if isinstance(item, dict)]
    # Servers disagree on the order; an entry without a usable time keeps its place at the end.
    return tuple(
        sorted(entries, key=lambda entry: (entry.at is None, entry.at and entry.at.timestamp()))
    )


def _entry(item: dict[str, Any]) -> RemediationEntry:
    return RemediationEntry(
        action=reading.word(reading.first(item, "action", "kind", "type")) or "unknown",
        at=reading.moment(reading.first(item, "timestamp", "occurredAt", "createdAt", "at")),
        source=reading.word(reading.first(item, "source", "via", "origin")),
        actor=_actor(reading.first(item, "actor", "actorId", "user")),
        reason=reading.word(reading.first(item, "reason", "note")),
        previous_status=reading.word(reading.first(item, "previousStatus", "from")),
        new_status=reading.word(reading.first(item, "newStatus", "to")),
        id=reading.text(item.get("id")),
    )


def _actor(value: object) -> str | None:
    if isinstance(value, dict):
        return reading.word(reading.first(value, "name", "email", "id"))
    return reading.word(value)


def _signals(value: list[Any] | dict[str, Any]) -> tuple[SignalReport, ...]:
    if isinstance(value, list):
        return tuple(signal for item in value if (signal := _listed(item)))
    return tuple(
        SignalReport(_NAMES[key.lower()], active)
        for key, active in value.items()
        if key.lower() in _NAMES and isinstance(active, bool)
    )


def _listed(item: object) -> SignalReport | None:
    if isinstance(item, str):
        return SignalReport(_name(item), active=True)
    if not isinstance(item, dict):
        return None
    name = reading.word(reading.first(item, "name", "signal", "type", "kind"))
    if name is None:
        return None
    return SignalReport(
        name=_name(name),
        # A list without the field is a list of what is active.
        active=reading.flag(item["active"]) if "active" in item else True,
        severity=reading.word(item.get("severity")),
        since=reading.moment(reading.first(item, "since", "detectedAt")),
        duration_ms=reading.amount(reading.first(item, "durationMs", "ageMs")),
        threshold_ms=reading.amount(item.get("thresholdMs")),
        message=reading.word(reading.first(item, "message", "reason")),
        details={key: value for key, value in item.items() if key not in _SIGNAL_FIELDS},
    )


def _name(text: str) -> str:
    return _NAMES.get(text.replace("_", "").replace("-", "").replace(" ", "").lower(), text)


def _color(mapping: dict[str, Any]) -> str | None:
    for key in ("color", "colour", "dot", "level", "status", "grade"):
        found = (reading.word(mapping.get(key)) or "").lower()
        if found in _COLORS:
            return found
    return None
