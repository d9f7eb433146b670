"""What operators and webhooks do to a session: each function is one transaction's answer."""

from rensei_cli.embedded import lifecycle, writes
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import Answer, answer, bad_request
from rensei_cli.embedded.writes import Intent

STOP_RECEIVED = "Stop signal received"
_URGENT = 2
_OVERRIDES = {"queued": "pending", "pending": "pending"} | {
    word: word for word in lifecycle.TERMINAL
}


def stop(unit: Unit, session: Session, intent: Intent) -> Answer:
    """Stop a session: at once (200) when no worker that is heard of holds it, else soon (202).

    It has stopped when its worker says so. That goes for a session that is only claimed too: its
    worker may just be starting the agent.
    """
    if session.status == "stopped":
        return _stopped(session, session, replay=True)
    if session.status in lifecycle.TERMINAL:
        return refusal("stopped", session, "SESSION_ALREADY_TERMINAL", disposition=session.status)
    waits = session.status in lifecycle.HELD and not is_stale(unit, session)
    writes.remediate(unit, session, "stop_signal", intent, "working" if waits else "stopped")
    writes.append(unit, session, {"type": "response", "content": STOP_RECEIVED})
    dismiss(unit, session, intent.reason or STOP_RECEIVED)
    if waits:
        return _requested(unit, session)
    return _stopped(session, writes.end(unit, session, "stopped"), replay=False)


def release(unit: Unit, session: Session, intent: Intent, expected: str | None) -> Answer:
    """Take a session from its worker and queue it again."""
    if session.worker_id is None:
        return refusal("released", session, "NOTHING_CLAIMED")
    if expected is not None and expected != session.worker_id:
        return refusal("released", session, "WORKER_MISMATCH", workerId=session.worker_id)
    if session.stop_requested_at is not None:
        # Queued again it would run again, against what the operator asked for first.
        return refusal("released", session, "STOP_PENDING", retryable=True)
    after = _let_go(unit, session, "claim_release", "released", intent)
    fields = {"released": True, **_change(session, after), "previousWorkerId": session.worker_id}
    return answer(200, fields)


def prompt(unit: Unit, session: Session, text: str) -> Answer:
    """Leave a prompt for whoever works on a session next; a terminal one is queued again for it."""
    prompt_id = writes.send(unit, session.id, "prompt", text)
    if session.status in lifecycle.TERMINAL:
        session = writes.requeue(unit, session, "ended", priority=_URGENT)
    fields = {"promptId": prompt_id, "sessionId": session.id, "status": session.public}
    return answer(200, {"delivered": True, **fields})


def override(unit: Unit, session: Session, status: str, intent: Intent) -> Answer:
    """Set the status by hand: queued or one of the terminal ones.

    Raises:
        RefusalError: 400 for any other word.
    """
    target = _OVERRIDES.get(status)
    if target is None:
        raise bad_request(f"status must be one of {', '.join(sorted(_OVERRIDES))}")
    if target == session.status:
        return refusal("overridden", session, "STATUS_UNCHANGED")
    if target == "pending":
        after = _let_go(unit, session, "status_override", "overridden", intent)
    else:
        writes.remediate(unit, session, "status_override", intent, target)
        dismiss(unit, session, intent.reason or "Status overridden")
        after = writes.end(unit, session, target, "overridden")
    return answer(200, {"overridden": True, **_change(session, after)})


def proceed(unit: Unit, session: Session, intent: Intent) -> Answer:
    """Queue a terminal session again; a live one just goes on."""
    ended = session.status in lifecycle.TERMINAL
    after = _let_go(unit, session, "status_override", "ended", intent) if ended else session
    return answer(200, {"continued": ended, **_change(session, after)})


def is_stale(unit: Unit, session: Session) -> bool:
    """Tell whether the session's worker has been silent beyond the threshold, or is not known."""
    silent_ms = session.silent_ms(unit.now)
    return silent_ms is None or silent_ms > unit.rules.thresholds.stale_heartbeat_ms


def dismiss(unit: Unit, session: Session, reason: str) -> None:
    """Tell the worker that holds a session, if any, to end its agent."""
    if session.worker_id is not None:
        writes.send(unit, session.id, "stop", reason, session.worker_id)


def refusal(
    verb: str, session: Session, code: str, *, retryable: bool = False, **extra: str
) -> Answer:
    """Give the typed 409: what was not done, to which session, and why in a code."""
    fields = {
        verb: False,
        "sessionId": session.id,
        "previousStatus": session.public,
        "code": code,
        "refusal": code.lower(),
        "retryable": retryable,
    }
    return answer(409, {**fields, **extra})


def _let_go(unit: Unit, session: Session, action: str, ending: str, intent: Intent) -> Session:
    dismiss(unit, session, intent.reason or "Claim released")
    after = writes.requeue(unit, session, ending)
    writes.remediate(unit, session, action, intent, after.public)
    return after


def _requested(unit: Unit, session: Session) -> Answer:
    writes.change(unit, session.id, stop_requested_at=unit.now)
    fields = {"stopped": False, "delivered": True, "pending": "terminal_evidence"}
    return answer(202, {**fields, **_change(session, session)})


def _stopped(before: Session, after: Session, *, replay: bool) -> Answer:
    receipt = {
        "version": 1,
        "kind": "session_stop",
        "sessionId": after.tracker_id,
        "mutationId": f"stop:{after.revision}:{after.id}",
        "intentRevision": str(after.revision),
        "disposition": "stopped",
        "idempotentReplay": replay,
    }
    return answer(200, {"stopped": True, **_change(before, after), "receipt": receipt})


def _change(before: Session, after: Session) -> dict[str, str]:
    return {
        "sessionId": before.id,
        "previousStatus": before.public,
        "newStatus": after.public,
    }
