"""The sessions that the benchmarks' server tells of: an id says what kind it is and how large."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import count as counting

# Once in every activity, so that what came out can be counted in whatever form it comes.
MARK = b"tests/test_"
# What a live session of a server holds for those who read.
RING = 200
PER_SECOND = 50
_PAGES = 20
_PER_BLOCK = 500
_QUIET_SECONDS = 5.0
_NOW = datetime.now(UTC)
_STARTED = f"{_NOW - timedelta(minutes=5):%Y-%m-%dT%H:%M:%S.000Z}"
_AT = f"{_NOW:%Y-%m-%dT%H:%M:%S.000Z}"
# About 300 bytes, as real ones have.
_ACTIVITY = (
    b'{"id":"%d","type":"action","content":"Bash: pytest -q tests/test_%d.py '
    + b"x" * 140
    + f'","toolName":"Bash","timestamp":"{_AT}"}}'.encode()
)
_STAMPED = (
    b'{"id":"%d","type":"action","content":"Bash: pytest -q tests/test_%d.py at %d",'
    b'"toolName":"Bash"}'
)
_FRAME = b"id: %d\nevent: activity\ndata: %b\n\n"
_ENDED = b'event: status\ndata: {"sessionStatus":"completed"}\n\n'


class Kind(IntEnum):
    """How a session behaves."""

    held = 1  # it works, and nothing happens
    flood = 2  # it streams as fast as it is read
    steady = 3  # it streams 50 activities a second, each with the time of its writing
    paged = 4  # it has no stream, and a read brings some of what follows its cursor


_numbers = counting(1)


def new_id(kind: Kind, size: int) -> str:
    """Give the id of a session that nobody has followed yet, with so many activities."""
    return _id(kind, next(_numbers), size)


def _id(kind: Kind, number: int, size: int) -> str:
    return f"{kind:02x}{number:06x}{size:08x}"


def listed_id(number: int) -> str:
    """Give the id of a session that only stands in lists."""
    return _id(Kind.held, number, 1)


# The session that `show` shows, and that stands first in every list.
SHOWN = _id(Kind.held, 0, RING)


class Session:
    """One session: how much of it is known so far, and whether it is over."""

    def __init__(self, session_id: str) -> None:
        self.id = session_id
        self.kind, self.size = Kind(int(session_id[:2], 16)), int(session_id[8:], 16)
        self.known = self.size if self.kind is Kind.held else 0
        self.over = False
        self._stamped: dict[int, bytes] = {}

    @property
    def streams(self) -> bool:
        """Whether it has a stream at all."""
        return self.kind is not Kind.paged

    def summary(self) -> dict[str, object]:
        """Give it as a list or a detail has it."""
        return {
            "id": self.id,
            "identifier": f"ENG-{int(self.id[2:8], 16)}",
            "status": self._status,
            "workType": "development",
            "provider": "claude",
            "branch": "retry-refunds",
            "issueTitle": "Retry failed refunds",
            "startedAt": _STARTED,
            "timeline": {"queued": _STARTED, "started": _STARTED},
            "costUsd": 0.42,
        }

    def page(self, after: int | None) -> bytes:
        """Give the answer to a read of the activities after a number, or of all that are held."""
        if self.kind is Kind.paged:
            self._turn(after)
            first = 1
        else:
            first = max(1, self.known - RING + 1)
        first = max(first, (after or 0) + 1)
        items = b",".join([self._activity(number) for number in range(first, self.known + 1)])
        return b'{"activities":[%b],"sessionStatus":"%b"}' % (items, self._status.encode())

    def blocks(self) -> Iterator[bytes]:
        """Give what its stream sends, in writes."""
        kinds = {Kind.held: self._quiet, Kind.flood: self._flood, Kind.steady: self._steady}
        yield from kinds[self.kind]()

    @property
    def _status(self) -> str:
        return "completed" if self.over else "working"

    def _activity(self, number: int) -> bytes:
        return self._stamped.get(number) or _ACTIVITY % (number, number)

    def _turn(self, after: int | None) -> None:
        """Let the session go on by one page; a first read finds one activity."""
        ahead = max(1, self.size // _PAGES)
        known = 1 if after is None else min(self.size, after + 1 + ahead)
        self.known = max(self.known, known)
        self.over = self.known == self.size

    def _quiet(self) -> Iterator[bytes]:
        yield b": nothing yet\n\n"
        while True:
            time.sleep(_QUIET_SECONDS)
            yield b": nothing yet\n\n"

    def _flood(self) -> Iterator[bytes]:
        for first in range(1, self.size + 1, _PER_BLOCK):
            last = min(self.size, first + _PER_BLOCK - 1)
            yield b"".join([_FRAME % (n, _ACTIVITY % (n, n)) for n in range(first, last + 1)])
            self.known = last
        self.over = True
        yield _ENDED

    def _steady(self) -> Iterator[bytes]:
        began = time.monotonic()
        for number in range(1, self.size + 1):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            body = self._stamped[number] = _STAMPED % (number, number, time.monotonic_ns())
            yield _FRAME % (number, body)
            self.known = number
        self.over = True
        yield _ENDED
