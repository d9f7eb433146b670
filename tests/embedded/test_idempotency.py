import json
import sqlite3
import threading
from contextlib import closing

import pytest

from rensei_cli.embedded import auth
from rensei_cli.embedded.link import Link
from rensei_cli.embedded.platform import Config, running

KEY = {"Idempotency-Key": "k-1"}


def test_the_same_key_gets_the_first_answer_byte_for_byte(site):
    session_id, _ = site.run()
    first = site.do(session_id, "stop", **KEY)
    site.clock.advance(200)
    site.platform.sweep()
    again = site.do(session_id, "stop", **KEY)
    assert site.session(session_id)["status"] == "stopped"
    assert (again.status_code, again.content) == (202, first.content)
    assert len(site.session(session_id)["remediationHistory"]) == 1


def test_a_refusal_is_an_answer_too(site):
    session_id = site.enqueue()
    first = site.do(session_id, "release-claim", **KEY)
    site.claim(session_id, site.worker())
    assert site.do(session_id, "release-claim", **KEY).content == first.content
    assert site.do(session_id, "release-claim").status_code == 200


def test_a_key_belongs_to_one_route_of_one_session(site):
    first, second = site.enqueue("ENG-1"), site.enqueue("ENG-2")
    for session_id in (first, second):
        assert site.do(session_id, "stop", **KEY).json()["sessionId"] == session_id
    assert site.do(first, "prompt", {"prompt": "Go on"}, **KEY).json()["delivered"] is True


def test_a_prompt_may_carry_its_key_in_the_body(site):
    session_id, worker_id = site.run()
    body = {"prompt": "Once", "idempotencyKey": "p-1"}
    first, again = (site.do(session_id, "prompt", body) for _ in range(2))
    assert again.content == first.content
    assert len(site.beat(worker_id)["prompts"]) == 1


REUSED = {
    "error": "Unprocessable Entity",
    "message": "This Idempotency-Key was used for another request",
}


@pytest.mark.parametrize(
    ("act", "body", "other"),
    [
        ("stop", {"reason": "once"}, {"reason": "twice"}),
        ("stop", None, {"reason": "twice"}),
        ("release-claim", None, {"expectedWorkerId": "wrk_other"}),
        ("prompt", {"prompt": "Once"}, {"prompt": "Twice"}),
        ("prompt", {"prompt": "Once"}, {"prompt": ""}),
    ],
)
def test_a_key_is_refused_for_another_request(site, act, body, other):
    session_id, worker_id = site.run()
    first = site.do(session_id, act, body, **KEY)
    refused = site.do(session_id, act, other, **KEY)
    assert (refused.status_code, refused.json()) == (422, REUSED)
    received = site.beat(worker_id)
    assert len([*received["prompts"], *received["signals"]]) == 1
    assert site.do(session_id, act, body, **KEY).content == first.content


def test_the_same_said_in_another_order_is_the_same_request(site):
    session_id, _ = site.run()
    body = {"reason": "once", "note": {"a": 1, "b": 2}}
    turned = {"note": {"b": 2, "a": 1}, "reason": "once"}
    first = site.do(session_id, "stop", body, **KEY)
    assert site.do(session_id, "stop", turned, **KEY).content == first.content


def test_a_workers_key_is_refused_for_another_activity(site):
    session_id, worker_id = site.claimed()
    path = f"/api/sessions/{session_id}/activity"
    answers = [
        site.crew.post(
            path,
            json={"workerId": worker_id, "activity": {"type": "thought", "content": content}},
            headers=KEY,
        )
        for content in ("one", "two")
    ]
    assert [one.status_code for one in answers] == [200, 422]
    assert answers[1].json() == REUSED
    assert [one["content"] for one in site.activities(session_id)["activities"]] == ["one"]


def test_an_answer_from_before_questions_were_kept_is_still_given(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    key = {"Idempotency-Key": "before"}

    def stop(platform, session_id, reason):
        link = Link(platform.url, platform.operator_key, 0)
        with closing(link):
            return link.post(f"/api/public/sessions/{session_id}/stop", {"reason": reason}, **key)

    with (
        running(Config(), environ=environ) as platform,
        closing(Link(platform.url, platform.worker_key, 0)) as crew,
    ):
        session_id = crew.post("/api/sessions", {"identifier": "ENG-1"})["sessionId"]
        first = stop(platform, session_id, "once")
    with closing(sqlite3.connect(tmp_path / "data" / "platform.db")) as old:
        old.execute("DROP TABLE questions")
    with running(Config(), environ=environ) as platform:
        assert stop(platform, session_id, "twice") == first


def test_an_activity_sent_twice_is_stored_once(site):
    session_id, worker_id = site.claimed()
    body = {"workerId": worker_id, "activity": {"type": "thought", "content": "x"}}
    for _ in range(2):
        site.crew.post(f"/api/sessions/{session_id}/activity", json=body, headers=KEY)
    assert len(site.activities(session_id)["activities"]) == 1


def test_a_key_is_forgotten_after_a_day(site):
    session_id = site.enqueue()
    site.do(session_id, "stop", **KEY)
    site.clock.advance(86_401)
    site.platform.sweep()
    assert site.do(session_id, "stop", **KEY).json()["receipt"]["idempotentReplay"] is True


@pytest.mark.parametrize(
    ("act", "body"),
    [("stop", {"reason": "once"}), ("release-claim", None), ("prompt", {"prompt": "Once"})],
)
def test_of_two_requests_at_once_with_one_key_one_acts_and_both_get_its_answer(site, act, body):
    for number in range(5):
        session_id, worker_id = site.run(f"ENG-{number}")
        together, answers = threading.Barrier(2), []

        def do(session_id=session_id, together=together, answers=answers):
            together.wait()
            answers.append(site.do(session_id, act, body, **KEY))

        threads = [threading.Thread(target=do) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({(one.status_code, one.content) for one in answers}) == 1
        received = site.beat(worker_id)
        messages = received["prompts"] if act == "prompt" else received["signals"]
        assert [one["sessionId"] for one in messages].count(session_id) == 1
        remembered = site.session(session_id)["remediationHistory"]
        assert len(remembered) == (0 if act == "prompt" else 1)


def test_a_webhooks_key_belongs_to_one_session(site):
    sessions = [site.enqueue("ENG-1"), site.enqueue("ENG-2")]
    for session_id in (*sessions, sessions[0]):
        body = json.dumps({"sessionId": session_id, "signal": "stop"}).encode()
        signature = auth.signature(site.platform.webhook_secret, body)
        headers = {"X-Rensei-Signature": signature, **KEY}
        answer = site.operator.post("/webhook", content=body, headers=headers).json()
        assert answer["sessionId"] == session_id
        assert answer["receipt"]["idempotentReplay"] is False
