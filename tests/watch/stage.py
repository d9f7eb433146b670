"""A watch on a stage: virtual time, a ring for a server, a network that does as it is told."""

import random
from dataclasses import dataclass, field

from ring import Ring

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.api.stream import StatusHint
from rensei_cli.errors import UnreachableError
from rensei_cli.watch.events import Acted, Event, Gap
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.link import Closed, State
from rensei_cli.watch.plan import Plan

ID = "0f1e2d3c4b5a6978"


@dataclass(slots=True)
class Stage:
    """Plays server, network and clock for one follower; every second is a step."""

    plan: Plan = field(default_factory=Plan)
    ring: Ring = field(default_factory=Ring)
    streams: bool = True
    reachable: bool = True
    detail: dict[str, object] = field(default_factory=dict)
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    follower: Follower = field(init=False)
    _sent: int = 0

    def __post_init__(self) -> None:
        self.follower = Follower(ID, self.plan, now=self.now, rng=random.Random(1))  # noqa: S311

    def play(self, seconds: float = 0.0) -> None:
        """Let time pass, and everything that is due happen when it is due."""
        end = self.now + seconds
        while self.follower.ended is None:
            self._due()
            wake = max(self.follower.wake_at(), self.now + 0.05)
            if wake > end:
                break
            self.now = wake
            self.tell(self.follower.tick(self.now))
        self.now = max(self.now, end) if self.follower.ended is None else self.now

    def _due(self) -> None:
        if (read := self.follower.next_read(self.now)) is not None:
            self.requests.append(self.now)
            self.tell(self.follower.on_read(self.now, read, *self._answer(read)))
        if self.follower.link.is_silent(self.now):
            self.cut("no byte came for 45 s")
        if self.follower.stream_due(self.now):
            self.follower.link.opening(self.now)
            if self.streams and self.reachable:
                self._sent = len(self.ring.history)
                self.tell(self.follower.on_open(self.now))
            else:
                end = Closed("the stream answered 404", refused=self.reachable)
                self.tell(self.follower.on_closed(self.now, end))

    def _answer(self, read):
        if not self.reachable:
            error = UnreachableError("cannot reach the server", retryable=True)
            return error, error if read.detail else None
        session = Session({"id": ID, "status": self.ring.status, **self.detail})
        return self.ring.read(read.after), session if read.detail else None

    def stream(self, *, lost: int = 0) -> None:
        """Send over the open stream what was posted since; the last `lost` of it never arrive."""
        new = self.ring.history[self._sent :]
        self._sent = len(self.ring.history)
        if self.follower.link.state is State.open:
            self.hear(*(new[: len(new) - lost] if lost else new))

    def hear(self, *messages) -> None:
        self.tell(self.follower.on_stream(self.now, messages))

    def hint(self, status: str) -> None:
        self.hear(StatusHint(status))

    def cut(self, why: str = "the server closed the stream") -> None:
        """Cut the open stream."""
        if self.follower.link.state is State.open:
            self.tell(self.follower.on_closed(self.now, Closed(why)))

    def tell(self, events: list[Event]) -> None:
        self.events += events

    @property
    def told(self) -> list[str]:
        """The contents of the activities that were told, in their order."""
        return [event.activity.content for event in self.events if isinstance(event, Acted)]

    @property
    def missed(self) -> int:
        """How many activities the gaps account for."""
        return sum(event.missed for event in self.events if isinstance(event, Gap))

    def of(self, kind: type) -> list[Event]:
        """Give the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]


def contents(activities: list[Activity]) -> list[str]:
    """Give what activities say."""
    return [activity.content for activity in activities]
