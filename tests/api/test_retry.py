"""When a call is sent again: on which answers, after how long, and when it is left."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rensei_cli.api import calls, retry
from rensei_cli.api.answer import Answer
from rensei_cli.api.client import Client, Limits
from rensei_cli.api.exchange import Call, Routes, Send, Wait, converse
from rensei_cli.errors import RefusedError, RenseiError, ServerError, UnreachableError
from rensei_cli.settings import Settings

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
STOP = Call("POST", "/api/public/sessions/x", lambda answer: answer.json())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": format_datetime(NOON + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"retry-after": format_datetime(NOON - timedelta(hours=1), usegmt=True)}, 0.0),
        ({"retry-after": "Wed, 03 Jun 2026 12:00:30"}, 30.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "Wed, 99 Jun 99999999999999999999 12:00:30 GMT"}, None),
        ({"retry-after-ms": "1500", "retry-after": "60"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "60"}, 60.0),
        ({"x-ratelimit-reset": "17"}, 17.0),
        ({"x-ratelimit-reset": "17", "x-ratelimit-remaining": "0"}, 17.0),
        ({"x-ratelimit-reset": "17", "x-ratelimit-remaining": "41"}, None),
        ({"x-ratelimit-reset": str(int(NOON.timestamp()) + 12)}, 12.0),
        ({"x-ratelimit-reset": str(int(NOON.timestamp()) - 12)}, 0.0),
        ({"retry-after": "3", "x-ratelimit-reset": "17"}, 3.0),
    ],
    ids=str,
)
def test_the_pause_a_server_asks_for_is_understood_in_every_spelling(headers, seconds):
    assert retry.asked_seconds(headers, NOON) == seconds


_names = st.sampled_from(
    ["retry-after", "retry-after-ms", "x-ratelimit-reset", "x-ratelimit-remaining", "date"]
)
_dates = st.from_regex(
    r"\A[A-Z][a-z]{2}, \d{1,25} [A-Z][a-z]{2} \d{1,25} \d+:\d+:\d+ [-+]?\d{0,9}\Z"
)


@settings(max_examples=50)
@given(headers=st.dictionaries(_names, st.text(max_size=20) | st.floats().map(str) | _dates))
def test_any_header_asks_for_a_pause_that_can_be_made_or_for_none(headers):
    asked = retry.asked_seconds(headers, NOON)

    assert asked is None or 0 <= asked < float("inf")


@given(attempt=st.integers(1, 10), rng=st.randoms())
def test_a_pause_is_between_half_and_all_of_its_step(attempt, rng):
    step = min(retry.LONGEST_SECONDS, retry.FIRST_SECONDS * 2 ** (attempt - 1))

    assert step / 2 <= retry.backoff_seconds(attempt, rng) <= step


class Stage:
    """A client whose pauses and notices are kept instead of made."""

    def __init__(self, server):
        self.slept, self.notices = [], []
        self.client = Client(
            Settings(url=server.url, url_source="test"),
            now=lambda: NOON,
            sleep=self.slept.append,
            notice=self.notices.append,
        )

    def fails(self, call):
        with pytest.raises(RenseiError) as caught:
            self.client.send(call)
        return caught.value


@pytest.fixture
def stage(server):
    found = Stage(server)
    yield found
    found.client.close()


@pytest.mark.parametrize("status", sorted(retry.RETRIED))
def test_a_passing_failure_is_tried_again_and_told(stage, server, status):
    server.on("list", (status, b""), (status, b""), (200, {"sessions": []}))

    assert stage.client.send(calls.sessions()).sessions == ()

    assert len(server.asked) == 3
    assert [0.25 <= stage.slept[0] <= 0.5, 0.5 <= stage.slept[1] <= 1.0] == [True, True]
    assert [str(status) in line for line in stage.notices] == [True], "said once for one reason"
    assert stage.notices[0].endswith(f": trying again in {stage.slept[0]:.1f} s")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 412, 418, 422, 501, 505])
def test_a_lasting_failure_is_told_at_once(stage, server, status):
    server.on("list", (status, {"error": "no"}))

    stage.fails(calls.sessions())

    assert (len(server.asked), stage.slept, stage.notices) == (1, [], [])


def test_a_server_that_keeps_failing_is_left_after_four_tries(stage, server):
    server.on("list", (503, b""))

    error = stage.fails(calls.sessions())

    assert isinstance(error, ServerError)
    assert error.retryable
    assert len(server.asked) == 4
    assert len(stage.slept) == 3


def test_the_pause_the_server_asks_for_is_made(stage, server):
    server.on("list", (429, b"", {"retry-after": "11"}), (200, {"sessions": []}))

    stage.client.send(calls.sessions())

    assert stage.slept == [11.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_beyond_patience_is_reported_and_not_made(stage, server, status):
    server.on("list", (status, {"error": "later"}, {"retry-after": "21"}))

    error = stage.fails(calls.sessions())

    assert (stage.slept, len(server.asked)) == ([], 1)
    assert error.remedy == "the same again in 21 s: that is the pause the server asks for"
    assert (error.retry_after_seconds, error.retryable) == (21.0, True)


def test_the_end_of_a_window_with_room_left_keeps_nobody_from_trying_again(stage, server):
    room = {"x-ratelimit-reset": "59", "x-ratelimit-remaining": "41"}
    server.on("list", (502, b"", room), (200, {"sessions": []}, room))

    assert stage.client.send(calls.sessions()).sessions == ()


def pauses(failures, rng):
    """Give the pauses of a call that fails with these statuses and headers, then succeeds."""
    conversation = converse(calls.sessions(), Routes(), lambda: NOON, rng)
    answers = iter([*(Answer(*failure, b"{}") for failure in failures), Answer(200, {}, b"{}")])
    step = next(conversation)
    with suppress(StopIteration, RenseiError):
        while True:
            if isinstance(step, Wait):
                yield step.seconds
            step = conversation.send(next(answers) if isinstance(step, Send) else None)


_asked = st.just({}) | st.integers(0, 40).map(lambda seconds: {"retry-after": str(seconds)})


@given(
    failures=st.lists(st.tuples(st.sampled_from(sorted(retry.RETRIED)), _asked), max_size=6),
    rng=st.randoms(),
)
def test_no_call_waits_longer_than_a_person_would(failures, rng):
    waited = list(pauses(failures, rng))

    assert len(waited) < retry.MAX_TRIES
    for pause, (_, headers) in zip(waited, failures, strict=False):
        assert 0 <= pause <= retry.PATIENCE_SECONDS
        assert pause == float(headers.get("retry-after", pause))


@pytest.mark.parametrize("status", [408, 500, 502, 504, 429, 503])
def test_an_action_is_never_repeated_on_a_mere_suspicion(stage, server, status):
    server.on("detail", (status, b""))

    stage.fails(STOP)

    assert [asked.method for asked in server.asked] == ["POST"]


def test_an_action_is_never_repeated_when_its_answer_was_lost(stage, server):
    server.on("detail", server.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"))

    error = stage.fails(STOP)

    assert isinstance(error, UnreachableError)
    assert not error.never_sent
    assert len(server.asked) == 1


def test_an_action_is_repeated_when_the_server_says_when(stage, server):
    server.on("detail", (503, b"", {"retry-after": "2"}), (200, {"stopped": True}))

    assert stage.client.send(STOP) == {"stopped": True}
    assert stage.slept == [2.0]


def test_an_act_that_was_given_up_is_not_sent_again(server):
    """The pause before the second try outlasts the patience of whoever asked."""
    server.on("detail", (503, b"", {"retry-after": "2"}), (200, {"stopped": True}))
    paused, woken = Event(), Event()

    def sleep(_seconds):
        paused.set()
        woken.wait()

    client = Client(
        Settings(url=server.url, url_source="test"),
        now=lambda: NOON,
        sleep=sleep,
        limits=Limits(call_seconds=0.5),
    )
    pending = client.start(STOP)
    assert paused.wait(5)
    with pytest.raises(UnreachableError):
        pending.result()
    woken.set()
    pending._thread.join()
    client.close()

    assert len(server.asked) == 1


def test_the_pauses_of_one_request_together_are_what_a_person_waits(stage, server):
    server.on("detail", (503, b"", {"retry-after": "7"}))

    assert stage.fails(STOP).retry_after_seconds == 7

    assert stage.slept == [7.0, 7.0]
    assert len(server.asked) == 3


def test_an_action_that_never_left_is_repeated(closed_port):
    slept = []
    client = Client(
        Settings(url=f"http://127.0.0.1:{closed_port}", url_source="test"),
        now=lambda: NOON,
        sleep=slept.append,
    )

    with pytest.raises(UnreachableError) as caught:
        client.send(STOP)

    assert caught.value.never_sent
    assert len(slept) == 3


def test_a_refusal_carries_the_pause_it_names(stage, server):
    server.on("detail", (409, {"refusal": "not_yet", "retryAfterSeconds": 15}))

    error = stage.fails(STOP)

    assert isinstance(error, RefusedError)
    assert error.retry_after_seconds == 15
