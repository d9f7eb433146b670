"""What time alone changes: claims run out, stops resolve, signals come and go."""

from rensei_cli.embedded import acts, health, reads, writes
from rensei_cli.embedded.database import Event, Unit
from rensei_cli.embedded.lifecycle import HELD
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import to_json

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000


def sweep(unit: Unit) -> None:
    """Do what is due at the unit's moment."""
    for session in reads.held(unit):
        if session.status in HELD:
            _settle(unit, session)
        _judge(unit, reads.session(unit, session.id))
    unit.write("DELETE FROM answers WHERE given_at < ?", unit.now - _DAY_MS)
    unit.write("DELETE FROM questions WHERE asked_at < ?", unit.now - _DAY_MS)
    unit.write("DELETE FROM inbox WHERE kind = 'stop' AND sent_at < ?", unit.now - _HOUR_MS)


def _settle(unit: Unit, session: Session) -> None:
    """End a session whose stop its worker can no longer confirm; queue one whose claim ran out."""
    if session.stop_requested_at is not None and acts.is_stale(unit, session):
        writes.end(unit, session, "stopped")
    elif _expired(unit, session):
        acts.dismiss(unit, session, "Claim expired")
        writes.requeue(unit, session, "expired")


def _expired(unit: Unit, session: Session) -> bool:
    silent_ms = session.silent_ms(unit.now)
    return silent_ms is None or silent_ms > unit.rules.claim_ttl_seconds * 1000


def _judge(unit: Unit, session: Session) -> None:
    """Tell the streams when other signals are active than when they were last told."""
    summary = health.summary(session, unit.rules.thresholds, unit.now)
    names = health.active(summary)
    if names != session.active_signals:
        writes.change(unit, session.id, active_signals=names)
        unit.events.append(Event(session.id, "health", to_json(summary), status=names))
