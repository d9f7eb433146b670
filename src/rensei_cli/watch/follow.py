"""Following one session: which read or stream comes next, and what is news.

`Follower` is a machine without sockets or clocks: it is told what came at which `now` (monotonic
seconds), gives the events that follow from it, and says what it wants next. Whoever drives it only
sends, receives and waits, so that an hour of cuts can be tested in a millisecond.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rensei_cli.api.activity import Activity, ActivityPage
from rensei_cli.api.models import Session
from rensei_cli.api.reports import HealthReport, RemediationEntry
from rensei_cli.api.stream import Message, StatusHint
from rensei_cli.errors import (
    AuthError,
    NotFoundError,
    RenseiError,
    RouteMissingError,
    UsageError,
)
from rensei_cli.session.health import Health, evaluate
from rensei_cli.session.lifecycle import exit_code, outcome_of, reconciled
from rensei_cli.session.signals import Facts
from rensei_cli.watch.events import (
    Acted,
    Ended,
    Event,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
    Updated,
    Verdict,
    Via,
    ViaChanged,
)
from rensei_cli.watch.feed import Feed, Item
from rensei_cli.watch.link import Closed, Link
from rensei_cli.watch.plan import Condition, Plan, Transport
from rensei_cli.watch.repeats import Repeats

BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
# The shortest time between two reads, however much there is to ask.
SOONEST_SECONDS = 0.25
# How long after a session's end it is asked once more: workers post their last words late.
SETTLE_SECONDS = 1.0
# How long a stream may be behind a read before what lies between is called lost.
PATIENCE_SECONDS = 3.0
# How often a first contact is tried before it is called a failure.
_FIRST_TRIES = 3
_FATAL = (AuthError, NotFoundError, RouteMissingError, UsageError)


@dataclass(frozen=True, slots=True)
class Read:
    """A read to send: the activities after a cursor and, where `detail`, the session too."""

    after: str | None
    detail: bool


class Follower:
    """One watch from its first read to its end."""

    def __init__(
        self, session_id: str, plan: Plan, *, now: float, rng: random.Random | None = None
    ) -> None:
        self.plan = plan
        self.feed = Feed(plan.cursor)
        self.link = Link(plan.transport)
        self.ended: Ended | None = None
        self.status: str | None = None
        self.health: Health | None = None
        self._session = Session.model_validate({"id": session_id})
        self._started = False
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._via = Via.connecting
        self._began = self._contact_at = self._acted_at = self._read_at = self._detail_at = now
        self._last_read_at = now - SOONEST_SECONDS
        self._reading = self._again = self._final = self._began_over = False
        self._failures = self._futile = self._missed = 0
        self._disbelieved: str | None = None
        self._entries: set[RemediationEntry] = set()
        self._anchor: tuple[datetime, float] | None = None
        self._repeats = Repeats()

    # What the driver is to do.

    def next_read(self, now: float) -> Read | None:
        """Give the read that is due, which the driver then sends."""
        if self.ended or self._reading or now < self._read_at:
            return None
        self._reading = True
        return Read(self.feed.after, detail=now >= self._detail_at or self._final)

    def stream_due(self, now: float) -> bool:
        """Whether the driver is to open the stream."""
        due = self.link.due_at()
        live = self._started and outcome_of(self.status) is None and self.plan.follow
        return live and self.ended is None and due is not None and now >= due

    def wake_at(self) -> float:
        """Give when the driver is to look again, if nothing comes before."""
        moments = [self.link.silent_at(), self._deadline(), self._idle_deadline()]
        moments.append(None if self._reading else self._read_at)
        if self._started and outcome_of(self.status) is None:
            moments.append(self.link.due_at())
        if self._failures:
            moments.append(self._contact_at + self.plan.give_up_seconds)
        return min(moment for moment in [*moments, self._began + 1e9] if moment is not None)

    # What happened.

    def on_read(
        self,
        now: float,
        read: Read,
        page: ActivityPage | RenseiError,
        detail: Session | RenseiError | None,
    ) -> list[Event]:
        """Give the news in the answer to a read."""
        if self.ended:
            return []
        self._reading = False
        self._last_read_at = now
        if isinstance(page, RenseiError):
            return self._unread(now, page)
        if not self._started and not page.activities and isinstance(detail, NotFoundError):
            return self._unread(now, detail)
        events = self._contact(now)
        told = {"activities": page.status}
        if isinstance(detail, Session):
            told["detail"] = detail.status
            self._learn(now, detail)
        status = reconciled(told)[0] or self.status
        items = self.feed.read(page.activities, read.after, streaming=self.link.is_open)
        events += self._begin(items, status) if not self._started else self._news(items, now)
        events += self._status(now, status)
        if isinstance(detail, Session):
            events += self._judged(now)
            events += self._acts(self._session.remediation or ())
            events.append(Updated(self._session))
        self._schedule(now, events, news=bool(items))
        return self._conditions(events)

    def on_stream(self, now: float, messages: Sequence[Message]) -> list[Event]:
        """Give the news in what a stream sent; none for a comment."""
        if self.ended:
            return []
        self.link.heard(now)
        self._contact_at = now
        activities = [message for message in messages if isinstance(message, Activity)]
        events = self._news(self.feed.live(activities), now) if self._started else []
        for message in messages:
            match message:
                case StatusHint(status):
                    if status not in {self.status, self._disbelieved}:
                        self._disbelieved = status
                        self._soon(now, detail=True)
                case HealthReport():
                    self._session = self._session.model_copy(update={"health": message})
                    events += self._judged(now)
                case RemediationEntry():
                    events += self._acts((message,))
        if self.feed.needs_read and not self.feed.in_doubt:
            self._soon(now)
        return self._conditions(events)

    def on_open(self, now: float) -> list[Event]:
        """Give what changes when the stream opens: a read then fills the hole before it."""
        if self.ended:
            return []
        self._soon(now)
        return self._seen(self.link.opened(now))

    def on_closed(self, now: float, end: Closed) -> list[Event]:
        """Give what changes when the stream ends or does not open: a read decides what it meant."""
        if self.ended:
            return []
        changed = self.link.closed(now, end)
        if end.refused and self.plan.transport is Transport.sse:
            error = RenseiError(f"the server does not stream: {end.why}", remedy="--transport auto")
            return self._end(Verdict.error, error.exit_code, error.message, error)
        self._soon(now, detail=True)
        return self._seen(changed)

    def on_wake(self, now: float) -> None:
        """Note that this machine slept: what it held open is dead, and much may have happened."""
        self.link.hurry(now)
        self._soon(now, detail=True)

    def tick(self, now: float) -> list[Event]:
        """Give what follows from time alone."""
        if self.ended:
            return []
        deadline, idle = self._deadline(), self._idle_deadline()
        if deadline is not None and now >= deadline:
            return self._end(Verdict.pending, 8, f"still {self.status} when the time was up")
        if self._failures and now - self._contact_at >= self.plan.give_up_seconds:
            return self._end(Verdict.lost, 9, "contact was lost for too long")
        if idle is not None and now >= idle and self._started:
            return self._end(Verdict.condition, 10, "nothing happened for the time given")
        return []

    def interrupt(self, code: int, why: str) -> list[Event]:
        """Give the end of a watch that its user ends; the session goes on."""
        return [] if self.ended else self._end(Verdict.detached, code, why)

    # How it is decided.

    def _begin(self, items: list[Item], status: str | None) -> list[Event]:
        self._started = True
        gaps = [item for item in items if isinstance(item, Gap)]
        acted = [item for item in items if isinstance(item, Activity)]
        tail = self.plan.tail
        if self.plan.cursor is None and tail is not None:
            acted = acted[len(acted) - min(tail, len(acted)) :]
        counted = bool(items) and all(item.number for item in self.feed.recent)
        gone = sum(gap.missed for gap in gaps) if counted or not items else None
        started = Started(self._session, status, self._via, self.feed.cursor, gone)
        self.status = status
        self._began_over = outcome_of(status) is not None
        return [started, *gaps, *(Acted(item, replayed=True) for item in acted)]

    def _news(self, items: Sequence[Item], now: float) -> list[Event]:
        if items:
            self._acted_at = now
        events: list[Event] = []
        for item in items:
            if isinstance(item, Gap):
                self._missed += item.missed
                events.append(item)
            else:
                events.append(Acted(item, replayed=False))
        return events

    def _learn(self, now: float, detail: Session) -> None:
        self._session = detail
        if detail.timestamp:
            self._anchor = (detail.timestamp, now)

    def _status(self, now: float, status: str | None) -> list[Event]:
        self._disbelieved = self._disbelieved if self._disbelieved != status else None
        if status is None or status == self.status:
            return []
        before, self.status = self.status, status
        self.link.hurry(now)
        return [StatusChanged(before, status)]

    def _judged(self, now: float) -> list[Event]:
        """Give the health if its level or any of its signals changed."""
        at = self.server_time(now)
        if at is None:
            return []
        facts = Facts(self._session, self.status, list(self.feed.recent), at)
        before, after = self.health, evaluate(facts)
        self.health = after
        same = before is not None and _signature(before) == _signature(after)
        return [] if same else [HealthChanged(after, before)]

    def server_time(self, now: float) -> datetime | None:
        """Give the server's clock at a moment of ours, as of its last answer."""
        if self._anchor is None:
            return None
        told, at = self._anchor
        return told + timedelta(seconds=now - at)

    def _acts(self, entries: Sequence[RemediationEntry]) -> list[Event]:
        fresh = [entry for entry in entries if entry not in self._entries]
        first = not self._entries and self.health is None
        self._entries.update(fresh)
        return [] if first else [Remediated(entry) for entry in fresh]

    def _contact(self, now: float) -> list[Event]:
        self._contact_at = now
        self._failures = 0
        if self._via is Via.lost:
            return self._seen(ViaChanged(self._usual(), "the server answers again"))
        if self._via is Via.connecting:
            self._via = self._usual()
        return []

    def _usual(self) -> Via:
        return Via.live if self.link.is_open else Via.polling

    def _seen(self, changed: ViaChanged | None) -> list[Event]:
        if changed is None or changed.via is self._via:
            return []
        self._via = changed.via
        return [changed]

    def _unread(self, now: float, error: RenseiError) -> list[Event]:
        self._failures += 1
        asked = error.retry_after_seconds
        hopeless = not self._started and asked is None and self._failures >= _FIRST_TRIES
        if isinstance(error, _FATAL) or hopeless:
            return self._end(Verdict.error, error.exit_code, error.message, error)
        step = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS)) - 1]
        pause = asked if asked is not None else step * (0.75 + self._rng.random() / 2)
        self._read_at = self._detail_at = now + max(pause, SOONEST_SECONDS)
        if self.link.is_open:
            return []
        return self._seen(ViaChanged(Via.lost, error.message, pause))

    def _schedule(self, now: float, events: list[Event], *, news: bool) -> None:
        self._futile = self._futile + 1 if self.feed.needs_read else 0
        self._read_at = now + self.plan.interval_seconds
        if any(isinstance(event, Updated) for event in events):
            self._detail_at = self._read_at
        outcome = outcome_of(self.status)
        if outcome is not None:
            if self._final and not news and not self.feed.needs_read:
                code = exit_code(self.status) if self.plan.outcome_is_exit_code else 0
                events += self._end(Verdict(outcome.value), code, f"the session {outcome}")
            long_over = self._began_over and not self.feed.needs_read
            self._read_at = now + (SOONEST_SECONDS if long_over else SETTLE_SECONDS)
        elif not self.plan.follow:
            events += self._end(Verdict.detached, 0, "only what has happened was asked for")
        self._final = outcome is not None
        if self.feed.needs_read or self._again:
            pause = SOONEST_SECONDS * 2.0**self._futile if self._futile > 1 else 0.0
            pause = PATIENCE_SECONDS if self.feed.in_doubt else pause
            self._read_at = min(self._read_at, now + min(self.plan.interval_seconds, pause))
        self._again = False

    def _soon(self, now: float, *, detail: bool = False) -> None:
        self._again = self._again or self._reading
        if detail:
            self._detail_at = now
        if not self._failures and self._futile <= 1:
            soonest = max(now, self._last_read_at + SOONEST_SECONDS)
            self._read_at = min(self._read_at, soonest)

    def _conditions(self, events: list[Event]) -> list[Event]:
        fired = next((why for event in events if (why := self._fired(event))), None)
        if fired and self.ended is None:
            events += self._end(Verdict.condition, 10, fired)
        return events

    def _fired(self, event: Event) -> str | None:
        wanted = {item.condition for item in self.plan.exit_on}
        match event:
            case HealthChanged(health):
                bad = {"red": {Condition.red, Condition.yellow}, "yellow": {Condition.yellow}}
                if wanted & bad.get(health.level.value, set()):
                    return f"the health is {health.level}"
            case Acted(activity, replayed):
                repeat = self._repeats.see(activity)
                if Condition.error in wanted and activity.type == "error" and not replayed:
                    return "an error was reported"
                if Condition.loop in wanted and repeat and repeat.is_loop and not replayed:
                    return "the agent repeats itself"
            case _:
                pass
        return None

    def _deadline(self) -> float | None:
        limit = self.plan.timeout_seconds
        return None if limit is None else self._began + limit

    def _idle_deadline(self) -> float | None:
        limits = [i.seconds for i in self.plan.exit_on if i.condition is Condition.idle]
        return self._acted_at + min(limits) if limits else None

    def _end(
        self, verdict: Verdict, code: int, why: str, error: RenseiError | None = None
    ) -> list[Event]:
        if self.plan.strict and self._missed and verdict is not Verdict.error:
            code, why = 10, f"{why}; {self._missed} activities were missed"
        self.ended = Ended(verdict, code, why, error)
        return [self.ended]


def _signature(health: Health) -> tuple[object, ...]:
    return (health.level, *((signal.name, signal.state) for signal in health.signals))
