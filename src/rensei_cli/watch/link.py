"""When to hold a stream open, and when to do without: decisions of `now`, no sockets."""

from enum import Enum, auto
from typing import NamedTuple

from rensei_cli.watch.events import Via, ViaChanged
from rensei_cli.watch.plan import Pace, Transport

_FAILURES_BEFORE_POLLING = 2


class State(Enum):
    """Where the stream stands."""

    closed = auto()
    opening = auto()
    open = auto()
    refused = auto()


class Closed(NamedTuple):
    """Why a stream is not open any more.

    `refused` is a server that will never open one, `unsuitable` an answer that is no stream: the
    first is not asked again, the second after a minute. `retry_seconds` is the pause the server
    asked for.
    """

    why: str
    refused: bool = False
    unsuitable: bool = False
    retry_seconds: float | None = None


class Link:
    """The stream of one watch: open it, bear with it, leave it, come back to it."""

    def __init__(self, transport: Transport, pace: Pace) -> None:
        self.state = State.refused if transport is Transport.poll else State.closed
        self.reconnects = 0
        self._insists = transport is Transport.sse
        self._pace = pace
        self._pause = pace.first_pause_seconds
        self._failures = 0
        self._open_at = self._opened_at = self._heard_at = 0.0
        self._was_open = False

    @property
    def is_open(self) -> bool:
        """Whether the stream answers."""
        return self.state is State.open

    @property
    def is_hopeful(self) -> bool:
        """Whether the stream is about to be opened, and nothing speaks against it."""
        waiting = self.state in {State.closed, State.opening}
        return waiting and self._failures < _FAILURES_BEFORE_POLLING

    def due_at(self) -> float | None:
        """Give when the stream is to be opened, or nothing while it need not be."""
        return self._open_at if self.state is State.closed else None

    def opening(self, now: float) -> None:
        """Note that a stream is being opened."""
        self.state = State.opening
        self._heard_at = now

    def opened(self, now: float) -> ViaChanged:
        """Note that the server streams."""
        self.state = State.open
        self._opened_at = self._heard_at = now
        self.reconnects += self._was_open
        self._was_open = True
        return ViaChanged(Via.live, "the server streams")

    def heard(self, now: float) -> None:
        """Note that bytes came, be they a comment."""
        self._heard_at = now

    def silent_at(self) -> float | None:
        """Give when a stream would be called silent, be it open or only asked for."""
        waiting = self.state in {State.opening, State.open}
        return self._heard_at + self._pace.silence_seconds if waiting else None

    def is_silent(self, now: float) -> bool:
        """Whether a stream has been without a byte for too long."""
        limit = self.silent_at()
        return limit is not None and now >= limit

    def closed(self, now: float, end: Closed) -> ViaChanged | None:
        """Note that the stream ended; give what changed by it."""
        lived = now - self._opened_at if self.is_open else 0.0
        self.state = State.refused if end.refused else State.closed
        if end.refused:
            return ViaChanged(Via.polling, end.why)
        if end.retry_seconds is not None:
            asked = max(end.retry_seconds, self._pace.first_pause_seconds)
            self._pause = min(asked, self._pace.longest_pause_seconds)
        self._failures = 0 if lived > self._pace.healthy_seconds else self._failures + 1
        if end.unsuitable:
            self._failures = max(self._failures, _FAILURES_BEFORE_POLLING)
        return self._again(now, end.why)

    def _again(self, now: float, why: str) -> ViaChanged | None:
        """Decide when to try again; after two failures that is a while, and said so once."""
        if self._failures < _FAILURES_BEFORE_POLLING:
            self._open_at = now + self._pause
            return None
        pause = self._pace.retry_seconds
        if self._insists:
            longer = self._pause * 2.0 ** min(self._failures, 10)
            pause = min(longer, self._pace.longest_pause_seconds)
        self._open_at = now + pause
        first = self._failures == _FAILURES_BEFORE_POLLING
        return ViaChanged(Via.polling, why, pause) if first else None

    def hurry(self, now: float) -> None:
        """Open the stream now if it may be opened at all: there is a reason to expect more."""
        if self.state is State.closed:
            self._open_at = now
            self._failures = 0
