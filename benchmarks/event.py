"""Where the time of one streamed activity goes, measured inside one process, without a socket."""

import gc
import io
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sessions import Kind, Session, new_id

from rensei_cli.api.activity import ActivityPage
from rensei_cli.api.models import Session as Known
from rensei_cli.api.sse import Decoder
from rensei_cli.api.stream import read_message
from rensei_cli.render.paint import Paint
from rensei_cli.render.watch import Lines
from rensei_cli.screen.lines import PlainLines
from rensei_cli.screen.records import JsonLines
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.plan import Plan
from rensei_cli.watch.state import WatchState, begun, update

T = TypeVar("T")

EVENTS = 50_000
# What one read of a socket gives at the most.
_CHUNK = 65_536


class Stages:
    """The way of a stream through the program, and the seconds that each stage took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._follower = Follower("a" * 16, Plan(), now=0.0)
        self._state = self._started()
        self._decoder = Decoder()
        quiet = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open to the end
        self._records = JsonLines(quiet, io.StringIO())
        self._lines = PlainLines(quiet, io.StringIO(), Lines(Paint(False)))

    def run(self, chunk: bytes) -> None:
        """Take one arrival all the way."""
        frames = self._timed("bytes to frames", self._decoder.feed, chunk)
        told = self._timed("frames to activities", lambda: [*map(read_message, frames)])
        messages = [message for several in told for message in several]
        events = self._timed("order, gaps, news", self._follower.on_stream, 1.0, messages)
        self._state = self._timed("state", self._updated, events)
        self._timed("JSON lines", self._records.show, events, self._state)
        self._timed("people's lines", self._lines.show, events, self._state)

    def _timed(self, name: str, work: Callable[..., T], *arguments: object) -> T:
        began = time.perf_counter()
        done = work(*arguments)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        return done

    def _started(self) -> WatchState:
        """Begin as a watch does: with a read that finds nothing yet, and a stream that opens."""
        read = self._follower.next_read(0.0)
        assert read is not None
        detail = Known({"id": "a" * 16, "status": "working", "timestamp": "2026-06-03T09:14:02Z"})
        self._state = begun(0.0)
        page = ActivityPage((), None, "working")
        state = self._updated(self._follower.on_read(0.0, read, page, detail))
        self._follower.link.opening(0.0)
        self._follower.on_open(0.0)
        return state

    def _updated(self, events: Sequence[object]) -> WatchState:
        at = datetime.now(UTC)
        return update(self._state, events, 1.0, at=at, reconnects=0)  # type: ignore[arg-type]


def stages(rounds: int = 5) -> dict[str, float]:
    """Give the microseconds that each stage takes for one event, the median of some rounds."""
    chunks = list(_chunks())
    gc.set_threshold(50_000)
    runs = []
    for _ in range(rounds):
        one = Stages()
        for chunk in chunks:
            one.run(chunk)
        runs.append(one.seconds)
    return {name: statistics.median(run[name] for run in runs) / EVENTS * 1e6 for name in runs[0]}


def _chunks() -> Iterator[bytes]:
    """Give what a stream of the benchmarks sends, without its end."""
    whole = b"".join(list(Session(new_id(Kind.flood, EVENTS)).blocks())[:-1])
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]
