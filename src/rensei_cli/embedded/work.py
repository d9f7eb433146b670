"""What workers do; each function is one transaction's answer."""

import uuid
from typing import Any

from rensei_cli.embedded import claims, lifecycle, reads, writes
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.views import claim as claim_view
from rensei_cli.embedded.views import timeline
from rensei_cli.embedded.wire import Answer, RefusalError, answer, present

BEAT_MS = 15_000
_MOST_WORK = 10
_REPORTED = ("running", "finalizing", *lifecycle.TERMINAL)


def register(unit: Unit, name: str | None) -> Answer:
    """Make a worker known; it is heard at this moment."""
    worker_id = f"wkr_{uuid.uuid4().hex[:12]}"
    unit.write("INSERT INTO workers VALUES (?, ?, ?, ?)", worker_id, name, unit.now, unit.now)
    return answer(201, {"workerId": worker_id, "heartbeatIntervalMs": BEAT_MS})


def beat(unit: Unit, worker_id: str, acknowledged: list[str]) -> Answer:
    """Note that a worker lives, forget the messages it has received, and give it the others."""
    _hear(unit, worker_id)
    for message_id in acknowledged:
        unit.write("DELETE FROM inbox WHERE id = ?", message_id)
    return answer(200, {"ok": True, **_messages(unit, worker_id)})


def poll(unit: Unit, worker_id: str, identifiers: list[str]) -> Answer:
    """Give a worker what may be claimed (of these issues, when given), and its messages."""
    _hear(unit, worker_id)
    work = [_brief(found) for found in reads.waiting(unit, identifiers, _MOST_WORK)]
    return answer(200, {"work": work, **_messages(unit, worker_id)})


def claim(unit: Unit, session_id: str, worker_id: str) -> Answer:
    """Give a waiting session to the first worker that asks; 409 to every other."""
    _hear(unit, worker_id)
    before = reads.session(unit, session_id)
    if before.status != "pending" or before.parked:
        body = {"claimed": False, "error": "Conflict", "message": f"Session is {before.public}"}
        return answer(409, {**body, "sessionId": before.id, "status": before.public})
    after = writes.claim(unit, before, worker_id)
    session = {**_brief(after), "claim": claim_view(unit, after)}
    return answer(200, {"claimed": True, "session": session})


def report(
    unit: Unit, session_id: str, worker_id: str, status: str, usage: dict[str, Any]
) -> Answer:
    """Take a session to the status its worker reports, with what it has cost so far.

    Raises:
        RefusalError: 409 when the worker holds it no more, 403 when it never did, 400 for a
            status no worker reports.
    """
    before = _owned(unit, session_id, worker_id)
    if status not in _REPORTED:
        raise RefusalError(400, "Bad Request", f"status must be one of {', '.join(_REPORTED)}")
    if status != before.status and not lifecycle.allows(before.status, status):
        message = f"Cannot go from {before.status} to {status}"
        return answer(409, {"updated": False, "error": "Conflict", "message": message})
    writes.change(unit, session_id, updated_at=unit.now, **usage)
    after = _moved(unit, before, status)
    return answer(200, {"updated": True, "session": {**_brief(after), "status": after.status}})


def post(unit: Unit, session_id: str, worker_id: str, activity: dict[str, Any]) -> Answer:
    """Store an activity of the session's own worker; the first one shows that it runs.

    Raises:
        RefusalError: 409 when the worker holds it no more, 403 when it never did.
    """
    session = _owned(unit, session_id, worker_id)
    if session.status == "claimed":
        session = writes.advance(unit, session, "running")
    number = writes.append(unit, session, activity)
    _note_tool(unit, session, activity.get("toolName"))
    return answer(200, {"forwarded": True, "id": str(number), "sessionStatus": session.public})


def _moved(unit: Unit, before: Session, status: str) -> Session:
    if status == before.status:
        return reads.session(unit, before.id)
    if status in lifecycle.TERMINAL:
        return writes.end(unit, before, status)
    return writes.advance(unit, before, status)


def _note_tool(unit: Unit, session: Session, tool: object) -> None:
    """Count calls of one tool in a row; thoughts in between do not end the row."""
    if not isinstance(tool, str) or not tool:
        return
    if tool == session.last_tool:
        writes.change(unit, session.id, tool_calls=session.tool_calls + 1)
    else:
        writes.change(unit, session.id, last_tool=tool, last_tool_at=unit.now, tool_calls=1)


def _owned(unit: Unit, session_id: str, worker_id: str) -> Session:
    session = reads.session(unit, session_id)
    if session.worker_id != worker_id:
        raise claims.refusal(unit, session, worker_id)
    return session


def _hear(unit: Unit, worker_id: str) -> None:
    if not unit.write("UPDATE workers SET heartbeat_at = ? WHERE id = ?", unit.now, worker_id):
        raise RefusalError(404, "Not Found", "Worker not found")


def _messages(unit: Unit, worker_id: str) -> dict[str, list[dict[str, str]]]:
    """Give the stop signals and prompts a worker has not acknowledged."""
    rows = unit.rows(
        """SELECT i.id, i.session_id, i.kind, i.text FROM inbox i
        LEFT JOIN sessions s ON s.id = i.session_id
        WHERE coalesce(i.worker_id, s.worker_id) = ? ORDER BY i.rowid""",
        worker_id,
    )
    stops = [
        present({"id": one, "sessionId": session, "signal": "stop", "reason": text})
        for one, session, kind, text in rows
        if kind == "stop"
    ]
    prompts = [
        {"promptId": one, "sessionId": session, "prompt": text}
        for one, session, kind, text in rows
        if kind == "prompt"
    ]
    return {"signals": stops, "prompts": prompts}


def _brief(session: Session) -> dict[str, Any]:
    fields = {
        "sessionId": session.id,
        "trackerSessionId": session.tracker_id,
        "project": session.project,
        "identifier": session.identifier,
        "issueTitle": session.title,
        "workType": session.work_type,
        "provider": session.provider,
        "branch": session.branch,
        "priority": session.priority,
        "timeline": timeline(session),
    }
    return present(fields)
