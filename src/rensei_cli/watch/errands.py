"""What runs beside a watch, each in a thread of its own: reads, and one stream.

What they bring goes into one inbox. The stream may run ahead of it only so far: then nobody reads
the socket, and the server has to wait.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Semaphore, Thread

from rensei_cli.api import calls
from rensei_cli.api.client import Client
from rensei_cli.api.tail import Tail
from rensei_cli.errors import RenseiError
from rensei_cli.watch.arrivals import Answered, Broken, Dropped, Opened, Streamed, closed_by
from rensei_cli.watch.link import Closed
from rensei_cli.watch.timetable import Read

# How far the stream may run ahead of the screen, in arrivals of 64 KiB at the most: the next one is
# read while this one is shown, and more of them cost memory and gain nothing.
_AHEAD = 2
# How long a cut connection is waited for at the end.
_LEAVE_SECONDS = 0.3

Inbox = SimpleQueue[object]


class Errands:
    """The reads and the stream of one watch, and what they have brought."""

    def __init__(self, client: Client, session_id: str) -> None:
        self.inbox: Inbox = SimpleQueue()
        self.tail: Tail | None = None
        self._client, self._session_id = client, session_id
        self._room = Semaphore(_AHEAD)
        self._owed = 0
        self._streaming: Thread | None = None

    def read(self, read: Read) -> None:
        """Send a read."""
        self._start(lambda: self._read(read))

    def stream(self, cursor: str) -> None:
        """Open the stream where the story stands."""
        self.tail = tail = self._client.tail(self._session_id, cursor)
        self._streaming = self._start(lambda: self._stream(tail))

    def drop(self, end: Closed) -> None:
        """Leave the stream; what it still sends is ignored."""
        if self.tail is not None:
            # First the reason: the thread that reads it will give another one once it is cut.
            self.inbox.put(Dropped(self.tail, end))
            self.tail.close()

    def make_room(self, arrivals: int, *, wait: bool) -> None:
        """Let the stream go on by so many arrivals, or later where it is to `wait`."""
        self._owed += arrivals
        if not wait and self._owed:
            self._room.release(self._owed)
            self._owed = 0

    def leave(self) -> None:
        """Cut what is open, so that no thread outlives the watch for long."""
        if self.tail is not None:
            self.tail.close()
        self._room.release(_AHEAD)
        if self._streaming is not None:
            self._streaming.join(_LEAVE_SECONDS)

    def _start(self, work: Callable[[], None]) -> Thread:
        def guarded() -> None:
            try:
                work()
            except Exception as mistake:  # noqa: BLE001 - it is raised by the loop
                self.inbox.put(Broken(mistake))

        thread = Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    def _read(self, read: Read) -> None:
        asked = self._client.start(calls.session(self._session_id)) if read.detail else None
        page = self._client.start(calls.activities(self._session_id, after=read.after)).outcome()
        self.inbox.put(Answered(read, page, asked.outcome() if asked else None))

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
