"""queued → working → completed | failed | stopped: which status holds, and for how long it did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rensei_cli.api.models import LifecycleEntry, Session


class Outcome(StrEnum):
    """How a session can end."""

    completed = "completed"
    failed = "failed"
    stopped = "stopped"


# The documented words, then what other surfaces of the same platform call the same thing.
_OUTCOMES = {
    "completed": Outcome.completed,
    "succeeded": Outcome.completed,
    "failed": Outcome.failed,
    "timed_out": Outcome.failed,
    "expired": Outcome.failed,
    "lost": Outcome.failed,
    "stopped": Outcome.stopped,
    "canceled": Outcome.stopped,
    "cancelled": Outcome.stopped,
    "terminated": Outcome.stopped,
    "interrupted": Outcome.stopped,
}
# The public word for each state of the machine inside; some servers publish these.
_PUBLIC = {
    "pending": "queued",
    "claimed": "working",
    "running": "working",
    "finalizing": "working",
}
_EXIT_CODES = {Outcome.completed: 0, Outcome.failed: 3, Outcome.stopped: 6}
# Which of two statuses is better founded. The open-source server's detail route calls a stopped
# session failed and a finalizing one queued, its activities route calls a parked one queued.
_FOUNDED = ("stopped", "completed", "failed", "working", "parked", "queued")


@dataclass(frozen=True, slots=True)
class Phase:
    """A status, when it was entered and how long it held (so far, where it still does)."""

    status: str
    entered_at: datetime | None
    seconds: float | None
    current: bool
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the server's own sources say differently about one field, and what is shown."""

    field: str
    values: Mapping[str, str]
    shown: str


def outcome_of(status: str | None) -> Outcome | None:
    """Give how a session ended, or nothing while it lives; an unknown status is not an end."""
    return _OUTCOMES.get((status or "").lower())


def exit_code(status: str | None) -> int:
    """Give the exit code that stands for a status: 0, 3 or 6 for the outcomes, 8 while it lives."""
    outcome = outcome_of(status)
    return 8 if outcome is None else _EXIT_CODES[outcome]


def reconciled(said: Mapping[str, str | None]) -> tuple[str | None, Conflict | None]:
    """Give the better-founded of the statuses that a server's routes tell, and their conflict."""
    told = {source: status for source, status in said.items() if status}
    if not told:
        return None, None
    if len(set(told.values())) == 1:
        return next(iter(told.values())), None
    shown = min(told.values(), key=_rank)
    return shown, Conflict("status", told, shown)


def phases(session: Session, status: str | None, now: datetime) -> tuple[Phase, ...]:
    """Give the phases a session went through, oldest first."""
    entered = _entered(session, status)
    return tuple(_with_durations(entered, outcome_of(status) is not None, now))


def working_seconds(found: Iterable[Phase]) -> float | None:
    """Give the time spent working, over all attempts, or nothing where it is not known."""
    spent = [phase.seconds for phase in found if phase.status == "working"]
    known = [seconds for seconds in spent if seconds is not None]
    return sum(known) if known and len(known) == len(spent) else None


_Entered = tuple[str, datetime | None, bool]


def _entered(session: Session, status: str | None) -> list[_Entered]:
    if session.lifecycle:
        return _folded(session.lifecycle)
    line = session.timeline
    found: list[_Entered] = []
    if line.queued or line.created or not line.model_fields_set:
        found.append(("queued", line.queued or line.created or session.started_at, False))
    else:
        found.append(("queued", None, _is_impossible(line, "queued", "created")))
    if "started" in line.model_fields_set or status == "working":
        found.append(("working", line.started, _is_impossible(line, "started")))
    if (ended := outcome_of(status)) is not None:
        found.append((ended, line.completed, _is_impossible(line, "completed")))
    elif status and status not in {entry[0] for entry in found}:
        found.append((status, None, False))
    return found


def _folded(entries: Iterable[LifecycleEntry]) -> list[_Entered]:
    """Give the public phases: claimed, running and finalizing are one stretch of working."""
    found: list[_Entered] = []
    for entry in entries:
        status = _PUBLIC.get(entry.status or "", entry.status or "unknown")
        if not found or found[-1][0] != status:
            found.append((status, entry.entered_at, _is_impossible(entry, "entered_at")))
    return found


def _is_impossible(model: object, *fields: str) -> bool:
    """Whether a server sent a time that cannot be one, which is not the same as sending none."""
    sent: set[str] = getattr(model, "model_fields_set", set())
    return any(field in sent and getattr(model, field) is None for field in fields)


def _with_durations(entered: list[_Entered], ended: bool, now: datetime) -> Iterable[Phase]:
    for position, (status, at, impossible) in enumerate(entered):
        last = position == len(entered) - 1
        until = now if last else entered[position + 1][1]
        held = None if at is None or until is None or (last and ended) else until - at
        seconds = max(0.0, held.total_seconds()) if held is not None else None
        yield Phase(status, at, seconds, current=last, impossible=impossible)


def _rank(status: str) -> int:
    known = str(outcome_of(status) or status)
    return _FOUNDED.index(known) if known in _FOUNDED else len(_FOUNDED)
