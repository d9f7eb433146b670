"""What is known, as the JSON documents that `schema` describes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, overload

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.api.wire import Wire
from rensei_cli.session.health import Health
from rensei_cli.session.lifecycle import Phase
from rensei_cli.session.signals import Signal
from rensei_cli.session.snapshot import Snapshot

if TYPE_CHECKING:  # the types load pydantic, and a document is plain JSON
    from rensei_cli.session import schema

_MOVED = frozenset({"health", "remediation", "timestamp"})
# To print one of these for a server that did not send it would say something about the run.
_STRUCTURED = frozenset({"timeline", "claim", "lifecycle"})
# As in 2026-06-03T09:14:02.000Z.
_ISO_CHARACTERS, _ISO_MARKS = 24, "--T::."
_RENAMED = frozenset({"body", "createdAt"})
# What else is always told cannot be missing where it came as it is told.
_ALWAYS_TOLD = frozenset({"toolName", "timestamp"})


def session_document(
    snapshot: Snapshot, activities: Sequence[Activity]
) -> "schema.SessionDocument":
    """Give a snapshot as JSON with the activities that were asked for."""
    held = snapshot.activities or ()
    return {
        "schema": "rensei.session/1",
        "fetchedAt": iso(snapshot.fetched_at),
        "session": run_document(snapshot.session) | {"status": snapshot.status},
        "currentActivity": activity_document(held[-1]) if held else None,
        "health": health_document(snapshot.health),
        "remediation": {
            "reported": snapshot.remediation is not None,
            "entries": [entry_document(entry) for entry in snapshot.remediation or ()],
        },
        "lifecycle": [_phase(phase) for phase in snapshot.lifecycle],
        "activities": [activity_document(activity) for activity in activities],
        "activitiesNotAvailable": snapshot.not_available,
        "conflicts": [
            {"field": item.field, "values": dict(item.values), "shown": item.shown}
            for item in snapshot.conflicts
        ],
        "unavailable": [{"part": item.part, "why": item.why} for item in snapshot.unavailable],
    }


def run_document(session: Session) -> "schema.RunDocument":
    """Give a run as it came, with its health and history left to their own places."""
    return cast("schema.RunDocument", wire_object(session))


def health_document(health: Health) -> "schema.HealthDocument":
    """Give the health as JSON."""
    return {
        "level": health.level.value,
        "source": "server" if health.source == "server" else "estimate",
        "disagreement": health.disagreement,
        "signals": [_signal(signal) for signal in health.signals],
    }


def entry_document(entry: RemediationEntry) -> "schema.EntryDocument":
    """Give an operator action as JSON."""
    return {
        "id": entry.id,
        "action": entry.action,
        "timestamp": iso(entry.at),
        "source": entry.source,
        "actor": entry.actor,
        "reason": entry.reason,
        "previousStatus": entry.previous_status,
        "newStatus": entry.new_status,
    }


def activity_document(activity: Activity) -> "schema.ActivityDocument":
    """Give an activity in the published spelling, with everything else the server sent."""
    raw = activity.raw
    if "body" in raw or "createdAt" in raw:
        raw = {key: value for key, value in raw.items() if key not in _RENAMED}
    document: dict[str, Any] = {
        **raw,
        "id": activity.id,
        "type": activity.type,
        "toolName": activity.tool,
        "content": activity.content,
        "timestamp": _as_sent(raw.get("timestamp"), activity.at),
    }
    return cast("schema.ActivityDocument", document)


def activity_text(activity: Activity) -> str | None:
    """Give an activity's document as the text that it came in, where both say the same.

    A tail of a hundred thousand spends most of its time on making texts of what were texts.
    """
    text, raw = activity.text, activity.raw
    if not text or "body" in raw or "createdAt" in raw:
        return None
    sent = (raw.get("id"), raw.get("type"), raw.get("toolName"), raw.get("content"))
    if sent != (activity.id, activity.type, activity.tool, activity.content):
        return None
    time = raw.get("timestamp")
    if _as_sent(time, activity.at) != time:
        return None
    for name in _ALWAYS_TOLD - raw.keys():
        text = f'{text[:-1]},"{name}":null}}'
    return text


def wire_object(wire: Wire) -> dict[str, Any]:
    """Give a wire object as it came: known fields in their true types, unknown ones untouched."""
    fields = wire.fields()
    names = {name for field in fields.values() for name in field.names}
    unknown = {key: value for key, value in wire.raw.items() if key not in names}
    known = {
        field.names[0]: _value(getattr(wire, name))
        for name, field in fields.items()
        if name not in _MOVED and (name not in _STRUCTURED or wire.sends(name))
    }
    return unknown | known


def _as_sent(text: object, at: datetime | None) -> str | None:
    """Give a time that is already written as `iso` writes it without writing it again."""
    if at and isinstance(text, str) and len(text) == _ISO_CHARACTERS:
        return text if text[4:20:3] == _ISO_MARKS and text[-1] == "Z" else iso(at)
    return iso(at)


@overload
def iso(moment: datetime) -> str: ...
@overload
def iso(moment: None) -> None: ...
@overload
def iso(moment: datetime | None) -> str | None: ...
def iso(moment: datetime | None) -> str | None:
    """Give a time as ISO 8601 in UTC with milliseconds, or `None`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Wire):
        return wire_object(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value


def _signal(signal: Signal) -> "schema.SignalDocument":
    return {
        "name": signal.name,
        "severity": signal.severity,
        "state": signal.state.value,
        "since": iso(signal.since),
        "durationMs": _milliseconds(signal.seconds),
        "thresholdMs": _milliseconds(signal.limit_seconds),
        "evidence": dict(signal.evidence),
    }


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _phase(phase: Phase) -> "schema.PhaseDocument":
    return {
        "status": phase.status,
        "enteredAt": iso(phase.entered_at),
        "durationSeconds": None if phase.seconds is None else int(phase.seconds),
        "current": phase.current,
    }
