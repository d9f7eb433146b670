"""When to hold a stream open, and when to do without: decisions of `now`, no sockets."""

from dataclasses import dataclass
from enum import Enum, auto

from rensei_cli.watch.events import Via, ViaChanged
from rensei_cli.watch.plan import Transport

# Three times the 15 s at which the platform's own pages poll; comments count as life.
SILENCE_SECONDS = 45.0
# How long a stream that failed twice is left alone.
RETRY_SECONDS = 60.0
# A stream that lived longer than this was cut by a proxy or a deployment, and is not broken.
HEALTHY_SECONDS = 5.0
_FAILURES_BEFORE_POLLING = 2
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0


class State(Enum):
    """Where the stream stands."""

    closed = auto()
    opening = auto()
    open = auto()
    refused = auto()


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a stream is not open any more.

    `refused` is a server that will never open one, `unsuitable` an answer that is no stream: the
    first is not asked again, the second after `RETRY_SECONDS`. `retry_seconds` is the pause the
    server asked for.
    """

    why: str
    refused: bool = False
    unsuitable: bool = False
    retry_seconds: float | None = None


class Link:
    """The stream of one watch: open it, bear with it, leave it, come back to it."""

    def __init__(self, transport: Transport) -> None:
        self.state = State.refused if transport is Transport.poll else State.closed
        self.reconnects = 0
        self._transport = transport
        self._failures = 0
        self._open_at = 0.0
        self._opened_at = 0.0
        self._heard_at = 0.0
        self._pause = _FIRST_PAUSE_SECONDS
        self._was_open = False

    @property
    def is_open(self) -> bool:
        """Whether the stream answers."""
        return self.state is State.open

    def due_at(self) -> float | None:
        """Give when the stream is to be opened, or nothing while it need not be."""
        return self._open_at if self.state is State.closed else None

    def opening(self) -> None:
        """Note that a stream is being opened."""
        self.state = State.opening

    def opened(self, now: float) -> ViaChanged | None:
        """Note that the server streams; give what changed by it."""
        self.state = State.open
        self._opened_at = self._heard_at = now
        self.reconnects += self._was_open
        was_open, self._was_open = self._was_open, True
        told = was_open and self._failures < _FAILURES_BEFORE_POLLING
        return None if told else ViaChanged(Via.live, "the server streams")

    def heard(self, now: float) -> None:
        """Note that bytes came, be they a comment."""
        self._heard_at = now

    def is_silent(self, now: float) -> bool:
        """Whether an open stream has been without a byte for too long."""
        return self.state is State.open and now - self._heard_at > SILENCE_SECONDS

    def silent_at(self) -> float | None:
        """Give when an open stream would be called silent."""
        return self._heard_at + SILENCE_SECONDS if self.state is State.open else None

    def closed(self, now: float, end: Closed) -> ViaChanged | None:
        """Note that the stream ended; give what changed by it."""
        lived = now - self._opened_at if self.state is State.open else 0.0
        if end.retry_seconds is not None:
            self._pause = min(end.retry_seconds, _LONGEST_PAUSE_SECONDS)
        if end.refused:
            self.state = State.refused
            return ViaChanged(Via.polling, end.why)
        self.state = State.closed
        self._failures = 0 if lived > HEALTHY_SECONDS else self._failures + 1
        if end.unsuitable:
            self._failures = max(self._failures, _FAILURES_BEFORE_POLLING)
        if self._failures < _FAILURES_BEFORE_POLLING or self._transport is Transport.sse:
            self._open_at = now + self._pause
            return None
        self._open_at = now + RETRY_SECONDS
        first = self._failures == _FAILURES_BEFORE_POLLING
        return ViaChanged(Via.polling, end.why, RETRY_SECONDS) if first else None

    def hurry(self, now: float) -> None:
        """Open the stream now if it may be opened at all: there is a reason to expect more."""
        if self.state is State.closed:
            self._open_at = now
            self._failures = 0
