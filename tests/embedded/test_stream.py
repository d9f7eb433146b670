import asyncio
import json
import time
from contextlib import ExitStack

import pytest

from rensei_cli.embedded.database import Event
from rensei_cli.embedded.platform import Config, running
from rensei_cli.embedded.stream import Hub, Subscription


@pytest.fixture
def follow(site, frames):
    def following(session_id, to=site, **headers):
        return frames(to.operator, f"/api/sessions/{session_id}/stream", headers)

    return following


def test_a_stream_begins_with_the_present_status(site, follow):
    session_id, _ = site.run()
    with follow(session_id) as (response, told):
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        assert next(told).retry == "2000"
        status = next(told)
    assert (status.event, status.data) == ("status", {"sessionStatus": "working"})


def test_a_stream_tells_what_happens_in_order_and_ends_with_the_session(site, follow):
    session_id, worker_id = site.run()
    with follow(session_id) as (_, told):
        begun = [next(told), next(told)]
        for number in range(5):
            site.act(session_id, worker_id, content=f"step {number}")
        site.do(session_id, "stop", {"reason": "enough"})
        site.report(session_id, worker_id, "stopped")
        rest = list(told)
    assert [frame.event for frame in begun] == ["", "status"]
    assert [frame.event for frame in rest] == [
        *["activity"] * 5,
        "remediation",
        "activity",
        "status",
    ]
    ids = [frame.id for frame in rest if frame.event == "activity"]
    assert ids == ["2", "3", "4", "5", "6", "7"]
    assert rest[5].data["action"] == "stop_signal"
    assert rest[-1].data == {"sessionStatus": "stopped", "previousStatus": "working"}


def test_a_frame_carries_the_activity_as_it_is_stored(site, follow):
    session_id, worker_id = site.run()
    with follow(session_id) as (_, told):
        next(told), next(told)
        site.act(session_id, worker_id, content="line\nbreak\r\u2028", isError=False)
        frame = next(told)
    assert frame.data == site.activities(session_id)["activities"][-1]


@pytest.mark.parametrize("by", ["header", "query"])
def test_a_reader_goes_on_where_it_was(site, frames, by):
    session_id, worker_id = site.claimed()
    for _ in range(6):
        site.act(session_id, worker_id)
    site.finish(session_id, worker_id)
    path = f"/api/sessions/{session_id}/stream" + ("?lastEventId=4" if by == "query" else "")
    headers = {"Last-Event-ID": "4"} if by == "header" else {}
    with frames(site.operator, path, headers) as (_, told):
        seen = [(frame.event, frame.id) for frame in told]
    assert seen == [("", None), ("activity", "5"), ("activity", "6"), ("status", None)]


def test_an_ended_session_is_told_and_the_stream_ends(site, follow):
    session_id = site.enqueue()
    site.do(session_id, "stop")
    with follow(session_id) as (_, told):
        seen = [(frame.event, frame.data) for frame in told]
    assert seen == [("", None), ("status", {"sessionStatus": "stopped"})]


def test_a_live_session_resumes_from_its_ring(site, follow):
    session_id, worker_id = site.claimed()
    for _ in range(205):
        site.act(session_id, worker_id)
    with follow(session_id, **{"Last-Event-ID": "2"}) as (_, told):
        next(told)
        ids = [int(next(told).id) for _ in range(200)]
    assert ids == list(range(6, 206))


def test_an_id_of_the_future_means_from_now_on(site, follow):
    session_id, worker_id = site.run()
    with follow(session_id, **{"Last-Event-ID": "9999"}) as (_, told):
        next(told), next(told)
        site.act(session_id, worker_id)
        assert next(told).id == "2"


def test_silence_is_filled_with_comments(start, frames):
    site = start(keep_alive_seconds=0.02)
    session_id = site.enqueue()
    with frames(site.operator, f"/api/sessions/{session_id}/stream", {}) as (_, told):
        seen = [next(told) for _ in range(4)]
    assert [frame.comment for frame in seen[2:]] == ["keep-alive", "keep-alive"]


def test_health_is_told_when_other_signals_are_active_and_only_then(start, frames):
    site = start(claim_ttl_seconds=3_600.0)
    session_id, worker_id = site.claimed()
    with frames(site.operator, f"/api/sessions/{session_id}/stream", {}) as (_, told):
        next(told), next(told)
        for seconds in (80, 11, 1, 1, 300):
            site.clock.advance(seconds)
            site.platform.sweep()
        site.beat(worker_id)
        site.platform.sweep()
        site.do(session_id, "stop")
        site.report(session_id, worker_id, "stopped")
        health = [frame.data for frame in told if frame.event == "health"]
    active = [[one["name"] for one in each["signals"] if one["active"]] for each in health]
    assert active == [["StaleHeartbeat"], ["StaleHeartbeat", "ClaimStuck"], ["ClaimStuck"]]
    assert [each["color"] for each in health] == ["yellow", "red", "red"]


def test_waking_a_parked_session_is_told(site, follow):
    first, second = site.enqueue("ENG-7"), site.enqueue("ENG-7")
    with follow(second) as (_, told):
        next(told), next(told)
        site.do(first, "stop")
        assert next(told).data == {"sessionStatus": "queued", "previousStatus": "parked"}


def test_a_slow_reader_misses_nothing(start, frames):
    """The buffer holds four events: the rest is read from the store once the reader is back."""
    site = start(stream_buffer=4)
    session_id, worker_id = site.run()
    heavy = "x" * 60_000
    with frames(site.operator, f"/api/sessions/{session_id}/stream", {}) as (_, told):
        next(told), next(told)
        for _ in range(190):
            site.act(session_id, worker_id, content=heavy)
        site.clock.advance(100)
        site.platform.sweep()
        seen = [next(told)]
        while seen[-1].event != "health":
            seen.append(next(told))
        site.do(session_id, "release-claim")
        site.do(session_id, "stop")
        rest = [*seen, *told]
    ids = [int(frame.id) for frame in rest if frame.event == "activity"]
    assert ids == list(range(2, 193))
    assert rest[-1].data["sessionStatus"] == "stopped"
    assert [frame.data["color"] for frame in rest if frame.event == "health"] == ["yellow"]
    assert [frame.data["action"] for frame in rest if frame.event == "remediation"] == [
        "claim_release",
        "stop_signal",
    ]


def test_a_reader_that_leaves_is_forgotten(site, follow):
    session_id = site.enqueue()
    for _ in range(3):
        with follow(session_id) as (_, told):
            next(told), next(told)
            assert site.platform.streams.readers >= 1
    deadline = time.monotonic() + 5
    while site.platform.streams.readers and time.monotonic() < deadline:
        time.sleep(0.005)
    assert site.platform.streams.readers == 0


def test_a_subscription_holds_no_more_than_its_limit():
    async def overrun():
        subscription = Subscription(limit=3)
        counts = []
        for number in range(50):
            subscription.put(Event("s", "activity", "{}", number))
            counts.append((len(subscription._events), subscription.missed))
        return counts, await subscription.wait(0), subscription.take()

    counts, stirred, taken = asyncio.run(overrun())
    assert counts[:4] == [(1, False), (2, False), (3, False), (0, True)]
    assert (stirred, taken) == (True, [])


def test_a_hub_tells_only_the_readers_of_that_session():
    async def publish():
        hub = Hub(limit=8)
        mine, other = hub.subscribe("a"), hub.subscribe("b")
        hub.publish([Event("a", "status", json.dumps({}))])
        hub.unsubscribe("b", other)
        hub.close()
        return len(mine.take()), len(other.take()), mine.closed, hub.subscribe("c").closed

    assert asyncio.run(publish()) == (1, 0, True, True)


def test_streams_end_when_the_platform_does(site, tmp_path, frames):
    with ExitStack() as ending:
        platform = ending.enter_context(
            running(Config(in_memory=True), environ={"RENSEI_HOME": str(tmp_path)})
        )
        site.operator.headers["Authorization"] = f"Bearer {platform.operator_key}"
        enqueued = site.operator.post(platform.url + "/api/sessions", json={"identifier": "ENG-1"})
        path = f"{platform.url}/api/sessions/{enqueued.json()['sessionId']}/stream"
        with frames(site.operator, path, {}) as (_, told):
            next(told), next(told)
            ending.close()
            assert list(told) == []
