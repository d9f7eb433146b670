"""What happens to a session, stored in one transaction and told to the streams."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from rensei_cli.embedded import claims, lifecycle, reads
from rensei_cli.embedded.database import Event, Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import instant, present, to_json

_OF_ISSUE = """FROM sessions WHERE project = ? AND identifier = ?
AND status IN ('pending', 'claimed', 'running', 'finalizing')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The work a session is made for."""

    tracker_id: str
    project: str
    identifier: str
    title: str | None = None
    work_type: str = "development"
    provider: str | None = None
    branch: str | None = None
    priority: int = 3


@dataclass(frozen=True, slots=True)
class Intent:
    """Who wants something done to a session, by which way, and why."""

    source: str
    actor: str
    reason: str | None = None


def public_id(tracker_id: str) -> str:
    """Give the public id of a tracker's session: 16 hex digits of its SHA-256."""
    return hashlib.sha256(tracker_id.encode()).hexdigest()[:16]


def enqueue(unit: Unit, issue: Issue) -> Session:
    """Store a new session, parked when another one of its issue is alive."""
    session_id, parked = public_id(issue.tracker_id), _others(unit, issue.project, issue.identifier)
    unit.write(
        """INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, NULL, NULL,
        ?, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, '')""",
        *(session_id, issue.tracker_id, issue.project, issue.identifier, issue.title),
        *(issue.work_type, issue.provider, issue.branch, issue.priority, parked),
        *(unit.now, unit.now, unit.now),
    )
    _log(unit, session_id, lifecycle.entry("pending", parked))
    return reads.session(unit, session_id)


def change(unit: Unit, session_id: str, **columns: object) -> None:
    """Set columns of a session."""
    assignments = ", ".join(f"{name} = ?" for name in columns)
    unit.write(f"UPDATE sessions SET {assignments} WHERE id = ?", *columns.values(), session_id)  # noqa: S608 - names come from our code


def claim(unit: Unit, before: Session, worker_id: str) -> Session:
    """Give a pending session to a worker."""
    unit.write("DELETE FROM inbox WHERE session_id = ? AND worker_id = ?", before.id, worker_id)
    claims.begin(unit, before, worker_id)
    fields = {"worker_id": worker_id, "started_at": unit.now, "completed_at": None}
    return _enter(unit, before, "claimed", **fields)


def advance(unit: Unit, before: Session, status: str) -> Session:
    """Take a session to `running` or `finalizing`."""
    return _enter(unit, before, status)


def end(unit: Unit, before: Session, status: str, ending: str = "ended") -> Session:
    """Take a session to a terminal status: nobody holds it, and the next of its issue may go."""
    claims.finish(unit, before, ending)
    ended = {"worker_id": None, "completed_at": unit.now, "stop_requested_at": None, "parked": 0}
    after = _enter(unit, before, status, **ended)
    _promote(unit, before)
    return after


def requeue(unit: Unit, before: Session, ending: str, *, priority: int | None = None) -> Session:
    """Put a session back among the pending ones, held by nobody, its last run forgotten.

    Without another word it goes ahead by one step of urgency, as the open-source supervisor does.
    """
    claims.finish(unit, before, ending)
    alive = before.status in lifecycle.LIVE
    parked = not alive and _others(unit, before.project, before.identifier)
    fresh = dict.fromkeys(
        (
            "worker_id",
            "started_at",
            "completed_at",
            "stop_requested_at",
            "last_tool",
            "last_tool_at",
        )
    )
    fields = {"parked": int(parked), "queued_at": unit.now, "tool_calls": 0}
    fields["priority"] = max(1, before.priority - 1) if priority is None else priority
    return _enter(unit, before, "pending", **fresh, **fields)


def append(unit: Unit, before: Session, activity: dict[str, Any]) -> int:
    """Store an activity as given, numbered; gives its number."""
    number = before.newest_activity + 1
    stamp = {"timestamp": instant(unit.now)} if activity.get("timestamp") is None else {}
    text = to_json({**activity, "id": str(number), **stamp})
    unit.write("INSERT INTO activities VALUES (?, ?, ?)", before.id, number, text)
    change(unit, before.id, newest_activity=number)
    unit.events.append(Event(before.id, "activity", text, number))
    return number


def remediate(unit: Unit, before: Session, action: str, intent: Intent, new_status: str) -> None:
    """Log what a person or a webhook did to a session."""
    row = unit.row("SELECT coalesce(max(number), 0) + 1 FROM remediations")
    fields = {
        "id": f"rem_{row[0]}",
        "action": action,
        "timestamp": instant(unit.now),
        "source": intent.source,
        "actor": intent.actor,
        "reason": intent.reason,
        "previousStatus": before.public,
        "newStatus": new_status,
    }
    text = to_json(present(fields))
    unit.write("INSERT INTO remediations VALUES (?, ?, ?)", row[0], before.id, text)
    unit.events.append(Event(before.id, "remediation", text, row[0]))


def send(
    unit: Unit, session_id: str, kind: str, text: str | None, worker_id: str | None = None
) -> str:
    """Leave a message for one worker, or for whoever holds the session; gives its id."""
    message_id = f"{'prm' if kind == 'prompt' else 'sig'}_{uuid.uuid4().hex[:16]}"
    values = (message_id, session_id, worker_id, kind, text, unit.now)
    unit.write("INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?)", *values)
    return message_id


def _enter(unit: Unit, before: Session, status: str, **columns: object) -> Session:
    written = {"status": status, "updated_at": unit.now, "revision": before.revision + 1}
    change(unit, before.id, **written, **columns)
    after = reads.session(unit, before.id)
    _log(unit, after.id, lifecycle.entry(after.status, bool(after.parked)))
    _tell(unit, before, after)
    return after


def _promote(unit: Unit, ended: Session) -> None:
    """Let the session of the same issue go that was parked first, unless another one is alive."""
    sql = f"SELECT id, parked {_OF_ISSUE} ORDER BY parked, queued_at, rowid"
    first = unit.row(sql, ended.project, ended.identifier)
    if first and first[1]:
        before = reads.session(unit, first[0])
        change(unit, before.id, parked=0)
        _log(unit, before.id, "queued")
        _tell(unit, before, reads.session(unit, before.id))


def _others(unit: Unit, project: str, identifier: str) -> bool:
    return unit.row(f"SELECT 1 {_OF_ISSUE}", project, identifier) is not None


def _log(unit: Unit, session_id: str, status: str) -> None:
    unit.write("INSERT INTO lifecycle VALUES (?, ?, ?)", session_id, status, unit.now)


def _tell(unit: Unit, before: Session, after: Session) -> None:
    if before.public != after.public:
        fields = {"sessionStatus": after.public, "previousStatus": before.public}
        unit.events.append(Event(after.id, "status", to_json(fields), status=after.public))
