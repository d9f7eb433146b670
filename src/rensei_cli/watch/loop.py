"""The driver of a watch: it sends what the follower wants, and tells it what came.

Reads and the stream run beside it (`watch.errands`), so that one thread alone decides, draws and
ends.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from queue import Empty
from typing import NamedTuple, Protocol

from rensei_cli.api.tail import Tail
from rensei_cli.errors import ContractError, RenseiError
from rensei_cli.watch.arrivals import (
    Answered,
    Broken,
    Dropped,
    Interrupt,
    Opened,
    Streamed,
    closed_by,
)
from rensei_cli.watch.errands import Errands
from rensei_cli.watch.events import Ended, Event, ViaChanged
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.link import Closed
from rensei_cli.watch.state import WatchState, begun, update

# The two clocks of a machine differ by this much only when it slept.
_SLEPT_SECONDS = 5.0


class Screen(Protocol):
    """What shows a watch."""

    @property
    def refresh_seconds(self) -> float | None:
        """How often it wants to tell that time passes; `None` for never."""

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Show news at once."""

    def tick(self, state: WatchState, now: float) -> None:
        """Show that time passes."""

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands before there is anything to show."""


class Clock(NamedTuple):
    """The clocks of this machine: one that never jumps, and the wall's."""

    monotonic: Callable[[], float]
    now: Callable[[], datetime]


class Loop:
    """One watch that runs until the follower ends it."""

    def __init__(self, errands: Errands, follower: Follower, screen: Screen, clock: Clock) -> None:
        self.state = WatchState()
        self._errands, self._follower = errands, follower
        self._screen, self._clock = screen, clock
        self._drift: float | None = None
        self._slept = self._woke = 0.0

    def run(self) -> WatchState:
        """Run to the end and give what is known then."""
        self.state = begun(self._now())
        try:
            while self._follower.ended is None:
                self._ask(self._now())
                arrived = list(self._arrivals())
                now = self._now()
                events = [event for item in arrived for event in self._told(item, now)]
                events += self._follower.tick(now)
                self._show(events, now)
        finally:
            self._errands.leave()
        return self.state

    def fail(self, error: RenseiError) -> WatchState:
        """End a watch that cannot go on, and give what is known then."""
        now = self._now()
        self._show(self._follower.fail(error), now)
        return self.state

    def _now(self) -> float:
        """Give a clock that never jumps back and goes on while the machine sleeps."""
        now = self._clock.monotonic()
        drift = self._clock.now().timestamp() - now
        gained = 0.0 if self._drift is None else drift - self._drift
        self._drift = drift
        if gained > _SLEPT_SECONDS:
            self._slept += gained
            self._woke += gained
        return now + self._slept

    def _show(self, events: Sequence[Event], now: float) -> None:
        if not events:
            self._screen.tick(self.state, now)
            return
        at, reconnects = self._clock.now(), self._follower.link.reconnects
        self.state = update(self.state, events, now, at=at, reconnects=reconnects)
        if self.state.session is not None:
            self._screen.show(events, self.state)
            return
        for event in events:  # before the first answer there is nothing to show, but to wait for
            if isinstance(event, ViaChanged):
                self._screen.notice(event)
            elif isinstance(event, Ended) and event.error is None:
                self.state = self.state.of(self._follower.known.session)
                self._screen.show([event], self.state)

    def _arrivals(self) -> Iterator[object]:
        """Give everything that has arrived; waits for something until the follower wants to act."""
        wait = self._follower.wake_at() - self._now()
        refresh = self._screen.refresh_seconds
        longest = min(wait, refresh) if refresh is not None else wait
        inbox = self._errands.inbox
        try:
            # A minute at the most: a clock that jumps must be noticed.
            yield inbox.get(timeout=max(0.001, min(longest, 60.0)))
            while True:
                yield inbox.get_nowait()
        except Empty:
            return

    def _ask(self, now: float) -> None:
        """Send what is wanted next, and leave a stream that cannot be trusted any more."""
        follower, errands = self._follower, self._errands
        if self._woke:
            slept, self._woke = self._woke, 0.0
            errands.drop(Closed("this machine slept"))
            self._show(follower.on_wake(now, slept), now)
        if errands.tail is not None and follower.link.is_silent(now):
            errands.drop(Closed(f"no byte came for {follower.pace.silence_seconds:.0f} s"))
        if (read := follower.next_read(now)) is not None:
            errands.read(read)
        if errands.tail is None and follower.stream_due(now):
            follower.link.opening(now)
            errands.stream(follower.feed.cursor or "")

    def _told(self, item: object, now: float) -> Sequence[Event]:
        """Give the news in what arrived; a stream that was left tells none."""
        follower, errands = self._follower, self._errands
        match item:
            case Streamed(tail, arrived):
                events = self._streamed(now, tail, arrived) if tail is errands.tail else []
                errands.make_room(1, wait=follower.feed.is_full)
                return events
            case Answered(read, page, detail):
                events = follower.on_read(now, read, page, detail)
                errands.make_room(0, wait=follower.feed.is_full)
                return events
            case Opened(tail):
                return follower.on_open(now) if tail is errands.tail else []
            case Dropped(tail, end):
                if tail is not errands.tail:
                    return []
                errands.tail = None
                return follower.on_closed(now, end._replace(retry_seconds=tail.retry_seconds))
            case Interrupt(code, why):
                return follower.interrupt(code, why)
            case Broken(mistake):
                raise mistake
        return []

    def _streamed(self, now: float, tail: Tail, arrived: bytes) -> Sequence[Event]:
        try:
            return self._follower.on_stream(now, tail.messages(arrived))
        except ContractError as error:
            self._errands.drop(closed_by(error))
            return []
