"""The driver of a watch: it sends what the follower wants, and tells it what came.

Reads and the stream run in threads of their own and hand what they got to one inbox, so that one
thread alone decides, draws and ends.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import Protocol, TypeVar

from rensei_cli.api import calls
from rensei_cli.api.client import Client
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
from rensei_cli.watch.events import Ended, Event, ViaChanged
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.link import Closed
from rensei_cli.watch.state import WatchState, update
from rensei_cli.watch.timetable import Read

T = TypeVar("T")

# How far the stream may run ahead of the screen, in arrivals; then the server has to wait.
_AHEAD = 8
# The two clocks of a machine differ by this much only when it slept.
_SLEPT_SECONDS = 5.0
# How long a cut connection is waited for at the end.
_LEAVE_SECONDS = 0.3


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


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks of this machine: one that never jumps, and the wall's."""

    monotonic: Callable[[], float]
    now: Callable[[], datetime]


Inbox = SimpleQueue[object]


@dataclass(slots=True)
class Loop:
    """One watch that runs until the follower ends it."""

    client: Client
    session_id: str
    follower: Follower
    screen: Screen
    clock: Clock
    inbox: Inbox = field(default_factory=SimpleQueue)
    state: WatchState = field(default_factory=WatchState)
    _tail: Tail | None = None
    _room: Semaphore = field(default_factory=lambda: Semaphore(_AHEAD))
    _owed: int = 0
    _streaming: Thread | None = None
    _drift: float | None = None
    _slept: float = 0.0
    _woke: float = 0.0

    def run(self) -> WatchState:
        """Run to the end and give what is known then."""
        now = self._now()
        self.state = WatchState(now=now, began=now, seen_at=now)
        try:
            while self.follower.ended is None:
                self._ask(self._now())
                arrived = list(self._arrivals())
                now = self._now()
                events = [event for item in arrived for event in self._told(item, now)]
                events += self.follower.tick(now)
                self._show(events, now)
        finally:
            self._leave()
        return self.state

    def fail(self, error: RenseiError) -> WatchState:
        """End a watch that cannot go on, and give what is known then."""
        now = self._now()
        self._show(self.follower.fail(error), now)
        return self.state

    def _now(self) -> float:
        """Give a clock that never jumps back and goes on while the machine sleeps."""
        now = self.clock.monotonic()
        drift = self.clock.now().timestamp() - now
        gained = 0.0 if self._drift is None else drift - self._drift
        self._drift = drift
        if gained > _SLEPT_SECONDS:
            self._slept += gained
            self._woke += gained
        return now + self._slept

    def _show(self, events: Sequence[Event], now: float) -> None:
        if not events:
            self.screen.tick(self.state, now)
            return
        at, reconnects = self.clock.now(), self.follower.link.reconnects
        self.state = update(self.state, events, now, at=at, reconnects=reconnects)
        if self.state.session is not None:
            self.screen.show(events, self.state)
            return
        for event in events:  # before the first answer there is nothing to show, but to wait for
            if isinstance(event, ViaChanged):
                self.screen.notice(event)
            elif isinstance(event, Ended) and event.error is None:
                self.state = replace(self.state, session=self.follower.known.session)
                self.screen.show([event], self.state)

    def _leave(self) -> None:
        """Cut what is open, so that no thread outlives the watch for long."""
        if self._tail is not None:
            self._tail.close()
        for _ in range(_AHEAD):
            self._room.release()
        if self._streaming is not None:
            self._streaming.join(_LEAVE_SECONDS)

    def _arrivals(self) -> Iterator[object]:
        """Give everything that has arrived; waits for something until the follower wants to act."""
        wait = self.follower.wake_at() - self._now()
        refresh = self.screen.refresh_seconds
        longest = min(wait, refresh) if refresh is not None else wait
        try:
            # A minute at the most: a clock that jumps must be noticed.
            yield self.inbox.get(timeout=max(0.001, min(longest, 60.0)))
            while True:
                yield self.inbox.get_nowait()
        except Empty:
            return

    def _ask(self, now: float) -> None:
        if self._woke:
            slept, self._woke = self._woke, 0.0
            self._drop("this machine slept")
            self._show(self.follower.on_wake(now, slept), now)
        if self._tail is not None and self.follower.link.is_silent(now):
            self._drop(f"no byte came for {self.follower.pace.silence_seconds:.0f} s")
        if (read := self.follower.next_read(now)) is not None:
            Thread(target=self._guarded, args=(self._read, read), daemon=True).start()
        if self._tail is None and self.follower.stream_due(now):
            self.follower.link.opening(now)
            self._tail = self.client.tail(self.session_id, self.follower.feed.cursor or "")
            guarded = (self._stream, self._tail)
            self._streaming = Thread(target=self._guarded, args=guarded, daemon=True)
            self._streaming.start()

    def _told(self, item: object, now: float) -> list[Event]:
        follower = self.follower
        match item:
            case Answered(read, page, detail):
                events = follower.on_read(now, read, page, detail)
                self._make_room(0)
                return events
            case Streamed(tail, arrived):
                events = self._streamed(now, tail, arrived) if tail is self._tail else []
                self._make_room(1)
                return events
            case Opened(tail):
                return follower.on_open(now) if tail is self._tail else []
            case Dropped(tail, end):
                if tail is not self._tail:
                    return []
                self._tail = None
                return follower.on_closed(now, replace(end, retry_seconds=tail.retry_seconds))
            case Interrupt(code, why):
                return follower.interrupt(code, why)
            case Broken(mistake):
                raise mistake
        return []

    def _streamed(self, now: float, tail: Tail, arrived: bytes) -> list[Event]:
        try:
            return self.follower.on_stream(now, tail.messages(arrived))
        except ContractError as error:
            self._leave_tail(tail, closed_by(error))
            return []

    def _make_room(self, arrivals: int) -> None:
        """Let the stream go on, unless a read has to be heard first."""
        self._owed += arrivals
        if not self.follower.feed.is_full and self._owed:
            self._room.release(self._owed)
            self._owed = 0

    def _drop(self, why: str) -> None:
        """Leave a stream that cannot be trusted any more; what it still sends is ignored."""
        if self._tail is not None:
            self._leave_tail(self._tail, Closed(why))

    def _leave_tail(self, tail: Tail, end: Closed) -> None:
        # First the reason: the thread that reads it will give another one once it is cut.
        self.inbox.put(Dropped(tail, end))
        tail.close()

    def _guarded(self, work: Callable[[T], None], what: T) -> None:
        try:
            work(what)
        except Exception as mistake:  # noqa: BLE001 - it is raised by the loop
            self.inbox.put(Broken(mistake))

    def _read(self, read: Read) -> None:
        detail = self.client.start(calls.session(self.session_id)) if read.detail else None
        page = self.client.start(calls.activities(self.session_id, after=read.after)).outcome()
        self.inbox.put(Answered(read, page, detail.outcome() if detail else None))

    def _stream(self, tail: Tail) -> None:
        opened = False
        end = Closed("the server closed the stream")
        try:
            for arrived in tail.batches():
                if not opened:
                    opened = True
                    self.inbox.put(Opened(tail))
                    continue
                self._room.acquire()
                self.inbox.put(Streamed(tail, arrived))
        except RenseiError as error:
            end = closed_by(error)
        self.inbox.put(Dropped(tail, end))
