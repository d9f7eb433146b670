"""Cuts at every byte, at random, by silence, in doubled pieces; each activity once all the same."""

import random

import pytest
from hands import eventually
from proxy import FAIR, Fate, between
from ring import Ring

from rensei_cli.api.activity import Activity
from rensei_cli.api.sse import Decoder
from rensei_cli.api.stream import read_message
from rensei_cli.watch.feed import Feed
from rensei_cli.watch.plan import Plan

# What a user cannot shorten: the pauses after failures.
QUICK = {
    "backoff_seconds": (0.02, 0.05),
    "soonest_seconds": 0.02,
    "settle_seconds": 0.05,
    "patience_seconds": 0.2,
    "retry_seconds": 0.1,
    "first_pause_seconds": 0.01,
    "longest_pause_seconds": 0.03,
}
PLAN = Plan(interval_seconds=0.3, tail=None)


@pytest.fixture
def working(world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.status(session, worker, "running")
    return session, worker


@pytest.fixture
def proxy(world, rensei):
    rensei.environ["RENSEI_AUTH_TOKEN"] = world.platform.operator_key
    with between(world.platform.url) as proxy:
        yield proxy


def history(world, session):
    path = f"/api/public/session-activities?sessionId={session}"
    return [one["id"] for one in world.call("GET", path, operator=True)["activities"]]


def streams(fate):
    """Give a stream that fate, and everything else a fair one."""
    return lambda request: fate() if b"/stream" in request else FAIR


def test_a_stream_cut_at_every_byte_is_told_once():
    ring = Ring()
    items = [ring.post(f"é {number}\u2028") for number in range(4)]
    frames = [
        b"retry: 10\r\n\r\n",
        *(
            f"id: {item.id}\r\nevent: activity\r\ndata: ".encode()
            + str(item.raw).replace("'", '"').encode()
            + b"\r\n\r\n"
            for item in items
        ),
    ]
    whole = b"".join(frames)
    for cut in range(len(whole) + 1):
        feed, told = Feed(), []
        feed.read([], None)
        for piece in (whole[:cut], whole):
            messages = [m for event in Decoder().feed(piece) for m in read_message(event)]
            told += feed.live([message for message in messages if isinstance(message, Activity)])
        assert [item.id for item in told] == ["1", "2", "3", "4"]
        assert not feed.needs_read


@pytest.mark.parametrize("cut", [0, 1, 150, 320, 400, 430])
def test_a_connection_cut_at_a_byte_is_resumed(world, working, proxy, follow_at, cut):
    fates = iter([Fate(cut_after=cut)] * 3)
    proxy.fate = streams(lambda: next(fates, FAIR))
    watching = follow_at(proxy.url, working[0], PLAN, **QUICK).until('"start"')
    eventually(lambda: world.act(*working, content="one more") or proxy.streams > 3)
    world.act(*working, content="last")
    watching.until("last")
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    assert watching.end() == 0
    assert watching.ids == history(world, working[0])
    assert watching.of("end")[0]["gaps"] == 0


def test_random_cuts_lose_nothing_and_repeat_nothing(world, working, proxy, follow_at):
    chance = random.Random(7)  # noqa: S311

    def fate():
        kind = chance.randrange(5)
        if kind == 0:
            return Fate(refused=True)
        return Fate(cut_after=chance.randrange(3000), twice=kind == 1, delay=0.01 * (kind == 2))

    proxy.fate = lambda _request: fate() if chance.random() < 0.7 else FAIR
    watching = follow_at(proxy.url, working[0], PLAN, **QUICK).until('"start"')

    def enough():
        world.act(*working, content="one more")
        if chance.random() < 0.05:
            proxy.cut()
        return proxy.streams > 12

    eventually(enough)
    proxy.fate = lambda _request: FAIR
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    assert watching.end() == 0
    assert watching.ids == history(world, working[0])
    end = watching.of("end")[0]
    assert (end["gaps"], end["reconnects"] > 0) == (0, True)


def test_a_stream_that_falls_silent_is_left_and_found_again(world, working, proxy, follow_at):
    fates = iter([Fate(silent_after=500)])
    proxy.fate = streams(lambda: next(fates, FAIR))
    plan = Plan(interval_seconds=60, tail=None)
    watching = follow_at(proxy.url, working[0], plan, **QUICK, silence_seconds=0.3)
    watching.until('"live"')
    for number in range(5):
        world.act(*working, content=f"live {number}")
    watching.until("live 4")
    eventually(lambda: proxy.streams >= 2)
    world.act(*working, content="after the silence")
    watching.until("after the silence")
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    assert watching.end() == 0
    assert watching.ids == history(world, working[0])


def test_a_stream_that_never_answers_is_left_for_polling(world, working, proxy, follow_at):
    proxy.fate = streams(lambda: Fate(silent_after=0))
    watching = follow_at(proxy.url, working[0], PLAN, **QUICK, silence_seconds=0.2)
    watching.until("no byte came", '"state":"polling"')
    world.act(*working, content="polled")
    watching.until("polled")
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    assert watching.end() == 0


def test_a_server_that_is_gone_for_good_is_an_unknown_outcome(working, proxy, follow_at):
    plan = Plan(interval_seconds=0.1, give_up_seconds=0.5)
    watching = follow_at(proxy.url, working[0], plan, json=False, **QUICK).until("●")
    proxy.fate = lambda _request: Fate(refused=True)
    proxy.cut()
    assert watching.end() == 9
    assert "rensei: no contact: cannot reach 127.0.0.1" in watching.stderr.getvalue()
    assert "? outcome unknown  ENG-124 – contact was lost for too long" in watching.text
    assert (
        "the session may go on; to look again: rensei session watch" in watching.stderr.getvalue()
    )


def test_a_server_that_comes_back_is_followed_again(world, working, proxy, follow_at):
    watching = follow_at(proxy.url, working[0], PLAN, json=False, **QUICK).until("●")
    proxy.fate = lambda _request: Fate(refused=True)
    proxy.cut()
    watching.until("no contact:")
    for number in range(3):
        world.act(*working, content=f"meanwhile {number}")
    proxy.fate = lambda _request: FAIR
    watching.until("meanwhile 2", "live: the server streams")
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    assert watching.end() == 0
