"""What a server may do wrong, and the line its user then sees."""

import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hands import Watching, eventually
from ring import Ring
from scripted import ID, Scripted, frame, quiet, serving

from rensei_cli.api.client import Client
from rensei_cli.options import GlobalOptions
from rensei_cli.settings import resolve
from rensei_cli.watch.errands import Errands
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.loop import Clock, Loop
from rensei_cli.watch.plan import Pace, Plan, Transport

QUICK = {
    "backoff_seconds": (0.02, 0.05),
    "soonest_seconds": 0.02,
    "settle_seconds": 0.05,
    "patience_seconds": 0.2,
    "first_pause_seconds": 0.01,
    "longest_pause_seconds": 0.03,
}
PLAN = Plan(interval_seconds=0.1, tail=None)


@pytest.fixture
def serve():
    with ExitStack() as undo:
        yield lambda *args, **kwargs: undo.enter_context(serving(Scripted(*args, **kwargs)))


@pytest.fixture
def followed(follow_at):
    """Follow a scripted server and wait for the first answer."""

    def begun(server, plan=PLAN, *, json=False, **pace) -> Watching:
        return follow_at(server.url, ID, plan, json=json, **{**QUICK, **pace}).until("ENG-1")

    return begun


def goes_on(server, watching, code=0):
    """A watch still tells what happens, and ends as the session does."""
    server.ring.post("by the way")
    watching.until("by the way")
    server.finish()
    assert watching.end() == code
    return watching.stderr.getvalue().splitlines()


def forgetful(server, *frames):
    """Stream these frames, whatever reads are told: they never know of any activity."""

    def stream(visit):
        visit.open(*frames)
        server.finish()
        visit.wait()

    server.stream = stream
    server.ring.held.clear()


def test_what_only_the_stream_told_is_shown_in_the_end_with_the_hole_before_it(serve, followed):
    server = serve()
    told = [frame(server.ring.post(f"line {number}")) for number in range(1, 7)]
    forgetful(server, *told[:2], *told[4:])
    watching = followed(server, json=True)

    assert watching.end() == 0
    assert watching.ids == ["1", "2", "5", "6"]
    (gap,) = watching.of("gap")
    assert (gap["after"], gap["before"], gap["missed"]) == ("2", "5", 2)


def test_activities_without_numbers_that_only_the_stream_told_are_shown_in_the_end(serve, followed):
    server = serve(ring=Ring(named=True))
    told = [server.ring.post() for _ in range(2)]
    forgetful(server, *map(frame, told))
    watching = followed(server, json=True)

    assert watching.end() == 0
    assert watching.ids == [activity.id for activity in told]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 410])
def test_a_stream_that_is_refused_is_polled_instead_and_never_asked_again(serve, followed, status):
    server = serve(lambda visit: visit.answer(status, "application/json", b'{"error":"no"}'))
    said = goes_on(server, followed(server, retry_seconds=0.01))
    assert said == [f"rensei: polling: the stream answered {status}"]
    assert server.streams == 1


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            lambda visit: visit.answer(200, "text/html", b"<html>"),
            "polling: the server answered 200 text/html, which is not a stream of events",
        ),
        (
            lambda visit: visit.answer(302, "text/html", Location="/elsewhere"),
            "polling: the server moved: 302 to /elsewhere",
        ),
        (
            lambda visit: visit.answer(303, "text/html", Location="/login?next=x"),
            "polling: the server sent the request to a login page (/login)",
        ),
        (
            lambda visit: visit.answer(429, "application/json", b"{}"),
            "polling: the stream answered 429",
        ),
        (
            lambda visit: visit.answer(503, "text/plain", b"busy"),
            "polling: the stream answered 503",
        ),
    ],
    ids=["html", "redirect", "login", "429", "503"],
)
def test_what_is_no_stream_is_polled_instead_and_tried_again_later(serve, followed, answer, line):
    server = serve(answer)
    said = goes_on(server, followed(server))
    assert said == [f"rensei: {line}; next try in 60s"]
    assert server.streams == (2 if "503" in line else 1)


def test_a_stream_that_was_asked_for_and_is_refused_is_an_error_with_an_end(serve, followed):
    server = serve(lambda visit: visit.answer(404, "text/html", b"<html>"))
    watching = followed(server, Plan(transport=Transport.sse), json=True)
    assert watching.end() == 1
    assert watching.records[-1]["record"] == "end"
    assert watching.records[-1]["outcome"] == "error"
    assert (
        "error: the server does not stream: the stream answered 404" in watching.stderr.getvalue()
    )


def test_a_server_that_closes_every_stream_at_once_is_not_hammered(serve, followed):
    server = serve(lambda visit: visit.open(b"retry: 0\n\n"))
    watching = followed(server, Plan(transport=Transport.sse, timeout_seconds=0.6), json=True)
    assert watching.end() == 8
    assert 3 <= server.streams <= 40


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_line_end_is_understood(serve, followed, end):
    server = serve()
    items = [server.ring.post(f"line\u2028 {number}") for number in range(3)]
    server.ring.held.clear()

    def stream(visit):
        visit.open(b"\xef\xbb\xbf", *(frame(item, end) for item in items))
        visit.wait()

    server.stream = stream
    watching = followed(server, Plan(interval_seconds=60, tail=None), json=True)
    eventually(lambda: len(watching.ids) == 3)
    assert watching.ids == ["1", "2", "3"]
    server.finish()
    server.over.set()
    assert watching.end() == 0


def test_half_a_frame_and_then_silence_is_filled_by_a_read(serve, followed):
    server = serve()
    whole, half = server.ring.post("whole"), server.ring.post("half")

    def stream(visit):
        visit.open(frame(whole), frame(half)[:40])
        visit.wait()

    server.stream = stream
    watching = followed(server, json=True, silence_seconds=0.2)
    watching.until("half", '"polling"', "no byte came")
    server.finish()
    assert watching.end() == 0
    assert watching.ids == ["1", "2"]


def test_five_megabytes_in_one_frame_are_told_in_one_line(serve, followed):
    server = serve()
    big = server.ring.post("x" * 5_000_000)
    server.ring.held.clear()

    def stream(visit):
        visit.open(frame(big))
        visit.wait()

    server.stream = stream
    watching = followed(server, Plan(interval_seconds=60, tail=None)).until("xxx")
    server.finish()
    server.over.set()
    assert watching.end() == 0
    assert max(map(len, watching.text.splitlines())) < 300


def test_an_activity_that_cannot_be_decoded_hides_none_beside_it(serve, follow_at):
    deep, long = '{"a":[' * 100_000 + "]}" * 100_000, "9" * 5_000
    page = f"""{{"sessionStatus": "completed", "activities": [
        {{"id": "1", "type": "thought", "content": "before"}}, null, 7,
        {{"id": "2", "type": "action", "toolName": "Bash", "toolInput": {deep}}},
        {{"id": "3", "type": "thought", "content": "long", "tokens": {long}}},
        {{"id": "4", "type": "thought", "content": "after"}}]}}"""

    def reads(visit):
        ours = "activities" in visit.path
        if ours:
            visit.answer(200, "application/json", page.encode())
        return ours

    server = serve(reads=reads)
    server.finish()
    watching = follow_at(server.url, ID, PLAN, **QUICK)
    assert watching.end() == 0
    assert watching.ids == ["1", "2", "3", "4"]
    assert not watching.of("gap")
    [_, deepest, longest, _] = [record["activity"] for record in watching.of("activity")]
    assert "…" in str(deepest["toolInput"])
    assert longest["tokens"] == long


def test_a_frame_that_never_ends_is_left_for_polling(serve, followed):
    def stream(visit):
        visit.open(*[b"data: " + b"x" * 4_000_000] * 9)
        visit.wait()

    server = serve(stream)
    said = goes_on(server, followed(server).until("polling"))
    assert said == ["rensei: polling: the stream sent an event larger than 32 MiB; next try in 60s"]


def test_unknown_events_and_broken_bytes_are_no_news(serve, followed):
    server = serve()

    def stream(visit):
        visit.open(
            b"event: provider_hook_event\ndata: {}\n\n",
            b"data: [DONE]\n\n",
            b"\xff\xfe\n\ndata: \xff\n\n",
            b'event: activity\nid: 1\ndata: {"type":"thought","content":"caf\xe9"}\n\n',
        )
        visit.wait()

    server.stream = stream
    watching = followed(server).until("caf\ufffd")
    server.finish()
    assert watching.end() == 0
    assert watching.stderr.getvalue() == ""


def test_ids_that_go_back_are_a_restart_only_when_a_read_says_so(serve, followed):
    server = serve()
    old = [server.ring.post(f"old {number}") for number in range(5)]

    def lying(visit):
        visit.open(*map(frame, old))
        visit.wfile.write(frame(old[0], content="a lie", timestamp="2026-06-03T13:00:00Z"))
        visit.wait()

    server.stream = lying
    watching = followed(server, json=True).until("old 4")
    reads = len(server.asked)
    eventually(lambda: len(server.asked) > reads + 4)
    assert not watching.of("gap")
    server.stream = quiet
    server.ring.restart()
    server.ring.post("new 0")
    watching.until("new 0")
    server.finish()
    server.over.set()
    assert watching.end() == 0
    assert [gap["cause"] for gap in watching.of("gap")] == ["restart"]
    assert watching.said == [f"old {number}" for number in range(5)] + ["new 0"]


def test_a_server_that_restarts_and_streams_before_it_is_read_loses_nothing(serve, followed):
    server = serve()
    over = threading.Event()

    def reads(visit):  # the first ones after the restart come too early
        failing = over.is_set() and server.streams == 1
        if failing:
            visit.answer(503, "text/plain", b"")
        return failing

    def stream(visit):
        if server.streams == 1:
            visit.open(*[frame(server.ring.post(f"old {n}")) for n in range(10)])
            eventually(lambda: len(watching.ids) == 10)
            server.ring.restart()
            for number in range(15):
                server.ring.post(f"new {number}")
            over.set()
            return
        visit.open(*[frame(item) for item in server.ring.held[10:]])
        visit.wait()

    server.stream, server.reads = stream, reads
    watching = followed(server, json=True, backoff_seconds=(0.3,))
    eventually(lambda: len(watching.ids) == 25)
    server.finish()
    server.over.set()
    assert watching.end() == 0
    assert watching.said == [f"old {n}" for n in range(10)] + [f"new {n}" for n in range(15)]
    assert [gap["cause"] for gap in watching.of("gap")] == ["restart"]


def test_a_stream_that_spells_an_activity_otherwise_is_no_restart(serve, followed):
    server = serve()
    server.ring.post("first")
    said = server.ring.post("half a character: \ud800")

    def stream(visit):
        visit.open(frame(server.ring.history[0]))
        data = b'{"id":"2","type":"thought","body":"cut","createdAt":"%s"}'
        visit.wfile.write(
            b"event: activity\ndata: " + data % said.raw["timestamp"].encode() + b"\n\n"
        )
        visit.wait()

    server.stream = stream
    watching = followed(server, json=True)
    eventually(lambda: len(server.asked) > 6)
    server.finish()
    server.over.set()
    assert watching.end() == 0
    assert watching.ids == ["1", "2"]
    assert not watching.of("gap")


def test_a_clock_that_is_an_hour_wrong_changes_no_duration(serve, followed):
    server = serve(lambda visit: visit.answer(404, "text/html"), clock_off=timedelta(hours=-1))
    server.ring.post("now")
    ago = datetime.now(UTC) - timedelta(hours=1, minutes=2)
    server.ring.held[-1].raw["timestamp"] = ago.isoformat()
    watching = followed(server, json=True)
    server.finish()
    assert watching.end() == 0
    assert watching.records[0]["idleSeconds"] == pytest.approx(120, abs=5)


def limited(visit):
    visit.answer(429, "application/json", b"{}", Retry_After="1")
    return True


def honest(_visit):
    return False


def test_a_rate_limit_is_waited_out_and_said(serve, followed):
    server = serve(lambda visit: visit.answer(404, "text/html"))
    watching = followed(server)
    server.reads = limited
    watching.until("no contact: the server allows no more requests now (429); next try in 1s")
    last = server.asked[-1]
    server.reads = honest
    watching.until("polling: the server answers again")
    assert next(at for at in server.asked if at > last) - last >= 0.9
    server.finish()
    assert watching.end() == 0


def test_a_rate_limit_at_the_start_is_told_before_there_is_anything_to_show(serve, follow_at):
    server = serve(lambda visit: visit.answer(404, "text/html"))
    server.reads = limited
    server.finish()
    watching = follow_at(server.url, ID, PLAN, **QUICK)
    watching.until("rensei: no contact: the server allows no more requests now (429)")
    assert watching.text == ""
    server.reads = honest
    assert watching.end() == 0
    assert watching.records[0]["record"] == "start"


@pytest.mark.parametrize(
    ("status", "code", "line"),
    [
        (401, 4, "error: the server does not accept this caller (401)"),
        (403, 4, "error: this credential may not do that (403)"),
        (404, 5, f"error: session {ID} not found at http://127.0.0.1:"),
    ],
)
def test_a_poll_that_is_refused_in_the_middle_ends_with_a_record_and_a_sentence(
    serve, followed, status, code, line
):
    server = serve(lambda visit: visit.answer(404, "text/html"))
    watching = followed(server, json=True)
    server.reads = lambda visit: (
        visit.answer(status, "application/json", b'{"error":"Session not found"}') is None
    )
    assert watching.end() == code
    last = watching.records[-1]
    assert (last["record"], last["outcome"], last["exitCode"]) == ("end", "error", code)
    assert line in watching.stderr.getvalue()


class Saving:
    """A screen that keeps what it is shown."""

    refresh_seconds = 0.02

    def __init__(self, shown):
        self.shown = shown

    def show(self, events, _state):
        self.shown.extend(events)

    def tick(self, state, now):
        pass

    def notice(self, event):
        pass


def test_a_machine_that_slept_says_so_and_reads_what_it_missed(serve, rensei):
    server = serve()
    server.ring.post("before")
    asleep, shown = [0.0], []
    screen = Saving(shown)
    environ = {"RENSEI_HOME": str(rensei.home), "RENSEI_API_URL": server.url}
    settings = resolve(GlobalOptions(), environ, None)
    now = lambda: datetime.now(UTC) + timedelta(seconds=asleep[0])  # noqa: E731
    clock = Clock(time.monotonic, now)
    follower = Follower(ID, PLAN, now=clock.monotonic(), pace=Pace(**QUICK))
    client = Client(settings, now=now, tries=1)
    loop = Loop(Errands(client, ID), follower, screen, clock)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    said = lambda: [getattr(event, "why", "") for event in shown]  # noqa: E731
    eventually(lambda: "the server streams" in said())
    asleep[0] = 3600.0
    server.ring.post("meanwhile")
    eventually(lambda: "this machine slept for 60 min" in said())
    eventually(lambda: said().count("the server streams") == 2)
    assert loop.state.now - loop.state.began > 3500
    server.finish()
    server.over.set()
    thread.join(12)
    client.close()
    assert loop.state.ended is not None
    assert loop.state.counts["thought"] == 2
