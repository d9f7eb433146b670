"""What an operator does, done to real workers: nothing is told that has not happened."""

import signal

from crew import check_one_writer

REASON = "wrong branch"


def test_a_stop_is_confirmed_when_nothing_of_the_agent_lives(world, operator, busy, living):
    session = world.enqueue()
    worker, agent, tool = busy(world.platform)

    code, document = operator.json("stop", session, "--yes", "--reason", REASON)

    assert living({worker.pid, agent, *tool}) == set()
    assert (code, document["stage"], document["changed"]) == (0, "confirmed", True)
    assert document["newStatus"] == "stopped"
    assert document["remediation"]["reason"] == REASON


def test_a_stop_is_pending_while_its_worker_is_frozen(world, operator, busy, living):
    session = world.enqueue()
    worker, agent, tool = busy(world.platform)
    worker.send_signal(signal.SIGSTOP)

    code, document = operator.json("stop", session, "--yes", "--wait-timeout", "1s")

    assert (code, document["stage"]) == (8, "accepted")
    assert living({agent, *tool}) == {agent, *tool}
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(15) == 0
    assert operator.json("stop", session, "--yes")[1]["stage"] == "ended"


def test_what_a_killed_worker_left_is_finished_by_another_one(
    world, operator, busy, hire, until, logged
):
    session = world.enqueue()
    killed, _, _ = busy(world.platform)
    killed.kill()
    killed.wait()
    refused, _ = operator.json("release-claim", session, "--yes")
    until(lambda: health_of(world, session) == "yellow")
    other = hire(world.platform, "quick", pace=0.2)

    code, document = operator.json("release-claim", session, "--yes", "--reason", "it was killed")

    assert refused == 7
    assert (code, document["released"], document["fate"]) == (0, True, "claimed")
    assert document["newWorkerId"] != document["previousWorkerId"]
    assert other.wait(20) == 0
    assert operator.start("show", session, "--exit-status").wait(20) == 0
    writers = check_one_writer(logged(), session)
    assert writers == [document["previousWorkerId"], document["newWorkerId"]]


def test_a_watch_tells_of_the_stop_that_another_operator_issued(world, operator, busy, until):
    session = world.enqueue()
    busy(world.platform)
    watch = operator.start("watch", session)
    until(lambda: world.platform.streams.readers == 1)

    code, _ = operator.json("stop", session, "--yes", "--reason", REASON)

    told, _ = watch.communicate(timeout=20)
    assert (code, watch.returncode) == (0, 6)
    assert f"stop signal via CLI by operator: {REASON}" in " ".join(told.split())
    assert "■ working → stopped" in told


def test_of_two_operators_who_release_at_once_one_does(world, operator, busy, until, logged):
    session = world.enqueue()
    killed, _, _ = busy(world.platform)
    killed.kill()
    killed.wait()
    until(lambda: health_of(world, session) == "yellow")

    both = [
        operator.start("release-claim", session, "--yes", "--json", "--wait-timeout", "0")
        for _ in range(2)
    ]

    assert sorted(process.wait(30) for process in both) == [0, 7]
    assert [act["status"] for act in logged() if act["act"] == "release-claim"].count(200) == 1


def health_of(world, session):
    detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)["session"]
    return detail["healthSummary"].get("color")
