"""Following one session: which read or stream comes next, and what is news.

`Follower` is a machine without sockets or clocks: it is told what came at which `now` (monotonic
seconds), gives the events that follow from it, and says what it wants next. Whoever drives it only
sends, receives and waits, so that an hour of cuts can be tested in a millisecond.
"""

import random
from collections.abc import Sequence

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
from rensei_cli.watch.beginning import beginning
from rensei_cli.watch.ending import Ending
from rensei_cli.watch.events import Acted, Ended, Event, Gap, Updated, Verdict, Via, ViaChanged
from rensei_cli.watch.feed import Feed
from rensei_cli.watch.known import Known
from rensei_cli.watch.link import Closed, Link
from rensei_cli.watch.plan import Pace, Plan, Transport
from rensei_cli.watch.sight import Sight
from rensei_cli.watch.timetable import Read, Timetable

# How often a first contact is tried before it is called a failure.
_FIRST_TRIES = 3
_FATAL = (AuthError, NotFoundError, RouteMissingError, UsageError)
_NEVER = 1e9


class Follower:
    """One watch from its first read to its end."""

    def __init__(
        self,
        session_id: str,
        plan: Plan,
        *,
        now: float,
        pace: Pace | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self.plan, self.pace = plan, pace or Pace()
        self.feed = Feed(plan.cursor)
        self.link = Link(plan.transport, self.pace)
        self.known = Known(session_id)
        self._times = Timetable(plan.interval_seconds, self.pace, now=now, rng=rng)
        self._sight = Sight(self.link)
        self._ending = Ending(plan, now)
        self._settle_seconds = self.pace.settle_seconds
        self._started = self._streamed = False

    @property
    def ended(self) -> Ended | None:
        """How the watch ended, once it has."""
        return self._ending.ended

    # What the driver is to do.

    def next_read(self, now: float) -> Read | None:
        """Give the read that is due, which the driver then sends."""
        return None if self.ended else self._times.take(now, self.feed)

    @property
    def wants_stream(self) -> bool:
        """Whether a stream is of any use."""
        return self._started and self.plan.follow and not self.known.is_over

    def stream_due(self, now: float) -> bool:
        """Whether the driver is to open the stream."""
        due = self.link.due_at()
        wanted = self.wants_stream and self.ended is None and not self._times.is_asking
        return wanted and due is not None and now >= due

    def wake_at(self) -> float:
        """Give when the driver is to look again, if nothing comes before."""
        ending, times = self._ending, self._times
        moments = [times.next_at(), self.link.silent_at(), ending.deadline]
        moments.append(ending.conditions.idle_at())
        streams = self.wants_stream and not self._times.is_asking
        moments.append(self.link.due_at() if streams else None)
        moments.append(self._lost_at() if times.failures else None)
        return min([moment for moment in moments if moment is not None], default=_NEVER)

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
        self._times.answered(now)
        if isinstance(page, RenseiError):
            return self._unread(now, page)
        if not self._started and not page.activities and isinstance(detail, NotFoundError):
            return self._unread(now, detail)
        self._times.succeeded(now)
        session = detail if isinstance(detail, Session) else None
        if session is not None:
            self.known.learn(now, session)
        confirmed = self.known.confirmed(page.status, session, asked=read.detail)
        events, news = self._told(now, read, page)
        # What the stream told since the last read is news too: the run may go on after its end.
        news, self._streamed = news or self._streamed, False
        self._ending.count(events)
        changes = self.known.entered() if confirmed else []
        if changes:
            self.link.hurry(now)
        events += changes
        if session is not None:
            events += self.known.judged(now, self.feed.recent)
            events += self.known.history()
            events.append(Updated(self.known.session))
        self._times.plan(now, detailed=read.detail, feed=self.feed)
        if isinstance(detail, RenseiError):
            self._times.spare(now, detail.retry_after_seconds)
        if not confirmed:
            self._times.soon(now, detail=True)
        return self._ending.concluded(events + self._settled(now, news=news))

    def on_stream(self, now: float, messages: Sequence[Message]) -> list[Event]:
        """Give the news in what a stream sent; none for a comment."""
        if self.ended:
            return []
        self.link.heard(now)
        self._times.contact_at = now
        acted = [message for message in messages if isinstance(message, Activity)]
        events: list[Event] = [Acted(item, False) for item in self.feed.live(acted)]
        if events:
            self._streamed = True
            self._ending.conditions.acted(now)
        if len(acted) < len(messages):
            for message in messages:
                events += self._heard(now, message)
        if self.feed.needs_read and not self.feed.in_doubt:
            self._times.soon(now)
        return self._ending.concluded(events)

    def on_open(self, now: float) -> list[Event]:
        """Give what changes when the stream opens: a read then fills the hole before it."""
        if self.ended:
            return []
        # Of the session too: no stream repeats the health and the operators that it told nobody.
        self._times.soon(now, detail=True)
        opened = self.link.opened(now)
        if self.link.reconnects:
            self.feed.resume()
        return self._sight.changed(opened)

    def on_closed(self, now: float, end: Closed) -> list[Event]:
        """Give what changes when the stream ends or does not open: a read decides what it meant."""
        if self.ended:
            return []
        if self.link.is_open:
            self._times.soon(now, detail=True)
        change = self.link.closed(now, end)
        if end.refused and self.plan.transport is Transport.sse:
            why = f"the server does not stream: {end.why}"
            return self._ending.fail(RenseiError(why, remedy="the same with --transport auto"))
        return self._sight.cut(change)

    def on_wake(self, now: float, slept_seconds: float) -> list[Event]:
        """Give that this machine slept: what was open is dead, and much may have happened."""
        self._times.contact_at = now
        self.link.hurry(now)
        self._times.soon(now, detail=True)
        why = f"this machine slept for {slept_seconds / 60:.0f} min"
        return self._sight.changed(ViaChanged(Via.lost, why)) if self._started else []

    def tick(self, now: float) -> list[Event]:
        """Give what follows from time alone."""
        if self.ended:
            return []
        if self._times.failures and now >= self._lost_at():
            return self._ending.end(Verdict.lost, 9, "contact was lost for too long")
        return self._ending.timed(now)

    def interrupt(self, code: int, why: str) -> list[Event]:
        """Give the end of a watch that its user ends; the session goes on."""
        return [] if self.ended else self._ending.end(Verdict.detached, code, why)

    def fail(self, error: RenseiError) -> list[Event]:
        """Give the end of a watch that cannot go on."""
        return [] if self.ended else self._ending.fail(error)

    # How it is decided.

    def _lost_at(self) -> float:
        return self._times.contact_at + self.plan.give_up_seconds

    def _told(self, now: float, read: Read, page: ActivityPage) -> tuple[list[Event], bool]:
        """Give what a page tells, and whether that is news."""
        items = self.feed.read(page.activities, read.after, streaming=self.link.is_open)
        if not items and self.known.is_over:
            items = self.feed.unconfirmed()
        if not self._started:
            self._started = True
            self.known.entered()
            via = self._sight.begin(streams=self.wants_stream)
            begun = beginning(self.plan, self.known, self.feed, items, via=via, now=now)
            self._ending.conditions.acted(begun.acted_at)
            if self.known.is_over:  # nobody is about to post a last word
                self._settle_seconds = self.pace.soonest_seconds
            return begun.events, True
        if items:
            self._ending.conditions.acted(now)
        acted = [item if isinstance(item, Gap) else Acted(item, False) for item in items]
        return [*self._sight.answered(), *acted], bool(items)

    def _heard(self, now: float, message: Message) -> Sequence[Event]:
        """Give the news in a message that is no activity; most is only a reason to ask."""
        if isinstance(message, RemediationEntry):
            return self.known.acts((message,))
        hint = isinstance(message, StatusHint) and self.known.asks(message.status)
        if hint or (isinstance(message, HealthReport) and self.known.doubts(message)):
            self._times.soon(now, detail=True)
        return ()

    def _unread(self, now: float, error: RenseiError) -> list[Event]:
        """Give what a failed read means: the end, or that there is no contact at the moment."""
        pause = self._times.failed(now, error)
        unasked = not self._started and error.retry_after_seconds is None
        if isinstance(error, _FATAL) or (unasked and self._times.failures >= _FIRST_TRIES):
            return self._ending.fail(error)
        return self._sight.failed(error, pause)

    def _settled(self, now: float, *, news: bool) -> list[Event]:
        if self._times.is_looking:
            return []
        ended = self._ending.settled(self.known.status, news=news)
        if self.known.is_over:
            self._times.settle(now, self._settle_seconds)
        return ended
