import pytest


def test_releasing_a_claim_queues_the_session_again(site):
    session_id, worker_id = site.run()
    answer = site.do(
        session_id, "release-claim", {"reason": "stuck", "expectedWorkerId": worker_id}
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "released": True,
        "sessionId": session_id,
        "previousStatus": "working",
        "newStatus": "queued",
        "previousWorkerId": worker_id,
    }
    session = site.session(session_id)
    assert session["claim"] is None
    assert [one["priority"] for one in site.poll(worker_id)["work"]] == [2]
    assert "started" not in session["timeline"]
    (entry,) = session["remediationHistory"]
    assert (entry["action"], entry["reason"], entry["newStatus"]) == (
        "claim_release",
        "stuck",
        "queued",
    )


def test_the_old_worker_cannot_write_into_the_new_ones_run(site):
    session_id, old = site.run()
    site.do(session_id, "release-claim")
    new = site.worker()
    assert site.claim(session_id, new).status_code == 200
    assert site.act(session_id, old, content="late").status_code == 409
    assert site.report(session_id, old, "failed").status_code == 409
    assert site.act(session_id, new, content="mine").status_code == 200
    contents = [one["content"] for one in site.activities(session_id)["activities"]]
    assert contents == ["…", "mine"]
    assert [one["sessionId"] for one in site.beat(old)["signals"]] == [session_id]


def test_a_worker_may_claim_again_what_was_taken_from_it(site):
    session_id, worker_id = site.run()
    site.do(session_id, "release-claim")
    assert site.claim(session_id, worker_id).status_code == 200
    assert site.beat(worker_id)["signals"] == []


@pytest.mark.parametrize("ended", [False, True])
def test_there_is_nothing_to_release_where_nobody_works(site, ended):
    session_id = site.enqueue()
    if ended:
        site.do(session_id, "stop")
    answer = site.do(session_id, "release-claim")
    assert (answer.status_code, answer.json()["code"]) == (409, "NOTHING_CLAIMED")


def test_a_release_meant_for_another_worker_is_refused(site):
    session_id, worker_id = site.run()
    answer = site.do(session_id, "release-claim", {"expectedWorkerId": "wkr_other"})
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["workerId"]) == ("WORKER_MISMATCH", worker_id)
    assert site.session(session_id)["claim"]["workerId"] == worker_id


def test_a_release_does_not_undo_a_requested_stop(site):
    session_id, _ = site.run()
    site.do(session_id, "stop")
    answer = site.do(session_id, "release-claim")
    assert (answer.status_code, answer.json()["code"]) == (409, "STOP_PENDING")
    assert answer.json()["retryable"] is True


def test_a_prompt_reaches_the_worker_until_it_acknowledges(site):
    session_id, worker_id = site.run()
    answer = site.do(session_id, "prompt", {"prompt": "Mind the tests"}).json()
    assert (answer["delivered"], answer["status"]) == (True, "working")
    prompt = {"promptId": answer["promptId"], "sessionId": session_id, "prompt": "Mind the tests"}
    assert site.beat(worker_id)["prompts"] == [prompt]
    assert site.poll(worker_id)["prompts"] == [prompt]
    assert site.beat(worker_id, prompt["promptId"])["prompts"] == []


def test_a_prompt_brings_an_ended_session_back(site):
    session_id, worker_id = site.run()
    site.finish(session_id, worker_id)
    answer = site.do(session_id, "prompt", {"prompt": "One more thing"})
    assert answer.json()["status"] == "queued"
    assert "completed" not in site.session(session_id)["timeline"]
    assert site.claim(session_id, worker_id).status_code == 200
    assert [one["prompt"] for one in site.beat(worker_id)["prompts"]] == ["One more thing"]


@pytest.mark.parametrize("body", [{}, {"prompt": "  "}, {"prompt": 7}, {"prompt": None}])
def test_a_prompt_has_to_say_something(site, body):
    assert site.do(site.enqueue(), "prompt", body).status_code == 400


@pytest.mark.parametrize("target", ["completed", "failed", "stopped", "queued"])
def test_an_operator_may_set_the_status_by_hand(site, target):
    session_id, worker_id = site.run()
    answer = site.do(session_id, "status-override", {"status": target, "reason": "by hand"})
    assert answer.json() == {
        "overridden": True,
        "sessionId": session_id,
        "previousStatus": "working",
        "newStatus": target,
    }
    (entry,) = site.session(session_id)["remediationHistory"]
    assert (entry["action"], entry["previousStatus"], entry["newStatus"]) == (
        "status_override",
        "working",
        target,
    )
    refused = site.act(session_id, worker_id)
    assert (refused.status_code, refused.json()["status"]) == (409, target)
    assert refused.json()["message"] == "This worker's claim was ended by a status override"


def test_an_override_has_to_change_something_that_exists(site):
    session_id = site.enqueue()
    assert site.do(session_id, "status-override", {"status": "working"}).status_code == 400
    unchanged = site.do(session_id, "status-override", {"status": "queued"})
    assert (unchanged.status_code, unchanged.json()["code"]) == (409, "STATUS_UNCHANGED")


@pytest.mark.parametrize("act", ["stop", "release-claim", "status-override"])
def test_a_reason_has_a_length_and_is_kept_as_it_is(site, act):
    session_id, _ = site.run()
    reason = "\x1b[31m\x00\u202e\r\n\x9b".ljust(1024, "…")
    too_long = site.do(session_id, act, {"status": "failed", "reason": reason + "x"})
    assert too_long.status_code == 400
    assert too_long.json()["message"] == "reason may have 1024 characters at most"
    assert site.session(session_id)["remediationHistory"] == []
    site.do(session_id, act, {"status": "failed", "reason": reason})
    assert [one["reason"] for one in site.session(session_id)["remediationHistory"]] == [reason]
