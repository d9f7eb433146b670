"""Events as JSON lines (`rensei.watch/1`), and back: what `--json` prints, `--from` plays again."""

from collections.abc import Mapping
from typing import Any

from rensei_cli.session.document import (
    activity_document,
    entry_document,
    health_document,
    iso,
)
from rensei_cli.watch.events import (
    Acted,
    Ended,
    Event,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
    ViaChanged,
)
from rensei_cli.watch.state import WatchState

SCHEMA = "rensei.watch/1"


Facts = dict[str, Any]


def head(kind: str, state: WatchState) -> Facts:
    """Give what a record of a kind begins with: it is the same for all that arrived together."""
    session = state.session.id if state.session else None
    return {"schema": SCHEMA, "record": kind, "at": iso(state.at), "session": session}


def body(event: Event, state: WatchState) -> tuple[str, Facts] | None:
    """Give the kind of an event's record and what follows its head; nothing for what is no news."""
    match event:
        case Acted(activity, replayed):
            return "activity", {"activity": activity_document(activity), "replayed": replayed}
        case Started():
            return "start", _start(event)
        case StatusChanged(before, after):
            return "status", {"from": before, "to": after}
        case HealthChanged(health):
            return "health", {**health_document(health)}
        case Remediated(entry):
            return "remediation", {"entry": entry_document(entry)}
        case Gap(after, before, missed, cause):
            ends = {"after": after, "before": before}
            return "gap", {**ends, "missed": missed, "cause": cause.value}
        case ViaChanged(via, why, again):
            return "transport", {"state": via.value, "why": why, "againSeconds": again}
        case Ended():
            return "end", _end(event, state)
        case _:
            return None


def _start(started: Started) -> Facts:
    return {
        "cursor": started.cursor,
        "transport": started.via.value,
        "status": started.status,
        "notAvailable": started.not_available,
        "notShown": started.not_shown,
        "idleSeconds": None if started.idle_seconds is None else round(started.idle_seconds, 3),
        "identifier": started.session.identifier,
        "title": started.session.issue_title,
        "provider": started.session.provider,
    }


def _end(ended: Ended, state: WatchState) -> Facts:
    return {
        "outcome": ended.verdict.value,
        "exitCode": ended.exit_code,
        "why": ended.why,
        "status": state.status,
        "lastId": state.last.id if state.last else None,
        "counts": dict(state.counts),
        "tools": dict(state.tools),
        "errors": state.errors,
        "gaps": state.gaps,
        "missed": state.missed,
        "reconnects": state.reconnects,
        "durationSeconds": round(state.now - state.began, 3),
        "costUsd": state.session.cost_usd if state.session else None,
    }


def is_record(value: object) -> bool:
    """Whether a line of a saved run is one of ours."""
    return isinstance(value, Mapping) and value.get("schema") == SCHEMA
