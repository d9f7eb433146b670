"""What reads and the stream have told of a session, and what of it is news."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.api.reports import HealthReport, RemediationEntry
from rensei_cli.session.health import Health, evaluate
from rensei_cli.session.lifecycle import outcome_of, reconciled
from rensei_cli.session.signals import Facts
from rensei_cli.watch.events import HealthChanged, Remediated, StatusChanged

# A stream that goes on to tell what no read confirms is not asked about any more.
_MOST_DISBELIEVED = 8


class Known:
    """One session as far as it is known: its facts, its health, what operators did to it."""

    def __init__(self, session_id: str) -> None:
        self.session = Session({"id": session_id})
        self.status: str | None = None
        self.health: Health | None = None
        self._id = session_id
        self._anchor: tuple[datetime, float] | None = None
        self._entries: set[tuple[object, ...]] = set()
        self._history_known = False
        self._read_status: str | None = None
        self._disbelieved: set[str] = set()
        self._hinted: object = None

    @property
    def is_over(self) -> bool:
        """Whether the session has ended, as far as reads tell."""
        return outcome_of(self.status) is not None

    def learn(self, now: float, detail: Session) -> None:
        """Take in what a read of the session told."""
        self.session = detail if detail.id else detail.but(id=self._id)
        if detail.timestamp:
            self._anchor = (detail.timestamp, now)

    def confirmed(self, page_status: str | None, detail: Session | None, *, asked: bool) -> bool:
        """Take in the status a read told, or tell that it still has to be confirmed.

        The routes of one server may disagree: a change is believed when both were asked.
        """
        said = {"activities": page_status, "detail": detail.status if detail else None}
        status = reconciled(said)[0] or self.status
        if status != self.status and not asked:
            return False
        self._read_status = status
        return True

    def entered(self) -> list[StatusChanged]:
        """Give the status if it is another than before."""
        before, self.status = self.status, self._read_status
        if before == self.status or self.status is None:
            return []
        self._disbelieved.clear()
        return [StatusChanged(before, self.status)]

    def asks(self, hint: str) -> bool:
        """Whether a status that the stream tells is a reason to read; it is never believed."""
        told = hint == self.status or hint in self._disbelieved
        if told or len(self._disbelieved) >= _MOST_DISBELIEVED:
            return False
        self._disbelieved.add(hint)
        return True

    def doubts(self, health: HealthReport) -> bool:
        """Whether a health that the stream tells is another than the last: a reason to read."""
        told = (health.color, frozenset(one.name for one in health.signals if one.active))
        before, self._hinted = self._hinted, told
        return told != before

    def server_time(self, now: float) -> datetime | None:
        """Give the server's clock at a moment of ours, as of its last answer."""
        if self._anchor is None:
            return None
        told, at = self._anchor
        return told + timedelta(seconds=now - at)

    def idle_seconds(self, now: float, last: Activity | None) -> float | None:
        """Give how long ago the last activity was by the server's clock."""
        at, here = last.at if last else None, self.server_time(now)
        return max(0.0, (here - at).total_seconds()) if at and here else None

    def judged(self, now: float, recent: Sequence[Activity]) -> list[HealthChanged]:
        """Give the health if its level or any of its signals changed."""
        at = self.server_time(now)
        if at is None:
            return []
        before = self.health
        self.health = evaluate(Facts(self.session, self.status, list(recent), at))
        same = before is not None and _signature(before) == _signature(self.health)
        return [] if same else [HealthChanged(self.health, before)]

    def history(self) -> list[Remediated]:
        """Give the operator actions that a read told, except what preceded the watch."""
        fresh = self.acts(self.session.remediation or ())
        first, self._history_known = not self._history_known, True
        return [] if first else fresh

    def acts(self, entries: Sequence[RemediationEntry]) -> list[Remediated]:
        """Give the operator actions that were not told yet."""
        fresh = [entry for entry in entries if not self._entries.intersection(_names(entry))]
        self._entries.update(name for entry in fresh for name in _names(entry))
        return [Remediated(entry) for entry in fresh]


def _names(entry: RemediationEntry) -> list[tuple[object, ...]]:
    """Give by what an action is known again, in whichever shape it comes."""
    what = (entry.action, entry.at, entry.actor, entry.reason)
    return [what, ("id", entry.id)] if entry.id else [what]


def _signature(health: Health) -> tuple[object, ...]:
    return (health.level, *((signal.name, signal.state) for signal in health.signals))
