"""Acts on a session of which the server tells anything: what is said of them stays true."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rensei_cli.api.client import Limits

EXAMPLES = Path(__file__).parent.parent / "wire" / "examples"
SECRET = f"rsk_live_{'0123456789abcdef'}"
HTML = "<!doctype html><h1>hello</h1>"
CUT = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
BUSY = {"error": "Too many requests"}
WAIT = ("--wait-timeout", "5s")
VERBS = ("stop", "release", "prompt")
# What may reach a terminal or a pipe: anything but controls, and of them newline and tab.
_BYTES_WITH_EFFECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def example(name):
    body = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return body.get("_status", 200), {key: body[key] for key in body if not key.startswith("_")}


def stage(done):
    return done.exit, done.document["stage"], done.document["changed"]


# What is published.


@pytest.mark.parametrize(
    ("name", "previous", "receipt"),
    [
        ("stop-200", "working", None),
        ("stop-200-receipt", "working", "session_stop"),
        ("stop-200-receipt-presession", "queued", "pre_session_dispatch_reconciliation"),
    ],
)
def test_a_stop_at_once_is_confirmed_by_two_quiet_reads(scene, name, previous, receipt):
    scene.passes(scene.state(previous), scene.state("stopped"))
    scene.server.on("stop", example(name))

    done = scene.act("stop", "--reason", "wrong branch")

    assert stage(done) == (0, "confirmed", True)
    assert (done.document["receipt"] or {}).get("kind") == receipt
    assert (done.document["previousStatus"], done.document["newStatus"]) == (previous, "stopped")
    assert [post.document() for post in done.posts] == [{"reason": "wrong branch"}]
    assert len(scene.server.requests("detail")) == 3


@pytest.mark.parametrize("pending", [True, False])
def test_a_202_is_accepted_and_no_more(scene, pending):
    _, body = example("stop-202-pending")
    scene.server.on("stop", (202, body if pending else {}))

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "accepted", False)
    assert done.document["pending"] == ("terminal_evidence" if pending else None)
    assert done.document["waitedSeconds"] == 5.0
    assert len(done.posts) == 1


@pytest.mark.parametrize("answer", [(200, b""), (204, b""), (200, {"stopped": False})], ids=str)
def test_an_answer_that_does_not_say_it_was_stopped_leaves_it_at_requested(scene, answer):
    scene.server.on("stop", answer)

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "requested", False)
    assert done.document["doubt"] is None
    assert len(done.posts) == 1


def test_no_wait_is_content_with_accepted(scene):
    scene.server.on("stop", example("stop-202-pending"))

    done = scene.act("stop", "--no-wait")

    assert stage(done) == (0, "accepted", False)
    assert done.told.slept == ()


@pytest.mark.parametrize(
    ("name", "outcome", "prompt_id", "status"),
    [
        ("prompt-openapi", (0, True), "prm_0193", "queued"),
        ("prompt-go", (0, True), "prm_0193", "working"),
        ("prompt-held", (8, False), "prm_0194", "held"),
    ],
)
def test_a_prompt_is_what_the_server_made_of_it(scene, name, outcome, prompt_id, status):
    scene.server.on("prompt", example(name))

    done = scene.act("prompt", "--idempotency-key", "k-1")

    document = done.document
    assert (done.exit, document["delivered"]) == outcome
    assert (document["promptId"], document["newStatus"]) == (prompt_id, status)
    sent = {"prompt": "Keep the public API", "idempotencyKey": "k-1"}
    assert [(post.key, post.document()) for post in done.posts] == [("k-1", sent)]


def test_a_prompt_that_is_not_held_is_refused_in_the_words_of_the_server(scene):
    body = {"delivered": False, "error": "no agent listens", "recoveryAction": "start_new_session"}
    scene.server.on("prompt", (200, body))

    done, shown = scene.act("prompt"), scene.act("prompt", json=False).shown

    assert (done.exit, done.document["refusal"]) == (7, "no agent listens")
    assert "the server refused it: no agent listens" in shown
    assert "the server's advice: start new session" in shown


@pytest.mark.parametrize(
    "answer",
    [
        example("release-claim-guess"),
        (200, {"nacked": True, "requeued": True}),
        (202, {}),
        (204, b""),
        (200, b""),
    ],
    ids=["the guess", "nacked", "202", "204", "an empty 200"],
)
def test_a_release_is_seen_in_the_queue_whatever_the_answer_looks_like(scene, answer):
    scene.passes(scene.state(), scene.state("queued"))
    scene.server.on("release", answer)

    done = scene.act("release", *WAIT, "--reason", "gone")

    document = done.document
    assert (done.exit, document["released"], document["fate"]) == (0, True, "queued")
    assert (document["previousStatus"], document["newStatus"]) == ("working", "queued")
    wanted = {"reason": "gone", "expectedWorkerId": "w1"}
    assert [post.document() for post in done.posts] == [wanted]


@pytest.mark.parametrize("word", ["released", "nacked"])
def test_a_claim_that_the_server_did_not_release_is_no_success(scene, word):
    scene.server.on("release", (200, {word: False, "previousWorkerId": "w2"}))

    done = scene.act("release")

    assert done.said == ""
    assert (done.exit, done.document["released"], done.document["fate"]) == (7, False, "unchanged")
    assert len(done.posts) == 1


# The answer is lost.

LOST = {
    "closed without a word": b"",
    "cut in its head": b"HTTP/1.1 2",
    "cut in its body": CUT,
    "a page": (200, HTML),
    "half of its JSON": (200, b'{"stopped": tr'),
    "a list": (200, [True]),
    "nested without an end": (200, b'{"receipt":' * 100_000),
}
FAILED = {str(status): (status, HTML) for status in (500, 502, 503, 504)}
# Also an open-source server that has just answered the last request of its minute.
FAILED["500 with a time"] = (500, BUSY, {"x-ratelimit-reset": "30", "retry-after": "1"})


@pytest.fixture(params=LOST.values(), ids=LOST.keys())
def lost(request, server):
    answer = request.param
    return server.raw(answer) if isinstance(answer, bytes) else answer


@pytest.fixture(params=FAILED.values(), ids=FAILED.keys())
def failed(request):
    return request.param


def signs(scene):
    return {
        "stopped": scene.state("stopped"),
        "recorded": scene.state(remediationHistory=[scene.entry("stop_signal")]),
        "none": scene.state(),
        "unreadable": scene.unreadable(),
    }


@pytest.mark.parametrize(
    ("sign", "outcome"),
    [
        ("stopped", (0, "confirmed", True)),
        ("recorded", (8, "accepted", False)),
        ("none", (8, "requested", False)),
        ("unreadable", (9, "requested", False)),
    ],
)
def test_after_a_lost_answer_the_session_tells_what_became_of_the_stop(scene, lost, sign, outcome):
    scene.passes(scene.state(), signs(scene)[sign])
    scene.server.on("stop", lost)

    done = scene.act("stop", *WAIT)

    assert stage(done) == outcome
    assert done.document["doubt"]
    assert len(done.posts) == 1


@pytest.mark.parametrize(
    ("sign", "outcome"),
    [("stopped", (0, "confirmed", True)), ("recorded", (8, "accepted", False))],
)
def test_a_stop_that_failed_on_the_server_may_have_happened(scene, failed, sign, outcome):
    scene.passes(scene.state(), signs(scene)[sign])
    scene.server.on("stop", failed)

    done = scene.act("stop", *WAIT)

    assert stage(done) == outcome
    assert len(done.posts) == 1


@pytest.mark.parametrize("sign", ["none", "unreadable"])
@pytest.mark.parametrize("verb", ["stop", "release"])
def test_a_failure_of_the_server_without_a_sign_in_time_is_told_as_that(scene, failed, verb, sign):
    scene.passes(scene.state(), signs(scene)[sign])
    scene.server.on(verb, failed)

    done = scene.act(verb, *WAIT)

    assert (done.exit, done.error["code"]) == (1, "server_error")
    assert {"none": "no sign", "unreadable": "could not be read"}[sign] in done.error["hint"]
    assert sum(done.told.slept) == 5.0
    assert len(done.posts) == 1


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        # Free it is, though nobody tells by whose act.
        ("queued", (0, None, "queued")),
        ("claimed", (0, None, "claimed")),
        ("recorded", (8, True, "unchanged")),
        ("none", (8, None, "unchanged")),
        ("unreadable", (9, None, "unknown")),
    ],
)
def test_after_a_lost_answer_the_claim_tells_what_became_of_the_release(
    scene, lost, after, outcome
):
    then = {
        **signs(scene),
        "queued": scene.state("queued"),
        "claimed": scene.state(claim={"workerId": "w2", "claimedAt": "2026-06-03T12:00:00Z"}),
        "recorded": scene.state(remediationHistory=[scene.entry("claim_release")]),
    }[after]
    scene.passes(scene.state(), then)
    scene.server.on("release", lost)

    done = scene.act("release", *WAIT)

    document = done.document
    assert (done.exit, document["released"], document["fate"]) == outcome
    assert document["doubt"]
    assert len(done.posts) == 1


def test_whether_a_prompt_with_a_lost_answer_arrived_is_not_known(scene, lost):
    scene.server.on("prompt", lost)

    done = scene.act("prompt", "--idempotency-key", "k-1")

    assert (done.exit, done.document["sent"], done.document["delivered"]) == (9, True, None)
    assert done.document["idempotencyKey"] == "k-1"
    assert done.document["doubt"]
    assert len(done.posts) == 1


@pytest.mark.parametrize(("verb", "code"), [("stop", 8), ("release", 8), ("prompt", 9)])
def test_a_server_that_stays_silent_is_asked_once(scene, server, verb, code):
    server.on(verb, server.raw(keep=True))
    limits = Limits(connect_seconds=5.0, read_seconds=1.5, exchange_seconds=2.0, call_seconds=5.0)

    wait = () if verb == "prompt" else ("--wait-timeout", "1s")
    done = scene.act(verb, *wait, limits=limits)

    assert done.exit == code
    assert "did not answer in time" in done.document["doubt"]
    assert len(done.posts) == 1


@pytest.mark.parametrize(("verb", "code"), [("stop", 9), ("release", 9), ("prompt", 9)])
def test_an_answer_that_was_lost_is_said_to_be_lost(scene, verb, code):
    scene.passes(scene.state(), scene.unreadable())
    scene.server.on(verb, scene.server.raw())

    wait = () if verb == "prompt" else WAIT
    done = scene.act(verb, *wait, json=False)

    assert done.exit == code
    assert "answer got lost" in done.shown
    assert "the connection broke while it answered" in done.shown
    assert "still holds it" not in done.shown.replace("whether w1 still holds it is not known", "")


# It surely did not happen.


@pytest.mark.parametrize("verb", VERBS)
def test_what_never_left_is_sent_again_and_then_said_not_to_be_sent(scene, verb, server):
    """Whoever says yes is the last to see the server."""
    scene.passes(scene.state("stopped") if verb == "prompt" else scene.state())
    at_the_question = server.close

    done = scene.act(verb, asked=at_the_question)

    assert (done.exit, done.error["code"]) == (1, "unreachable")
    assert done.error["message"].endswith("the connection was refused")
    assert len(done.told.slept) == 3
    assert done.posts == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_caller_without_the_right_is_told_so(scene, verb, status):
    scene.server.on(verb, (status, {"error": f"no {SECRET}"}))

    done = scene.act(verb)

    assert (done.exit, done.error["code"], done.error["httpStatus"]) == (4, "auth", status)
    assert SECRET not in done.told.stdout + done.told.stderr
    assert len(done.posts) == 1
    assert len(scene.server.requests("detail")) == 1


@pytest.mark.parametrize(
    "answer",
    [(404, {"error": "Not found"}), (404, HTML), (405, b""), (410, {"error": "Gone"})],
    ids=["404", "a page", "405", "410"],
)
@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("stop", "this server cannot stop sessions"),
        ("release", "this server cannot release claims"),
        ("prompt", "this server cannot prompt sessions"),
    ],
)
def test_a_route_is_missing_where_the_session_can_be_read(scene, verb, sentence, answer):
    scene.server.on(verb, answer)

    done = scene.act(verb)

    assert (done.exit, done.error["code"]) == (1, "route_missing")
    assert done.error["message"] == sentence
    assert len(done.posts) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_session_that_is_gone_meanwhile_is_not_found(scene, verb):
    scene.passes(scene.state(), scene.gone())
    scene.server.on(verb, (404, {"error": "Session not found"}))

    done = scene.act(verb)

    assert (done.exit, done.error["code"]) == (5, "not_found")
    assert done.error["message"].startswith(f"session {scene.id} not found at ")
    assert len(done.posts) == 1


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (example("stop-409-typed"), 15.0),
        ((409, {"error": "busy"}), None),
        ((412, {"error": "changed"}), None),
        ((409, HTML), None),
    ],
    ids=["typed", "plain", "412", "a page"],
)
@pytest.mark.parametrize("verb", VERBS)
def test_a_refusal_is_passed_on(scene, verb, answer, after):
    scene.server.on(verb, answer)

    done = scene.act(verb)

    error = done.error
    assert (done.exit, error["code"], error["httpStatus"]) == (7, "refused", answer[0])
    assert error["refusal"] == (answer[1] if isinstance(answer[1], dict) else None)
    assert error["retryAfterSeconds"] == after
    assert error["retryable"] is (after is not None)
    assert error["try"] == (
        "the same again in 15 s" if after else f"rensei session show {scene.id}"
    )
    assert len(done.posts) == 1


def test_a_typed_refusal_is_told_with_its_disposition(scene):
    scene.server.on("stop", example("stop-409-typed"))

    done = scene.act("stop", json=False)

    code = "session_lifecycle_reconciliation_required"
    assert f"error: the server refused: {code} (reconciliation_required)" in done.said


@pytest.mark.parametrize("answer", [(409, {"code": "ENDED"}), (404, {}), (405, HTML)])
@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_a_stop_that_came_too_late_is_no_failure(scene, answer, status):
    scene.passes(scene.state(), scene.state(status))
    scene.server.on("stop", answer)

    done = scene.act("stop")

    assert stage(done) == (0, "ended", False)
    assert (done.document["previousStatus"], done.document["newStatus"]) == ("working", status)


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_a_session_that_has_ended_is_not_stopped_again(scene, status):
    scene.passes(scene.state(status))

    done = scene.act("stop")

    assert stage(done) == (0, "ended", False)
    assert done.posts == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_names_a_time_is_asked_again_under_the_same_key(scene, verb, status):
    good = {"stop": example("stop-202-pending"), "release": (200, {"released": True})}
    answer = good.get(verb, example("prompt-go"))
    after = {"stop": "stopped", "release": "queued", "prompt": "working"}[verb]
    scene.passes(scene.state(), scene.state(after))
    scene.server.on(verb, (status, BUSY, {"retry-after": "1"}), answer)

    done = scene.act(verb)

    assert done.exit == 0
    assert done.told.slept[0] == 1.0
    assert len(done.posts) == 2
    assert done.posts[0].key == done.posts[1].key
    assert done.posts[0].body == done.posts[1].body


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("answer", "code", "name"),
    [
        ((429, BUSY), 1, "rate_limited"),
        ((429, BUSY, {"retry-after": "3600"}), 1, "rate_limited"),
        ((503, BUSY, {"retry-after": "3600"}), 1, "server_error"),
        ((400, {"error": "no"}), 2, "usage"),
        ((413, HTML), 1, "error"),
        ((408, b""), 1, "error"),
        ((302, b"", {"location": "https://id.example/login?to=x"}), 4, "auth"),
        ((308, b"", {"location": "https://elsewhere.example/api"}), 1, "contract"),
    ],
    ids=["429", "429 later", "503 later", "400", "413", "408", "to a login", "moved"],
)
def test_what_was_turned_away_is_sent_once_and_waited_for_no_longer(
    scene, verb, answer, code, name
):
    scene.server.on(verb, answer)

    done = scene.act(verb)

    assert (done.exit, done.error["code"], done.error["httpStatus"]) == (code, name, answer[0])
    assert done.told.slept == ()
    assert len(done.posts) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_server_that_is_always_busy_is_left_alone_in_the_end(scene, verb):
    scene.server.on(verb, (429, BUSY, {"retry-after": "2"}))

    done = scene.act(verb)

    assert (done.exit, done.error["code"]) == (1, "rate_limited")
    assert done.told.slept == (2.0, 2.0, 2.0)
    assert len(done.posts) == 4
    assert len({post.key for post in done.posts}) == 1


@pytest.mark.parametrize(("verb", "code"), [("stop", 8), ("release", 8), ("prompt", 9)])
def test_an_answer_that_is_lost_after_a_refusal_is_lost_all_the_same(scene, verb, code):
    scene.server.on(verb, (429, BUSY, {"retry-after": "1"}), scene.server.raw())

    done = scene.act(verb)

    assert (done.exit, len(done.posts)) == (code, 2)
    assert done.document["doubt"]


# It says one thing and does another.


def test_a_server_that_says_stopped_while_the_session_works_on_is_not_believed(scene):
    scene.server.on("stop", example("stop-200"))

    done, shown = scene.act("stop", *WAIT), scene.act("stop", *WAIT, json=False).shown

    assert stage(done) == (8, "accepted", False)
    assert done.document["newStatus"] == "working"
    assert "the session still runs" in shown


@pytest.mark.parametrize("previous", ["stopped", "completed"])
def test_a_server_that_says_it_had_ended_before_is_not_believed_either(scene, previous):
    body = {"stopped": True, "previousStatus": previous, "newStatus": previous}
    scene.server.on("stop", (200, body))

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "requested", False)


def test_a_session_that_had_ended_before_the_stop_arrived_was_not_ended_by_it(scene):
    body = {"stopped": True, "previousStatus": "stopped", "newStatus": "stopped"}
    scene.passes(scene.state(), scene.state("stopped"))
    scene.server.on("stop", (200, body))

    done = scene.act("stop", *WAIT)

    assert stage(done) == (0, "ended", False)


def test_a_status_that_flips_back_is_no_end(scene):
    scene.passes(scene.state(), scene.state("stopped"), scene.state())
    scene.server.on("stop", example("stop-200"))

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "accepted", False)
    assert done.document["newStatus"] == "working"


def test_a_session_that_talks_after_its_end_is_never_confirmed(scene):
    talking = [scene.state("stopped", news=number) for number in range(1, 20)]
    scene.passes(scene.state(), *talking, *talking[-1:])
    scene.server.on("stop", example("stop-200"))

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "accepted", True)
    assert done.document["lastActivityAt"] == "2026-06-03T12:00:00.000Z"
    scene.passes(scene.state(), *talking, *talking[-1:])
    shown = scene.act("stop", *WAIT, json=False).shown
    assert "the session is stopped, but it has not been seen to be quiet" in shown


def test_without_a_route_for_activities_the_status_is_the_proof(scene):
    scene.passes(
        replace(scene.state(), activities=(404, HTML)),
        replace(scene.state("stopped"), activities=(404, HTML)),
    )
    scene.server.on("stop", example("stop-200"))

    assert stage(scene.act("stop")) == (0, "confirmed", True)


def test_activities_that_cannot_be_read_any_more_prove_nothing(scene):
    scene.passes(scene.state(), replace(scene.state("stopped"), activities=(500, b"")))
    scene.server.on("stop", example("stop-200"))

    assert stage(scene.act("stop", *WAIT)) == (8, "accepted", True)


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_sent_to_a_server_that_tells_of_another_session(scene, verb):
    scene.passes(scene.state(id="ffffffffffffffff"))

    done = scene.act(verb)

    assert (done.exit, done.error["hint"]) == (1, "Nothing was sent.")
    assert done.posts == []


@pytest.mark.parametrize("verb", ["stop", "release"])
def test_another_session_is_no_proof_of_what_became_of_this_one(scene, verb):
    another = scene.state("stopped", id="ffffffffffffffff")
    scene.passes(scene.state(), replace(another, activities=(500, b"")))
    scene.server.on(verb, (202, {}))

    done = scene.act(verb, *WAIT)

    assert done.exit == 9
    assert done.document["newStatus"] is None


def test_a_stop_that_one_route_calls_failed_is_stopped_where_another_one_says_so(scene):
    ended = replace(scene.state("failed"), activities=scene.state("stopped").activities)
    scene.passes(scene.state(), ended)
    scene.server.on("stop", example("stop-200"))

    done = scene.act("stop")

    assert stage(done) == (0, "confirmed", True)
    assert done.document["newStatus"] == "stopped"


def test_a_run_that_failed_without_a_sign_of_the_stop_ended_by_itself(scene):
    scene.passes(scene.state(), scene.state("failed"))
    scene.server.on("stop", scene.server.raw())

    assert stage(scene.act("stop")) == (0, "ended", False)


def test_an_old_entry_of_the_history_is_no_sign_of_this_stop(scene):
    listed = {"id": scene.id, "identifier": "ENG-124", "status": "working"}
    old = scene.entry("stop_signal", timestamp="2026-06-01T00:00:00Z")
    scene.passes(scene.unreadable(), scene.state(remediationHistory=[old]))
    scene.server.on("list", (200, {"sessions": [listed], "timestamp": "2026-06-03T12:00:00Z"}))
    # The route of one session fails for as long as the plan is made.
    scene.server.on("detail", *[(500, b"")] * 4, scene.state(remediationHistory=[old]).detail)
    scene.server.on("stop", scene.server.raw())

    done = scene.act("stop", *WAIT)

    assert stage(done) == (8, "requested", False)
    assert done.document["remediation"] is None


def test_the_entry_of_somebody_else_is_no_sign_of_this_stop(scene):
    others = [
        scene.entry("stop_signal", source="ui"),
        scene.entry("stop_signal", reason="another reason"),
        scene.entry("claim_release"),
    ]
    scene.passes(scene.state(), scene.state(remediationHistory=others))
    scene.server.on("stop", scene.server.raw())

    assert stage(scene.act("stop", *WAIT, "--reason", "mine")) == (8, "requested", False)


# Who holds it.

LIVE = {"color": "green", "signals": [{"name": "StaleHeartbeat", "active": False}]}
CLAIMED = {"workerId": "w1", "claimedAt": "2026-06-03T11:40:00Z"}
FRESH = {**CLAIMED, "heartbeatAt": "2026-06-03T11:59:48Z"}
NAMELESS = {"claimedAt": "2026-06-03T11:40:00Z", "heartbeatAt": "2026-06-03T11:40:00Z"}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"claim": FRESH, "healthSummary": LIVE}, "the worker answered 12 s ago"),
        ({"claim": CLAIMED, "healthSummary": LIVE}, "cannot be read, which counts as live"),
        ({"claim": CLAIMED, "healthSummary": None}, "cannot be read, which counts as live"),
        ({"claim": NAMELESS, "healthSummary": None}, "the worker answered 1200 s ago"),
        ({"claim": FRESH, "healthSummary": None}, "the worker answered 12 s ago"),
        ({"claim": FRESH}, "the worker answered 12 s ago"),
    ],
    ids=["live", "no heartbeat", "nothing", "no name", "estimated live", "called stale"],
)
def test_what_may_be_live_is_not_released_without_force(scene, facts, sentence):
    scene.passes(scene.state(**facts))
    scene.server.on("release", (200, {"released": True}))

    done = scene.act("release")

    assert (done.exit, done.error["code"]) == (7, "refused")
    assert sentence in done.error["message"]
    assert "two agents on ENG-124" in done.error["message"]
    assert done.error["try"] == f"rensei session release-claim {scene.id} --force"
    assert done.posts == []
    assert scene.act("release", "--force", *WAIT).posts != []


@pytest.mark.parametrize("signal", ["ClaimStuck", "StaleHeartbeat"])
def test_a_claim_that_the_server_calls_stuck_is_released(scene, signal):
    health = {"signals": [{"name": signal, "active": True, "thresholdMs": 10_000}]}
    scene.passes(scene.state(claim=FRESH, healthSummary=health), scene.state("queued"))
    scene.server.on("release", (200, {"released": True}))

    assert scene.act("release", *WAIT).exit == 0


def test_a_heartbeat_that_we_estimate_to_be_dead_is_reason_enough(scene):
    dead = {**CLAIMED, "heartbeatAt": "2026-06-03T11:50:00Z"}
    scene.passes(scene.state(claim=dead, healthSummary=None), scene.state("queued"))
    scene.server.on("release", (200, {"released": True}))

    assert scene.act("release", *WAIT).exit == 0


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["plain", "forced"])
@pytest.mark.parametrize("who", [{"workerId": "w2"}, {"workerId": None}], ids=["other", "nameless"])
def test_the_claim_of_another_worker_than_expected_is_not_released(scene, force, who):
    scene.passes(scene.state(claim={**CLAIMED, **who}))

    done = scene.act("release", "--expect-worker", "w1", *force)

    assert (done.exit, done.error["hint"]) == (7, "Nothing was released.")
    assert done.error["message"].endswith("holds ENG-124, not w1")
    assert done.posts == []


@pytest.mark.parametrize("facts", [{"status": "queued"}, {"claim": None}, {"status": "stopped"}])
def test_where_nobody_holds_it_nothing_is_released(scene, facts):
    scene.passes(scene.state(**{"healthSummary": None, **facts}))

    done = scene.act("release", "--force")

    assert (done.exit, done.posts) == (7, [])


@pytest.mark.parametrize("after", ["w2", "nobody"])
def test_a_claim_that_changed_hands_on_the_way_is_named_in_the_refusal(scene, after):
    then = {"claim": {**CLAIMED, "workerId": "w2"}} if after == "w2" else {"status": "queued"}
    scene.passes(scene.state(), scene.state(**then))
    refusal = {"released": False, "code": "WORKER_MISMATCH", "refusal": "worker_mismatch"}
    scene.server.on("release", (409, refusal))

    done = scene.act("release")

    assert (done.exit, done.error["refusal"]) == (7, refusal)
    assert done.error["message"] == f"the claim has changed hands: {after} holds ENG-124 now"
    assert len(done.posts) == 1


def test_a_session_that_ended_on_the_way_is_named_in_the_refusal(scene):
    scene.passes(scene.state(), scene.state("completed"))
    scene.server.on("release", (409, {"code": "NOTHING_CLAIMED"}))

    done = scene.act("release")

    assert (done.exit, done.error["refusal"]) == (7, {"code": "NOTHING_CLAIMED"})
    assert done.error["message"] == "ENG-124 has ended meanwhile (completed)"


def test_a_server_that_releases_another_claim_than_asked_for_is_found_out(scene):
    scene.passes(scene.state(), scene.state("queued"))
    scene.server.on("release", (200, {"released": True, "previousWorkerId": "w2"}))

    done = scene.act("release", *WAIT, "--expect-worker", "w1")

    assert (done.exit, done.document["previousWorkerId"]) == (0, "w2")
    assert "the server names w2, and not w1, as the worker whose claim it released" in done.said


def test_a_session_that_ended_while_its_claim_was_released_is_held_by_nobody(scene):
    scene.passes(scene.state(), scene.state("completed"))
    scene.server.on("release", scene.server.raw())

    done = scene.act("release", *WAIT)

    assert (done.exit, done.document["released"], done.document["fate"]) == (7, None, "ended")


def test_a_claim_that_is_released_in_words_alone_is_pending(scene):
    scene.server.on("release", (200, {"released": True}))

    done, shown = scene.act("release", *WAIT), scene.act("release", *WAIT, json=False).shown

    assert (done.exit, done.document["fate"]) == (8, "unchanged")
    assert "the server says released, but its claim is the same as before" in shown


def test_a_release_that_cannot_be_looked_at_says_nothing_of_who_holds_it(scene):
    scene.passes(scene.state(), scene.unreadable())
    scene.server.on("release", (200, {"released": True}))

    done, shown = scene.act("release", *WAIT), scene.act("release", *WAIT, json=False).shown

    assert (done.document["released"], done.document["fate"]) == (True, "unknown")
    assert "still holds it" not in shown


# What is sent.


@pytest.mark.parametrize("verb", ["stop", "release"])
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "the reason is empty"),
        (" \n\t ", "the reason is empty"),
        ("x" * 200_000, "the reason has 200000 characters; servers keep 1024"),
    ],
    ids=["empty", "blank", "200 kB"],
)
def test_a_reason_that_nobody_could_keep_is_not_sent(scene, verb, reason, told):
    done = scene.act(verb, "--reason", reason)

    assert (done.exit, done.error["message"]) == (2, told)
    assert scene.server.asked == []


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        (" wrong\n  branch ", "wrong branch"),
        ("\x1b[2J gone\x07", "␛[2J gone␇"),
        ("half\udcff", "half\ufffd"),
        ("\u202etxet", "⟨202E⟩txet"),
        ("x" * 1024, "x" * 1024),
        (f"its key {SECRET} leaked", "its key rsk_live_… leaked"),
    ],
    ids=["folded", "controls", "half a character", "bidi", "the longest", "a secret"],
)
def test_a_reason_is_one_line_that_can_be_shown_anywhere(scene, reason, sent):
    scene.passes(scene.state(), scene.state("stopped"))
    scene.server.on("stop", example("stop-200"))

    done = scene.act("stop", "--reason", reason)

    assert [post.document() for post in done.posts] == [{"reason": sent}]
    changed = " ".join(reason.split()) != sent
    assert ("in the reason" in done.said) is changed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the prompt is empty"),
        (" \n ", "the prompt is empty"),
        ("x" * 200_000, "the prompt has more than 150000 characters"),
    ],
    ids=["empty", "blank", "200 kB"],
)
@pytest.mark.parametrize("piped", [True, False], ids=["piped", "typed"])
def test_a_prompt_that_says_nothing_or_too_much_is_not_sent(scene, text, told, piped):
    given, stdin = ("-", text) if piped else (text, "")
    done = scene.ask("session", "prompt", scene.id, given, "--yes", "--json", stdin=stdin)

    assert (done.exit, done.document()["error"]["message"]) == (2, told)
    assert scene.server.asked == []


@pytest.mark.parametrize("argv", [(), ("-",)], ids=["a pipe", "-"])
def test_a_piped_prompt_is_sent_as_it_came_controls_apart(scene, argv):
    scene.server.on("prompt", example("prompt-go"))
    text = "line one\r\n\tline two \x1b[31m\udcff\n\n"

    done = scene.ask("session", "prompt", scene.id, *argv, "--json", stdin=text)

    (post,) = scene.server.requests("prompt")
    assert done.exit == 0
    assert post.document()["prompt"] == "line one\n\tline two ␛[31m\ufffd"
    assert post.document()["idempotencyKey"] == post.key


@pytest.mark.parametrize("argv", [(), ("-",)], ids=["a pipe", "-"])
def test_standard_input_is_the_credential_or_the_prompt_and_not_both(scene, argv):
    done = scene.ask("session", "prompt", scene.id, *argv, "--token-stdin", "--json", stdin="x\n")

    assert (done.exit, done.document()["error"]["code"]) == (2, "usage")
    assert scene.server.asked == []


@pytest.mark.parametrize("key", ["", "two words", "ü", "a\nb", "x" * 129])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_asked(scene, key):
    done = scene.act("prompt", "--idempotency-key", key)

    assert (done.exit, done.error["code"]) == (2, "usage")
    assert scene.server.asked == []


# What is shown.

TEXTS = {
    "a cleared screen": "\x1b[2J\x1b[H\x9b31m",
    "the clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "bidi": "\u202etxet\u202c \u2066x\u2069\ufeff\U000e0041",
    "more lines": "no\n  try: rm -rf ~\r\nerror: all is well\u2028x",
    "half a character": "\ud800",
    "markup": "[bold]x[/bold] [/] :boom:",
    "100 kB": "x" * 100_000,
}
SECRETS = [SECRET, "Bearer abcdef0123456789", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"]
FIELDS = (
    *("stopped", "delivered", "released", "previousStatus", "newStatus", "pending", "receipt"),
    *("previousWorkerId", "workerId", "promptId", "status", "sessionStatus", "disposition"),
    *("refusal", "error", "message", "code", "recoveryAction", "sessionId"),
)


def bodies(text):
    """Give answers that have a text wherever they can have one."""
    full = dict.fromkeys(FIELDS, text) | {"receipt": {"reason": text, "deep": [{text: text}]}}
    return {
        "accepted": (200, full | {"stopped": True, "released": True, "delivered": True}),
        "refused in a 200": (
            200,
            full | dict.fromkeys(("stopped", "released", "delivered"), False),
        ),
        "refused": (409, full),
        "failed": (500, full),
        "not found": (404, full),
    }


def marked(scene, text, status="working"):
    """Give a state that has a text wherever it can have one."""
    entries = [
        scene.entry(action, actor=text, previousStatus=text, newStatus=text, id=text)
        for action in ("stop_signal", "claim_release")
    ]
    claim = {"workerId": text, "claimedAt": "2026-06-03T11:40:00Z"}
    return scene.state(
        status, remediationHistory=entries, claim=claim if status == "working" else None
    )


@pytest.mark.parametrize("answer", bodies(""))
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("verb", VERBS)
def test_no_byte_of_an_answer_acts_on_the_terminal(scene, verb, text, answer):
    scene.server.on(verb, bodies(text)[answer])
    wait = () if verb == "prompt" else ("--wait-timeout", "0s")

    for json_wanted in (True, False):
        first = marked(scene, text) if verb == "release" else scene.state()
        scene.passes(replace(first), marked(scene, text, "stopped"))
        done = scene.act(verb, *wait, json=json_wanted)

        assert done.exit in {0, 1, 5, 7, 8, 9}
        assert _BYTES_WITH_EFFECT.findall(done.told.stdout + done.told.stderr) == []
        assert max(map(len, done.told.stderr.splitlines()), default=0) < 1000
        assert not any(line.startswith("  try: rm") for line in done.told.stderr.splitlines())
        assert done.document if json_wanted else len(done.told.stdout) < 4000


def test_a_hostile_name_of_an_issue_stays_one_line(scene):
    scene.passes(scene.state(identifier="ENG\n  try: rm -rf ~\x1b[2J" + "x" * 500))

    done = scene.act("release", "--expect-worker", "w2\nerror: fine")

    assert done.exit == 7
    assert len(done.told.lines) <= 3
    assert max(map(len, done.told.lines)) < 300


@pytest.mark.parametrize("answer", bodies(""))
@pytest.mark.parametrize("kept", SECRETS, ids=["a key", "a header", "a token"])
@pytest.mark.parametrize("verb", VERBS)
def test_what_looks_like_a_secret_is_never_shown(scene, verb, kept, answer):
    scene.server.on(verb, bodies(f"it is {kept}")[answer])
    wait = () if verb == "prompt" else ("--wait-timeout", "0s")

    for json_wanted in (True, False):
        scene.passes(marked(scene, kept), marked(scene, kept))
        done = scene.act(verb, *wait, json=json_wanted)

        assert kept.rpartition(" ")[2] not in done.told.stdout + done.told.stderr


@pytest.mark.parametrize("depth", [20, 200, 300, 330, 400, 480, 600, 900, 990, 100_000])
@pytest.mark.parametrize("listed", [True, False])
def test_a_deep_receipt_keeps_no_stop_from_being_told(scene, depth, listed):
    opened, closed = ("[", "]") if listed else ('{"a":', "}")
    nested = opened * depth + "1" + closed * depth
    body = f'{{"stopped": true, "newStatus": "stopped", "receipt": {{"x": {nested}}}}}'
    scene.passes(scene.state(), scene.state("stopped"))
    scene.server.on("stop", (200, body.encode()))

    assert stage(scene.act("stop")) == (0, "confirmed", True)


# Any JSON object.

words = st.sampled_from(["working", "stopped", "completed", "queued", "w1", "held", "\ud800", ""])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
answers = st.dictionaries(st.sampled_from([*FIELDS, "retryAfterSeconds", "retryable"]), values)


@pytest.mark.parametrize("verb", VERBS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(status=st.sampled_from([200, 202, 400, 404, 409, 500]), body=answers, ended=st.booleans())
def test_any_object_is_an_answer(scene, verb, status, body, ended):
    scene.server.on(verb, (status, body))
    wait = () if verb == "prompt" else ("--wait-timeout", "0s")

    for json_wanted in (True, False):
        scene.passes(scene.state(), scene.state("stopped" if ended else "working"))
        done = scene.act(verb, *wait, json=json_wanted)

        assert done.exit in {0, 1, 2, 5, 7, 8, 9}
        assert done.document if json_wanted else done.shown or done.said
        assert _BYTES_WITH_EFFECT.findall(done.told.stdout + done.told.stderr) == []


SESSION_FIELDS = (
    *("id", "identifier", "status", "claim", "remediationHistory", "healthSummary", "timeline"),
    *("workerId", "claimedAt", "heartbeatAt", "action", "timestamp", "source", "reason", "actor"),
    *("signals", "color", "name", "active", "durationMs", "activities", "sessionStatus"),
)
facts = st.dictionaries(
    st.sampled_from(SESSION_FIELDS),
    st.dictionaries(st.sampled_from(SESSION_FIELDS), leaves) | values,
)


@pytest.mark.parametrize("verb", ["stop", "release"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(session=facts, page=facts)
def test_any_object_is_what_a_session_looks_like_afterwards(scene, verb, session, page):
    after = replace(scene.state(), detail=(200, session), activities=(200, page))
    scene.server.on(verb, (202, {}))

    for json_wanted in (True, False):
        scene.passes(scene.state(), after)
        done = scene.act(verb, "--wait-timeout", "0s", json=json_wanted)

        assert done.exit in {0, 7, 8, 9}
        assert done.document if json_wanted else done.shown
        assert _BYTES_WITH_EFFECT.findall(done.told.stdout + done.told.stderr) == []


@pytest.mark.parametrize(
    ("completed", "silent"), [("12:00:05", None), ("12:01:40", 102.0)], ids=["in time", "too late"]
)
def test_a_stop_that_a_server_confirms_for_a_silent_worker_is_marked(scene, completed, silent):
    beat = {"name": "StaleHeartbeat", "active": False, "durationMs": 2000, "thresholdMs": 90_000}
    claim = {"workerId": "w1", "claimedAt": "2026-06-03T11:40:00Z"}
    before = scene.state(
        claim=claim | {"heartbeatAt": "2026-06-03T11:59:58Z"},
        healthSummary={"color": "green", "signals": [beat]},
    )
    after = scene.state("stopped", timeline={"completed": f"2026-06-03T{completed}Z"})
    scene.passes(before, after)
    scene.server.on("stop", example("stop-202-pending"))

    assert stage(done := scene.act("stop")) == (0, "confirmed", True)
    assert done.document["workerSilentSeconds"] == silent
    scene.passes(before, after)
    shown = scene.act("stop", json=False).shown
    assert ("! confirmed" in shown) == (silent is not None)
    assert ("had been silent for 1m 42s: its agent may still run" in shown) == (silent is not None)


def test_a_refusal_tells_its_disposition_and_when_to_come_back(scene):
    body = {"error": "a stop is in flight", "disposition": "held"}
    scene.server.on("stop", (409, body, {"retry-after": "5"}))

    done = scene.act("stop")

    assert done.exit == 7
    assert "the server refused: a stop is in flight (held)" in done.said
    assert "the same again in 5 s" in done.said
    assert done.error["retryAfterSeconds"] == 5


def test_a_copied_command_keeps_the_options_that_matter(scene):
    fresh = {"color": "green", "signals": []}
    scene.passes(scene.state(healthSummary=fresh))

    done = scene.act("release", "--expect-worker", "w1", "--reason", "two words")

    command = f"rensei session release-claim {scene.id}"
    assert done.exit == 7
    assert done.error["try"] == f"{command} --force --reason 'two words' --expect-worker w1"
