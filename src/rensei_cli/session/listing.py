"""The sessions of a list: which to show, in which order, and how each one is."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from rensei_cli.api.models import Session, SessionList
from rensei_cli.session.document import iso, run_document
from rensei_cli.session.health import Health, Level, evaluate
from rensei_cli.session.lifecycle import meaning_of, outcome_of
from rensei_cli.session.signals import Facts

if TYPE_CHECKING:  # the types load pydantic, and a document is plain JSON
    from rensei_cli.session import schema

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """One session of the list and its health in a word."""

    session: Session
    health: Health

    @property
    def levels(self) -> set[Level]:
        """The level, and what the signals mean where they contradict it."""
        return {self.health.level} | ({self.health.implied} if self.health.implied else set())


class Listing(NamedTuple):
    """The rows to show, live ones first, and how many sessions the server listed."""

    rows: Sequence[Row]
    total: int
    ended_hidden: int
    fetched_at: datetime
    now: datetime

    def nothing(self) -> str:
        """Give in one line why there is no row."""
        if not self.total:
            return "no sessions"
        if self.ended_hidden == self.total:
            have = "has" if self.total == 1 else "have"
            return f"no live sessions; {self.total} {have} ended: rensei session list --all"
        return f"none of {self.total} session{'s' * (self.total > 1)} matches"


def select(
    listed: SessionList,
    *,
    statuses: Collection[str],
    levels: Collection[Level],
    ended: bool,
    limit: int | None,
    fetched_at: datetime,
) -> Listing:
    """Give the rows that were asked for; without `ended` or a status, only the live ones."""
    now = listed.timestamp or fetched_at
    wanted = {status.lower() for status in statuses}
    rows: list[Row] = []
    hidden = 0
    for session in listed.sessions:
        over = outcome_of(session.status) is not None
        if wanted and not wanted & _words(session.status):
            continue
        if over and not (ended or statuses):
            hidden += 1
            continue
        # Without its activities an estimate knows little.
        row = Row(session, evaluate(Facts(session, session.status, None, now)))
        if not levels or row.levels & set(levels):
            rows.append(row)
    rows.sort(key=_order)
    return Listing(rows[:limit], len(listed.sessions), hidden, fetched_at, now)


def _words(status: str | None) -> set[str]:
    """Give what a status may be asked for by: the server's own word and the documented one."""
    return {status.lower(), meaning_of(status)} if status else {"unknown"}


def list_document(listing: Listing) -> "schema.ListDocument":
    """Give a listing as JSON."""
    return {
        "schema": "rensei.sessions/1",
        "fetchedAt": iso(listing.fetched_at),
        "sessions": [_row(row) for row in listing.rows],
        "count": len(listing.rows),
        "total": listing.total,
    }


def _row(row: Row) -> "schema.ListedDocument":
    health = row.health
    told: schema.ListedHealth = {
        "health": health.level.value,
        "healthDisagreement": health.disagreement,
    }
    return {**run_document(row.session), **told}


def _order(row: Row) -> tuple[bool, float]:
    started = row.session.started_at or row.session.timeline.created or _LONG_AGO
    return outcome_of(row.session.status) is not None, -started.timestamp()
