"""However a session changes hands, it has one writer at any moment."""

import signal

import pytest
from crew import check_one_writer


def holder(site, session_id):
    return site.session(session_id)["claim"]["workerId"]


def test_another_worker_finishes_what_a_killed_one_left(site, busy, hire, logged):
    session_id = site.enqueue("ENG-1")
    worker, _, _ = busy(site.platform)
    first = holder(site, session_id)
    worker.kill()
    worker.wait()
    assert site.do(session_id, "release-claim").json()["previousWorkerId"] == first
    assert hire(site.platform, "quick").wait(20) == 0
    assert site.session(session_id)["status"] == "completed"
    writers = check_one_writer(logged(), session_id)
    assert (writers[0], len(writers)) == (first, 2)


def test_a_frozen_worker_that_wakes_is_refused_and_lets_go(site, busy, living, logged):
    session_id = site.enqueue("ENG-1")
    worker, agent, tool = busy(site.platform)
    first = holder(site, session_id)
    worker.send_signal(signal.SIGSTOP)
    assert site.do(session_id, "release-claim").status_code == 200
    busy(site.platform)
    second = holder(site, session_id)
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(10) == 0
    assert living({agent, *tool}) == set()
    assert holder(site, session_id) == second
    refused = [one for one in logged() if one["status"] == 409]
    assert {(one["workerId"], one["sessionId"]) for one in refused} == {(first, session_id)}
    assert {one["act"] for one in refused} <= {"activity", "status"}
    assert check_one_writer(logged(), session_id) == [first, second]


@pytest.mark.parametrize("agent", ["repeating", "mending"])
def test_of_a_run_that_was_released_in_full_swing_nothing_is_written_later(
    site, hire, until, logged, agent
):
    session_id = site.enqueue("ENG-1")
    worker = hire(site.platform, agent)
    until(lambda: len(site.activities(session_id)["activities"]) > 3)
    worker.send_signal(signal.SIGSTOP)
    site.do(session_id, "release-claim")
    assert hire(site.platform, "quick").wait(20) == 0
    told = site.activities(session_id)["activities"]
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(10) == 0
    assert site.activities(session_id)["activities"] == told
    assert len(check_one_writer(logged(), session_id)) == 2
    assert [one["status"] for one in logged()][-1] == 409


def test_a_silent_worker_that_comes_back_to_a_stopped_session_is_refused(
    site, busy, living, logged
):
    session_id = site.enqueue("ENG-1")
    worker, agent, tool = busy(site.platform)
    worker.send_signal(signal.SIGSTOP)
    site.clock.advance(91)
    assert site.do(session_id, "stop").status_code == 200
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(10) == 0
    assert living({agent, *tool}) == set()
    assert logged()[-1]["status"] == 409
    assert site.session(session_id)["status"] == "stopped"
