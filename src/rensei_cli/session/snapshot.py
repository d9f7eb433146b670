"""One session as all its sources tell it, put together once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rensei_cli.api.activity import Activity, ActivityPage
from rensei_cli.api.models import Session, SessionList
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.errors import AuthError, NotFoundError, RenseiError, UsageError
from rensei_cli.session.health import Health, evaluate
from rensei_cli.session.lifecycle import Conflict, Phase, phases, reconciled
from rensei_cli.session.signals import Facts

# Below this, two clocks agree: the network and whole-second headers account for it.
SKEW_SECONDS = 5.0


class Missing(NamedTuple):
    """A part that could not be read, and why."""

    part: str
    why: str


class Snapshot(NamedTuple):
    """Everything `session show` tells; `now` is the server's clock, `fetched_at` ours."""

    session: Session
    status: str | None
    fetched_at: datetime
    now: datetime
    health: Health
    remediation: tuple[RemediationEntry, ...] | None
    lifecycle: tuple[Phase, ...]
    activities: Sequence[Activity] | None
    not_available: int | None
    conflicts: tuple[Conflict, ...]
    unavailable: tuple[Missing, ...]

    @property
    def skew_seconds(self) -> float | None:
        """How far the server's clock is ahead of ours, where that is worth saying."""
        skew = (self.now - self.fetched_at).total_seconds()
        return skew if abs(skew) > SKEW_SECONDS else None

    def select(self, *, limit: int | None, types: Collection[str]) -> Sequence[Activity]:
        """Give the last activities of the given types (all types where none is given)."""
        held = [item for item in self.activities or () if not types or item.type in types]
        return held if limit is None else held[max(0, len(held) - limit) :]


def assemble(
    session_id: str,
    *,
    detail: Session | RenseiError,
    page: ActivityPage | RenseiError,
    listing: SessionList | RenseiError,
    fetched_at: datetime,
) -> Snapshot:
    """Give the snapshot; raises the detail's error where nothing else knows the session."""
    listed = _listed(session_id, listing)
    session = _best(session_id, detail, page, listed)
    held = page if isinstance(page, ActivityPage) else None
    said = {
        "list": listed.status if listed else None,
        "detail": detail.status if isinstance(detail, Session) else None,
        "activities": held.status if held else None,
    }
    status, conflict = reconciled(said)
    now = session.timestamp or fetched_at
    activities = held.activities if held else None
    return Snapshot(
        session=session,
        status=status,
        fetched_at=fetched_at,
        now=now,
        health=evaluate(Facts(session, status, activities, now)),
        remediation=session.remediation,
        lifecycle=phases(session, status, now),
        activities=activities,
        not_available=_not_available(activities),
        conflicts=tuple(filter(None, (conflict, _another(session_id, detail)))),
        unavailable=_missing({"detail": detail, "activities": page}),
    )


def _best(
    session_id: str,
    detail: Session | RenseiError,
    page: ActivityPage | RenseiError,
    listed: Session | None,
) -> Session:
    """Give the fullest description of the session that any source has."""
    if isinstance(detail, Session):
        # The open-source server tells the cost in its list only.
        known = listed.cost_usd if listed and detail.cost_usd is None else None
        return detail.but(costUsd=known) if known is not None else detail
    if isinstance(detail, AuthError):
        raise detail
    if listed is not None:
        return listed
    if isinstance(page, RenseiError) or not _proven(page, detail):
        raise detail
    return Session({"id": session_id, "status": page.status})


def _another(session_id: str, detail: Session | RenseiError) -> Conflict | None:
    """Give the conflict of an answer that tells of another session than was asked for."""
    if isinstance(detail, RenseiError) or detail.id in {None, session_id}:
        return None
    return Conflict("id", {"request": session_id, "detail": detail.id or ""}, detail.id or "")


def _proven(page: ActivityPage, error: RenseiError) -> bool:
    """Whether a page shows a session that the detail route could not tell of."""
    denied = isinstance(error, NotFoundError | UsageError)
    return bool(page.activities) or (page.status is not None and not denied)


def _listed(session_id: str, listing: SessionList | RenseiError) -> Session | None:
    if isinstance(listing, RenseiError):
        return None
    found = next((item for item in listing.sessions if item.id == session_id), None)
    return found.but(timestamp=listing.timestamp) if found else None


def _not_available(activities: Sequence[Activity] | None) -> int | None:
    """Give how many older activities the server no longer holds: ids count from 1."""
    if not activities:
        return None if activities is None else 0
    first = activities[0].number
    return first - 1 if first else None


def _missing(answers: Mapping[str, object]) -> tuple[Missing, ...]:
    return tuple(
        Missing(part, answer.message)
        for part, answer in answers.items()
        if isinstance(answer, RenseiError)
    )
