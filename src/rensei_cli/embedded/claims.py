"""Who has held a session: every claim, and how it came to its end."""

from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import RefusalError, foreign

_ENDINGS = {
    "released": "This worker's claim was released",
    "expired": "This worker's claim has expired",
    "overridden": "This worker's claim was ended by a status override",
    "ended": "This worker's claim has ended with the session",
}


def begin(unit: Unit, session: Session, worker_id: str) -> None:
    """Remember that a worker holds a session from now on."""
    values = (session.id, worker_id, unit.now)
    unit.write("INSERT INTO claims VALUES (?, ?, ?, NULL, NULL)", *values)


def finish(unit: Unit, session: Session, ending: str) -> None:
    """Remember how the present claim of a session, if there is one, has ended."""
    unit.write(
        "UPDATE claims SET ended_at = ?, ending = ? WHERE session_id = ? AND ended_at IS NULL",
        *(unit.now, ending, session.id),
    )


def refusal(unit: Unit, session: Session, worker_id: str) -> RefusalError:
    """Give the refusal for a worker that does not hold a session: 409 when it did, else 403."""
    row = unit.row(
        "SELECT ending FROM claims WHERE session_id = ? AND worker_id = ? ORDER BY rowid DESC",
        *(session.id, worker_id),
    )
    if row is None:
        return foreign()
    told = {"sessionId": session.id, "status": session.public}
    return RefusalError(409, "Conflict", _ENDINGS[row[0]], **told)
