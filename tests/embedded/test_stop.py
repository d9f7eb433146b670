import pytest


def test_a_waiting_session_stops_at_once(site):
    session_id = site.enqueue()
    answer = site.do(session_id, "stop")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["stopped"], body["previousStatus"], body["newStatus"]) == (
        True,
        "queued",
        "stopped",
    )
    assert body["receipt"]["idempotentReplay"] is False
    assert site.life(session_id) == ["queued", "stopped"]


def test_a_claimed_session_waits_for_its_worker_which_may_just_be_starting_the_agent(site):
    session_id, worker_id = site.claimed()
    assert site.do(session_id, "stop").status_code == 202
    assert site.session(session_id)["claim"]["workerId"] == worker_id
    assert [one["sessionId"] for one in site.beat(worker_id)["signals"]] == [session_id]
    assert site.report(session_id, worker_id, "stopped").status_code == 200
    assert site.life(session_id) == ["queued", "claimed", "stopped"]


def test_a_running_session_stops_when_its_worker_says_so(site):
    session_id, worker_id = site.run()
    answer = site.do(session_id, "stop", {"reason": "wrong branch"})
    assert answer.status_code == 202
    assert answer.json() == {
        "stopped": False,
        "delivered": True,
        "pending": "terminal_evidence",
        "sessionId": session_id,
        "previousStatus": "working",
        "newStatus": "working",
    }
    (signal,) = site.poll(worker_id)["signals"]
    assert (signal["signal"], signal["reason"]) == ("stop", "wrong branch")
    assert site.session(session_id)["status"] == "working"
    assert site.report(session_id, worker_id, "stopped").status_code == 200
    assert site.life(session_id)[-1] == "stopped"


def test_a_signal_is_repeated_until_it_is_acknowledged(site):
    session_id, worker_id = site.run()
    site.do(session_id, "stop")
    (signal,) = site.beat(worker_id)["signals"]
    assert site.beat(worker_id)["signals"] == [signal]
    assert site.beat(worker_id, signal["id"])["signals"] == []


def test_a_session_whose_worker_is_silent_stops_at_once(site):
    session_id, _ = site.run()
    site.clock.advance(91)
    assert site.do(session_id, "stop").status_code == 200
    assert site.session(session_id)["status"] == "stopped"


def test_a_requested_stop_resolves_when_the_worker_dies(site):
    session_id, _ = site.run()
    assert site.do(session_id, "stop").status_code == 202
    site.clock.advance(90)
    site.platform.sweep()
    assert site.session(session_id)["status"] == "working"
    site.clock.advance(1)
    site.platform.sweep()
    assert site.session(session_id)["status"] == "stopped"


def test_stopping_again_replays_the_receipt(site):
    session_id = site.enqueue()
    first, again = (site.do(session_id, "stop").json() for _ in range(2))
    assert again["receipt"] == {**first["receipt"], "idempotentReplay": True}
    assert (again["stopped"], again["previousStatus"]) == (True, "stopped")
    assert len(site.session(session_id)["remediationHistory"]) == 1


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_what_has_ended_otherwise_cannot_be_stopped(site, status):
    session_id = site.enqueue()
    site.do(session_id, "status-override", {"status": status})
    answer = site.do(session_id, "stop")
    assert answer.status_code == 409
    assert answer.json() == {
        "stopped": False,
        "sessionId": session_id,
        "previousStatus": status,
        "code": "SESSION_ALREADY_TERMINAL",
        "refusal": "session_already_terminal",
        "retryable": False,
        "disposition": status,
    }


@pytest.mark.parametrize(("header", "source"), [({}, "cli"), ({"X-Rensei-Source": "ui"}, "ui")])
def test_a_stop_is_remembered_with_its_source(site, header, source):
    session_id, _ = site.run()
    site.do(session_id, "stop", {"reason": "loops"}, **header)
    (entry,) = site.session(session_id)["remediationHistory"]
    assert entry == {
        "id": entry["id"],
        "action": "stop_signal",
        "timestamp": "2026-06-03T12:00:00.000Z",
        "source": source,
        "actor": "operator",
        "reason": "loops",
        "previousStatus": "working",
        "newStatus": "working",
    }


def test_a_stop_appears_among_the_activities(site):
    session_id, _ = site.run()
    site.do(session_id, "stop")
    newest = site.activities(session_id)["activities"][-1]
    assert (newest["type"], newest["content"]) == ("response", "Stop signal received")


def test_a_session_that_completes_before_the_stop_arrives_has_completed(site):
    session_id, worker_id = site.run()
    site.do(session_id, "stop")
    site.finish(session_id, worker_id)
    assert site.session(session_id)["status"] == "completed"
    assert site.do(session_id, "stop").status_code == 409
