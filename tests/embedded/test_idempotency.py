import json
import threading

import pytest

from rensei_cli.embedded import auth

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


def test_a_key_counts_whatever_else_is_said_the_second_time(site):
    session_id, _ = site.run()
    first = site.do(session_id, "prompt", {"prompt": "Once"}, **KEY)
    again = site.do(session_id, "prompt", {"prompt": ""}, **KEY)
    assert again.content == first.content


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
