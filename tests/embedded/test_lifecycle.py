from itertools import pairwise

import pytest

from rensei_cli.embedded import lifecycle


def test_a_session_goes_from_the_queue_to_its_end(site):
    session_id, worker_id = site.enqueue(), site.worker()
    assert site.session(session_id)["status"] == "queued"
    site.claim(session_id, worker_id)
    assert site.session(session_id)["status"] == "working"
    site.act(session_id, worker_id)
    site.finish(session_id, worker_id)
    assert site.session(session_id)["status"] == "completed"
    assert site.life(session_id) == ["queued", "claimed", "running", "finalizing", "completed"]


@pytest.mark.parametrize("status", ["completed", "finalizing", "failed"])
def test_a_claimed_session_cannot_skip_running(site, status):
    session_id, worker_id = site.claimed()
    answer = site.report(session_id, worker_id, status)
    assert (answer.status_code, answer.json()["error"]) == (409, "Conflict")
    assert site.life(session_id) == ["queued", "claimed"]


def test_a_running_session_does_not_complete_without_finalizing(site):
    session_id, worker_id = site.run()
    answer = site.report(session_id, worker_id, "completed")
    assert answer.status_code == 409
    assert answer.json()["message"] == "Cannot go from running to completed"


@pytest.mark.parametrize("status", ["pending", "claimed", "working", ""])
def test_a_worker_reports_only_what_is_its_own(site, status):
    session_id, worker_id = site.run()
    assert site.report(session_id, worker_id, status).status_code == 400


def test_reporting_the_same_status_again_keeps_the_figures(site):
    session_id, worker_id = site.run()
    site.report(session_id, worker_id, "running", inputTokens=1200, outputTokens=80, costUsd=0.5)
    session = site.session(session_id)
    figures = session["inputTokens"], session["outputTokens"], session["costUsd"]
    assert figures == (1200, 80, 0.5)
    assert site.life(session_id) == ["queued", "claimed", "running"]


def test_a_second_session_of_an_issue_is_parked_until_the_first_has_ended(site):
    first, worker_id = site.run("ENG-7")
    second, third = site.enqueue("ENG-7"), site.enqueue("ENG-7")
    assert site.session(second)["status"] == "parked"
    assert site.poll(worker_id)["work"] == []
    assert site.claim(second, worker_id).status_code == 409
    site.finish(first, worker_id)
    assert [site.session(one)["status"] for one in (second, third)] == ["queued", "parked"]
    assert site.life(second) == ["parked", "queued"]


def test_the_same_issue_of_another_project_does_not_wait(site):
    site.enqueue("ENG-7")
    other = site.enqueue("ENG-7", project="refunds")
    assert site.session(other)["status"] == "queued"


def test_stopping_the_first_of_an_issue_lets_the_next_go(site):
    first, second = site.enqueue("ENG-7"), site.enqueue("ENG-7")
    site.do(first, "stop")
    assert site.session(second)["status"] == "queued"


def test_a_requeued_session_of_an_issue_waits_behind_the_one_that_took_over(site):
    first, worker_id = site.run("ENG-7")
    second = site.enqueue("ENG-7")
    site.finish(first, worker_id)
    assert site.do(first, "prompt", {"prompt": "Again"}).json()["status"] == "parked"
    site.do(second, "stop")
    assert site.session(first)["status"] == "queued"


def test_only_the_ways_of_the_machine_are_allowed():
    way = ["pending", "claimed", "running", "finalizing", "completed"]
    assert all(lifecycle.allows(before, after) for before, after in pairwise(way))
    assert not any(lifecycle.allows(after, before) for before, after in pairwise(way[1:4]))
    assert not any(
        lifecycle.allows(ended, other)
        for ended in lifecycle.TERMINAL
        for other in (*lifecycle.HELD, *lifecycle.TERMINAL)
    )
