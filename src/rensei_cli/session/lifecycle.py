"""queued → working → completed | failed | stopped: which status holds, and for how long it did."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from rensei_cli.api.models import LifecycleEntry, Session
from rensei_cli.api.wire import Wire


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
    "queued": "queued",
    "parked": "parked",
    "working": "working",
    "pending": "queued",
    "claimed": "working",
    "running": "working",
    "finalizing": "working",
}
_EXIT_CODES = {Outcome.completed: 0, Outcome.failed: 3, Outcome.stopped: 6}
# Which of two statuses is better founded. The open-source server's detail route calls a stopped
# session failed and a finalizing one queued, its activities route calls a parked one queued.
_FOUNDED = ("stopped", "completed", "failed", "working", "parked", "queued")
# Whole-second times beside exact ones may seem to run backwards by this much.
_JITTER = timedelta(seconds=1)


class Phase(NamedTuple):
    """A status, when it was entered and how long it held (so far, where it still does)."""

    status: str
    entered_at: datetime | None
    seconds: float | None
    current: bool
    impossible: bool = False


class Conflict(NamedTuple):
    """What the server's own sources say differently about one field, and what is shown."""

    field: str
    values: Mapping[str, str]
    shown: str


def outcome_of(status: str | None) -> Outcome | None:
    """Give how a session ended, or nothing while it lives; an unknown status is not an end."""
    return _OUTCOMES.get((status or "").lower())


def meaning_of(status: str) -> str:
    """Give the documented word for what a status means; an unknown one keeps its own."""
    lower = status.lower()
    return str(_OUTCOMES.get(lower) or _PUBLIC.get(lower, status))


def exit_code(status: str | None) -> int:
    """Give the exit code that stands for a status: 0, 3 or 6 for the outcomes, 8 while it lives."""
    outcome = outcome_of(status)
    return 8 if outcome is None else _EXIT_CODES[outcome]


def reconciled(said: Mapping[str, str | None]) -> tuple[str | None, Conflict | None]:
    """Give the better-founded of the statuses that a server's routes tell, and their conflict."""
    told = {source: status for source, status in said.items() if status}
    if not told:
        return None, None
    shown = min(told.values(), key=_rank)
    if len(set(map(meaning_of, told.values()))) == 1:
        return shown, None
    return shown, Conflict("status", told, shown)


def phases(session: Session, status: str | None, now: datetime) -> tuple[Phase, ...]:
    """Give the phases a session went through, oldest first, the last one being the status."""
    entered = _folded(session.lifecycle) if session.lifecycle else _of_timeline(session, status)
    if status and entered[-1][0] != meaning_of(status):
        entered.append((meaning_of(status), None, False))
    return tuple(_with_durations(entered, outcome_of(status) is not None, now))


_Entered = tuple[str, datetime | None, bool]


def _of_timeline(session: Session, status: str | None) -> list[_Entered]:
    line = session.timeline
    ended = outcome_of(status)
    queued = line.queued or line.created or (None if line.raw else session.started_at)
    lost = queued is None and _is_impossible(line, "queued", "created")
    found: list[_Entered] = [("queued", queued, lost)]
    if line.sends("started"):
        found.append(("working", line.started, _is_impossible(line, "started")))
    if line.queued and line.started and line.queued - line.started > _JITTER:
        # Sent back to the queue after it had worked: only the last time in the queue is told.
        found = [("queued", line.created, False), found[1], ("queued", line.queued, False)]
    if ended is not None:
        found.append((ended, line.completed, _is_impossible(line, "completed")))
    return found


def _folded(entries: Iterable[LifecycleEntry]) -> list[_Entered]:
    """Give the public phases: claimed, running and finalizing are one stretch of working."""
    found: list[_Entered] = []
    for entry in entries:
        status = meaning_of(entry.status or "unknown")
        if not found or found[-1][0] != status:
            found.append((status, entry.entered_at, _is_impossible(entry, "entered_at")))
    return found


def _is_impossible(wire: Wire, *fields: str) -> bool:
    """Whether a server sent a time that cannot be one, which is not the same as sending none."""
    return any(wire.sends(field) and getattr(wire, field) is None for field in fields)


def _with_durations(entered: list[_Entered], ended: bool, now: datetime) -> Iterable[Phase]:
    for position, (status, at, impossible) in enumerate(entered):
        last = position == len(entered) - 1
        until = (None if ended else now) if last else entered[position + 1][1]
        yield Phase(status, at, _held(at, until), current=last, impossible=impossible)


def _held(since: datetime | None, until: datetime | None) -> float | None:
    """Give the seconds between two moments, or nothing where they cannot follow each other."""
    if since is None or until is None or since - until > _JITTER:
        return None
    return max(0.0, (until - since).total_seconds())


def _rank(status: str) -> tuple[int, bool]:
    """Give the place of a status among the well-founded; the documented word before its synonym."""
    meaning = meaning_of(status)
    known = _FOUNDED.index(meaning) if meaning in _FOUNDED else len(_FOUNDED)
    return known, status != meaning
