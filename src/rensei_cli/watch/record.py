"""Events as JSON lines (`rensei.watch/1`), and back: what `--json` prints, `--from` plays again."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
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
# What arrived together was seen at the same moment.
_stamp = lru_cache(maxsize=4)(iso)


def record(event: Event, state: WatchState) -> dict[str, Any] | None:
    """Give the record of an event, or nothing for one that is no news."""
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "record": "activity",
        "at": _at(state.at),
        "session": state.session.id if state.session else None,
    }
    if isinstance(event, Acted):
        head["activity"] = activity_document(event.activity)
        head["replayed"] = event.replayed
        return head
    body = _body(event, state)
    return None if body is None else head | body


@lru_cache(maxsize=1)
def _at(moment: datetime | None) -> str | None:
    """Give the time of a record: what arrives together has one."""
    return iso(moment)


def _body(event: Event, state: WatchState) -> dict[str, Any] | None:
    match event:
        case Started():
            return _start(event)
        case StatusChanged(before, after):
            return {"record": "status", "from": before, "to": after}
        case HealthChanged(health):
            return {"record": "health", **health_document(health)}
        case Remediated(entry):
            return {"record": "remediation", "entry": entry_document(entry)}
        case Gap(after, before, missed, cause):
            return {
                "record": "gap",
                "after": after,
                "before": before,
                "missed": missed,
                "cause": cause.value,
            }
        case ViaChanged(via, why, again):
            return {"record": "transport", "state": via.value, "why": why, "againSeconds": again}
        case Ended():
            return _end(event, state)
        case _:
            return None


def _start(started: Started) -> dict[str, Any]:
    return {
        "record": "start",
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


def _end(ended: Ended, state: WatchState) -> dict[str, Any]:
    return {
        "record": "end",
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
