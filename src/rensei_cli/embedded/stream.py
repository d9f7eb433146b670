"""Server-sent events: what happens to one session, as it happens."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from rensei_cli.embedded.database import Event


class Subscription:
    """What one reader has still to be told, up to a limit; a slow one is told to read the store."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: deque[Event] = deque()
        self._stirred = asyncio.Event()
        self.missed = False
        self.closed = False

    def put(self, event: Event) -> None:
        """Add an event, or forget them all when the reader is too far behind."""
        if len(self._events) >= self._limit:
            self._events.clear()
            self.missed = True
        if not self.missed:
            self._events.append(event)
        self._stirred.set()

    def close(self) -> None:
        """Tell the reader that there is nothing more."""
        self.closed = True
        self._stirred.set()

    async def wait(self, seconds: float) -> bool:
        """Tell whether anything happened within a time."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> list[Event]:
        """Give what has gathered, oldest first."""
        taken = list(self._events)
        self._events.clear()
        self._stirred.clear()
        if self.closed:
            self._stirred.set()
        return taken


class Hub:
    """Who reads which session; belongs to the event loop's thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._readers: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._closed = False

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return len(_all(self._readers.values()))

    def subscribe(self, session_id: str) -> Subscription:
        """Give a new reader its subscription."""
        subscription = Subscription(self._limit)
        self._readers[session_id].add(subscription)
        if self._closed:
            subscription.close()
        return subscription

    def unsubscribe(self, session_id: str, subscription: Subscription) -> None:
        """Forget a reader."""
        self._readers[session_id].discard(subscription)
        if not self._readers[session_id]:
            del self._readers[session_id]

    def publish(self, events: Sequence[Event]) -> None:
        """Tell the readers of each event's session."""
        for event in events:
            for subscription in self._readers.get(event.session_id, ()):
                subscription.put(event)

    def close(self) -> None:
        """Tell all readers that the platform ends."""
        self._closed = True
        for subscription in _all(self._readers.values()):
            subscription.close()


def _all(readers: Iterable[set[Subscription]]) -> list[Subscription]:
    return [subscription for several in readers for subscription in several]
