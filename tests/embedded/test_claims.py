import threading

import pytest

from rensei_cli.embedded.link import Link
from rensei_cli.embedded.platform import Config, running


def test_of_two_workers_that_claim_at_once_exactly_one_wins(site):
    for round_number in range(10):
        session_id, workers = site.enqueue(f"ENG-{round_number}"), [site.worker(), site.worker()]
        together, codes = threading.Barrier(2), []

        def claim(worker_id, session_id=session_id, together=together, codes=codes):
            together.wait()
            codes.append((site.claim(session_id, worker_id).status_code, worker_id))

        threads = [threading.Thread(target=claim, args=(one,)) for one in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(code for code, _ in codes) == [200, 409]
        winner = next(worker_id for code, worker_id in codes if code == 200)
        assert site.session(session_id)["claim"]["workerId"] == winner


def test_a_claim_says_who_holds_it_and_until_when(site):
    session_id, worker_id = site.claimed()
    site.clock.advance(30)
    site.beat(worker_id)
    assert site.session(session_id)["claim"] == {
        "workerId": worker_id,
        "claimedAt": "2026-06-03T12:00:00.000Z",
        "heartbeatAt": "2026-06-03T12:00:30.000Z",
        "expiresAt": "2026-06-03T12:03:30.000Z",
    }


def test_nobody_holds_what_waits_or_has_ended(site):
    waiting = site.enqueue("ENG-1")
    ended, worker_id = site.run("ENG-2")
    site.finish(ended, worker_id)
    assert [site.session(one)["claim"] for one in (waiting, ended)] == [None, None]


def test_work_is_given_out_by_urgency_and_then_by_age(site):
    later, urgent, first = (
        site.enqueue("ENG-1", priority=4),
        site.enqueue("ENG-2", priority=1),
        site.enqueue("ENG-3"),
    )
    work = site.poll(site.worker())["work"]
    assert [one["sessionId"] for one in work] == [urgent, first, later]


def test_a_worker_may_ask_for_certain_issues(site):
    site.enqueue("ENG-1")
    wanted, path = site.enqueue("ENG-2"), f"/api/workers/{site.worker()}/poll"
    work = site.crew.get(path, params={"identifier": "ENG-2"}).json()["work"]
    assert [one["sessionId"] for one in work] == [wanted]


def test_a_claim_outlives_its_worker_by_the_ttl_and_no_longer(site):
    session_id, _ = site.run()
    other = site.worker()
    site.clock.advance(180)
    site.platform.sweep()
    assert site.session(session_id)["status"] == "working"
    site.clock.advance(0.001)
    site.platform.sweep()
    assert site.session(session_id)["status"] == "queued"
    assert site.session(session_id)["claim"] is None
    assert site.life(session_id) == ["queued", "claimed", "running", "queued"]
    assert [one["sessionId"] for one in site.poll(other)["work"]] == [session_id]


def test_a_heartbeat_renews_the_claim(site):
    session_id, worker_id = site.run()
    for _ in range(5):
        site.clock.advance(170)
        site.beat(worker_id)
        site.platform.sweep()
    assert site.session(session_id)["status"] == "working"


def test_a_worker_whose_claim_ran_out_cannot_write_any_more(site):
    session_id, late = site.run()
    site.clock.advance(181)
    site.platform.sweep()
    other = site.worker()
    site.claim(session_id, other)
    refused = site.act(session_id, late, content="I am back")
    assert refused.status_code == 409
    assert refused.json() == {
        "error": "Conflict",
        "message": "This worker's claim has expired",
        "sessionId": session_id,
        "status": "working",
    }
    assert [one["sessionId"] for one in site.beat(late)["signals"]] == [session_id]


@pytest.mark.parametrize("what", ["heartbeat", "poll"])
def test_an_unknown_worker_is_told_so(site, what):
    method = "POST" if what == "heartbeat" else "GET"
    answer = site.crew.request(method, f"/api/workers/wkr_nobody/{what}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Worker not found")


def test_the_first_activity_shows_that_it_runs(site):
    session_id, worker_id = site.claimed()
    assert site.act(session_id, worker_id).json() == {
        "forwarded": True,
        "id": "1",
        "sessionStatus": "working",
    }
    assert site.life(session_id) == ["queued", "claimed", "running"]


def test_a_worker_that_never_held_a_session_is_told_whose_it_is(site):
    session_id, _ = site.run()
    stranger = site.worker()
    for refused in (site.act(session_id, stranger), site.report(session_id, stranger, "failed")):
        assert refused.status_code == 403
        assert refused.json() == {
            "error": "Forbidden",
            "message": "Session is owned by another worker",
        }


def test_a_worker_is_told_that_its_claim_was_released(site):
    session_id, worker_id = site.run()
    site.do(session_id, "release-claim")
    for refused in (site.act(session_id, worker_id), site.report(session_id, worker_id, "failed")):
        assert refused.status_code == 409
        assert refused.json() == {
            "error": "Conflict",
            "message": "This worker's claim was released",
            "sessionId": session_id,
            "status": "queued",
        }


@pytest.mark.parametrize("ended", ["completed", "stopped"])
def test_a_worker_cannot_write_into_what_has_ended(site, ended):
    session_id, worker_id = site.run()
    if ended == "completed":
        site.finish(session_id, worker_id)
    else:
        site.clock.advance(91)
        site.do(session_id, "stop")
    refused = site.act(session_id, worker_id)
    assert (refused.status_code, refused.json()["status"]) == (409, ended)
    assert refused.json()["message"] == "This worker's claim has ended with the session"


def test_the_latest_claim_of_a_worker_is_what_counts(site):
    session_id, worker_id = site.run()
    site.do(session_id, "release-claim")
    site.claim(session_id, worker_id)
    assert site.act(session_id, worker_id).status_code == 200
    site.do(session_id, "status-override", {"status": "failed"})
    message = site.act(session_id, worker_id).json()["message"]
    assert message == "This worker's claim was ended by a status override"


def test_a_database_from_before_claims_were_remembered_opens_and_knows_its_holders(tmp_path, start):
    data = tmp_path / "data"
    with running(Config(data=data), environ={"RENSEI_HOME": str(tmp_path)}) as first:
        crew = Link(first.url, first.worker_key, 0)
        worker_id = crew.post("/api/workers/register", {})["workerId"]
        session_id = crew.post("/api/sessions", {"identifier": "ENG-1"})["sessionId"]
        crew.post(f"/api/sessions/{session_id}/claim", {"workerId": worker_id})
        crew.close()
        first.store.submit(lambda unit: unit.write("DROP TABLE claims")).result()
    site = start(in_memory=False, data=data)
    assert site.act(session_id, worker_id).status_code == 200
    assert site.do(session_id, "release-claim").status_code == 200
    assert site.act(session_id, worker_id).status_code == 409
