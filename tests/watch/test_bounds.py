"""What a watch holds: the same after two hundred thousand activities as after twenty thousand."""

import gc
import io
import sys
import tracemalloc
from datetime import timedelta

import pytest
from ring import NOON
from story import SESSION

from rensei_cli.api.activity import ActivityPage, read_activity
from rensei_cli.api.sse import MAX_FRAME_BYTES, Decoder
from rensei_cli.render.paint import Paint
from rensei_cli.render.watch import Lines
from rensei_cli.screen.lines import PlainLines
from rensei_cli.screen.records import JsonLines
from rensei_cli.watch.events import Acted
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.plan import Condition, ExitOn, Plan
from rensei_cli.watch.state import begun, update

KINDS = ("thought", "action", "error", "response", "action", "context")
MEGABYTE = 1_000_000


class Nowhere(io.TextIOBase):
    """A stream that keeps nothing."""

    def write(self, text):
        return len(text)


def activity(number, content=None):
    return read_activity(
        {
            "id": str(number),
            "type": KINDS[number % len(KINDS)],
            "content": content or f"what was done as number {number}",
            "toolName": f"Tool{number % 5}",
            "timestamp": (NOON + timedelta(seconds=number)).isoformat(),
        }
    )


class Watched:
    """A follower whose stream is open, its state, and the screens that show it."""

    def __init__(self, *screens):
        self.follower = Follower("a1b2c3d4e5f60718", self.plan(), now=0.0)
        self.screens, self.state, self.told = screens, begun(0.0), 0
        read = self.follower.next_read(0.0)
        page = ActivityPage((), None, "working")
        self.show(self.follower.on_read(0.0, read, page, SESSION))
        self.follower.link.opening(0.0)
        self.show(self.follower.on_open(0.0))

    @staticmethod
    def plan():
        return Plan(exit_on=[ExitOn(Condition.loop)])

    def show(self, events):
        self.state = update(self.state, events, 1.0, at=NOON)
        for screen in self.screens:
            screen.show(events, self.state)

    def until(self, last, batch=200):
        while self.told < last:
            numbers = range(self.told + 1, self.told + batch + 1)
            self.show(self.follower.on_stream(1.0, [activity(number) for number in numbers]))
            self.told += batch
        gc.collect()
        return self


@pytest.fixture
def traced():
    """Give how many bytes are held, and let their peak be known."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()


def test_nothing_grows_with_the_number_of_activities():
    nowhere = Nowhere()
    screens = JsonLines(nowhere, nowhere), PlainLines(nowhere, nowhere, Lines(Paint(False)))
    watched = Watched(*screens).until(20_000)
    held = sys.getallocatedblocks()
    watched.until(200_000)
    assert watched.state.counts.total() == 200_000
    assert watched.follower.feed.cursor == "200000"
    assert sys.getallocatedblocks() - held < 1_000


def test_long_activities_are_remembered_as_far_as_there_is_room(traced):
    watched = Watched()
    for number in range(1, 101):
        message = activity(number, f"{number} " + "x" * MEGABYTE)
        watched.show(watched.follower.on_stream(1.0, [message]))
    assert traced() < 25 * MEGABYTE
    assert watched.follower.feed.recent[-1].id == "100"
    again = activity(100, "100 " + "x" * MEGABYTE)
    assert watched.follower.on_stream(1.0, [again]) == []
    assert not watched.follower.feed.needs_read


def test_a_stream_that_runs_ahead_with_long_activities_is_made_to_wait():
    watched = Watched()
    for number in range(2, 20):
        watched.show(watched.follower.on_stream(1.0, [activity(number, "x" * MEGABYTE)]))
    assert watched.follower.feed.is_full
    page = ActivityPage((activity(1),), "1", "working")
    read = watched.follower.next_read(1.0)
    told = watched.follower.on_read(1.0, read, page, None)
    assert [event.activity.id for event in told if isinstance(event, Acted)] == [
        str(number) for number in range(1, 20)
    ]
    assert not watched.follower.feed.is_full


def test_ten_megabytes_are_shortened_without_being_copied(traced):
    lines = Lines(Paint(False))
    for number in range(len(KINDS)):
        big = Acted(activity(number, "a word\n" * 10 + "x" * 10 * MEGABYTE), False)
        held = traced()
        tracemalloc.reset_peak()
        drawn = lines.draw([big])
        assert max(map(len, drawn)) < 300
        assert tracemalloc.get_traced_memory()[1] - held < MEGABYTE


def test_ten_megabytes_are_one_whole_record():
    said = io.StringIO()
    content = "\x1b[31m é" * MEGABYTE
    JsonLines(said, said).show([Acted(activity(1, content), False)], begun(0.0))
    [line] = said.getvalue().splitlines()
    assert line.isascii()
    assert line.count("\\u001b[31m \\u00e9") == MEGABYTE


@pytest.mark.parametrize("chunk_bytes", [16_384, 65_536])
def test_a_chunk_of_a_long_frame_costs_no_more_than_itself(traced, chunk_bytes):
    decoder, whole = Decoder(), MAX_FRAME_BYTES - 100
    chunk = b"x" * chunk_bytes
    decoder.feed(b"data: ")
    for _ in range(whole // chunk_bytes):
        held = traced()
        tracemalloc.reset_peak()
        assert decoder.feed(bytes(bytearray(chunk))) == []
        assert tracemalloc.get_traced_memory()[1] - held < 4 * chunk_bytes
    tracemalloc.reset_peak()
    [event] = decoder.feed(b"\n\n")
    assert len(event.data) == whole // chunk_bytes * chunk_bytes
    assert tracemalloc.get_traced_memory()[1] < 3.1 * MAX_FRAME_BYTES
