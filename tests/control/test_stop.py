"""Stopping a session of a real platform, whose worker obeys while the program waits."""

import json

import pytest
from inline_snapshot import snapshot
from pydantic import TypeAdapter

from rensei_cli.control.schema import StopDocument
from rensei_cli.embedded.platform import Thresholds


@pytest.fixture
def working(world):
    session, worker = world.enqueue(provider="claude", branch="eng-124-refunds"), world.worker()
    world.claim(session, worker)
    world.act(session, worker, content="Reading the failing test first.")
    return session, worker


@pytest.fixture
def stop(rensei):
    """Stop a session without being asked, and give exit code and document."""

    def stopped(session, *argv):
        done = rensei("session", "stop", session, "--yes", "--json", *argv)
        document = json.loads(done.stdout)
        TypeAdapter(StopDocument).validate_python(document, strict=True)
        return done.exit, document

    return stopped


def screen(done, session):
    return done.stdout.replace(session, "a1b2c3d4e5f60718").rstrip()


def history(world, session):
    detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)
    return detail["session"]["remediationHistory"]


def test_a_stop_is_confirmed_when_the_worker_shows_that_it_ended(rensei, world, working, stop):
    session, _ = working
    rensei.meanwhile += [str, lambda: world.status(*working, "stopped")]

    code, document = stop(session, "--reason", "wrong branch")

    assert (code, document["stage"], document["changed"]) == (0, "confirmed", True)
    assert (document["previousStatus"], document["newStatus"]) == ("working", "stopped")
    assert document["pending"] == "terminal_evidence"
    assert document["remediation"]["reason"] == "wrong branch"
    assert document["remediation"]["source"] == "cli"
    # Two looks saw it working, one that it had ended, and one more that it was quiet.
    assert document["waitedSeconds"] == sum(rensei.slept) == 1.5


def test_a_stop_is_not_confirmed_while_the_worker_still_talks(rensei, world, working, stop):
    session, worker = working
    acted = world.call

    def talk():
        body = {"workerId": worker, "activity": {"type": "thought", "content": "one moment"}}
        acted("POST", f"/api/sessions/{session}/activity", body)

    rensei.meanwhile += [talk, talk, lambda: world.status(*working, "stopped"), str, str]

    code, document = stop(session)

    assert (code, document["stage"]) == (0, "confirmed")
    assert len(rensei.slept) == 4


def test_a_stop_that_is_not_confirmed_in_time_is_pending(rensei, working, stop):
    code, document = stop(working[0], "--wait-timeout", "10s")

    assert (code, document["stage"], document["changed"]) == (8, "accepted", False)
    assert (document["newStatus"], document["waitedSeconds"]) == ("working", 10.0)
    assert sum(rensei.slept) == 10.0


def test_without_waiting_an_accepted_stop_is_enough(rensei, working, stop):
    code, document = stop(working[0], "--no-wait")

    assert (code, document["stage"]) == (0, "accepted")
    assert document["remediation"]["action"] == "stop_signal"
    assert rensei.slept == []


def test_a_waiting_session_is_stopped_at_once_with_a_receipt(world, stop):
    code, document = stop(world.enqueue())

    assert (code, document["stage"], document["newStatus"]) == (0, "confirmed", "stopped")
    assert document["receipt"]["kind"] == "session_stop"
    assert document["receipt"]["disposition"] == "stopped"


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_what_has_ended_is_left_as_it_is(world, stop, status):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    for step in ("running", "finalizing", status):
        world.status(session, worker, step)

    code, document = stop(session)

    assert (code, document["stage"], document["changed"]) == (0, "ended", False)
    assert document["newStatus"] == status
    assert history(world, session) == []


def test_a_session_that_completes_after_the_stop_was_accepted_has_completed(
    rensei, world, working, stop
):
    def complete():
        world.status(*working, "finalizing")
        world.status(*working, "completed")

    rensei.meanwhile.append(complete)

    code, document = stop(working[0])

    assert (code, document["stage"], document["changed"]) == (0, "confirmed", False)
    assert document["newStatus"] == "completed"


def test_the_same_stop_by_two_operators_is_recorded_for_each(rensei, world, working, stop):
    session, _ = working

    def another():
        body = {"reason": "no budget left"}
        world.call("POST", f"/api/public/sessions/{session}/stop", body, operator=True)

    rensei.meanwhile += [another, lambda: world.status(*working, "stopped")]

    code, document = stop(session, "--reason", "wrong branch")

    assert (code, document["stage"]) == (0, "confirmed")
    assert document["remediation"]["reason"] == "wrong branch"
    assert [entry["reason"] for entry in history(world, session)] == [
        "wrong branch",
        "no budget left",
    ]


def test_a_rehearsal_sends_nothing(rensei, world, working):
    done = rensei("session", "stop", working[0], "--dry-run", "--json")

    assert (done.exit, json.loads(done.stdout)["stage"]) == (0, "planned")
    assert history(world, working[0]) == []


def test_without_a_terminal_it_needs_a_yes(rensei, world, working):
    done = rensei("session", "stop", working[0])

    assert (done.exit, done.stdout) == (2, "")
    assert f"try: rensei session stop {working[0]} --yes" in done.stderr
    assert history(world, working[0]) == []


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("", "the reason is empty"),
        ("  \n ", "the reason is empty"),
        ("x" * 200_000, "the reason has 200000 characters; servers keep 1024"),
    ],
    ids=["empty", "blank", "200 kB"],
)
def test_a_reason_says_something_in_few_words(rensei, world, working, reason, why):
    done = rensei("session", "stop", working[0], "--yes", "--reason", reason)

    assert (done.exit, done.stdout) == (2, "")
    assert why in done.stderr
    assert history(world, working[0]) == []


def test_control_characters_of_a_reason_are_sent_as_what_they_look_like(world, working, stop):
    stop(working[0], "--no-wait", "--reason", "red \x1b[31m\nand\tblue")

    assert [entry["reason"] for entry in history(world, working[0])] == ["red ␛[31m and blue"]


def test_an_unknown_session_is_not_found(rensei, world):
    assert world.enqueue()

    done = rensei("session", "stop", "0" * 16, "--yes")

    assert done.exit == 5
    assert "session 0000000000000000 not found" in done.stderr


def test_an_issue_with_two_live_sessions_is_ambiguous(rensei, world):
    ids = {world.enqueue("ENG-5", trackerSessionId=name) for name in ("a", "b")}

    done = rensei("session", "stop", "ENG-5", "--yes")

    assert done.exit == 2
    assert all(one in done.stderr for one in ids)
    assert [entry for one in ids for entry in history(world, one)] == []


def test_the_stages_of_a_stop_on_the_screen(rensei, world, working):
    rensei.meanwhile += [str, lambda: world.status(*working, "stopped")]

    done = rensei("session", "stop", working[0], "--yes", "--reason", "wrong branch")

    assert done.exit == 0
    assert screen(done, working[0]) == snapshot("""\
■ stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ✓ confirmed after 1s ─────────────────────────────────────────────────╮
│ ✓ requested  wrong branch                                                    │
│ ✓ accepted   202: the server says delivered, pending terminal evidence       │
│ ✓ confirmed  stopped, and two more reads brought nothing new                 │
│ recorded:                                                                    │
│   stop signal via CLI by operator                                            │
│   wrong branch                                                               │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718        what it did
  rensei session prompt a1b2c3d4e5f60718 "…"  go on: a prompt starts it again\
""")
    assert "accepted; waiting for the session to end, 30 s at most" in done.stderr


def test_a_stop_that_is_pending_on_the_screen(rensei, working):
    done = rensei("session", "stop", working[0], "--yes", "--wait-timeout", "0")

    assert done.exit == 8
    assert screen(done, working[0]) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ! accepted ───────────────────────────────────────────────────────────╮
│ ✓ requested  without a reason                                                │
│ ✓ accepted   202: the server says delivered, pending terminal evidence       │
│ – confirmed  not seen so far                                                 │
│ ! the session still runs: its worker has not shown that the agent ended      │
│ recorded:                                                                    │
│   stop signal via CLI by operator                                            │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  see whether it ends
  rensei session show a1b2c3d4e5f60718   what it did\
""")


def test_a_stop_of_what_has_ended_on_the_screen(rensei, world):
    session = world.enqueue()
    rensei("session", "stop", session, "--yes")

    done = rensei("session", "stop", session, "--yes")

    assert done.exit == 0
    assert screen(done, session) == snapshot("""\
■ stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development
╭─ Stop  ✓ nothing to stop ────────────────────────────────────────────────────╮
│ it has ended already (stopped); nothing was sent                             │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718        what it did
  rensei session prompt a1b2c3d4e5f60718 "…"  go on: a prompt starts it again\
""")


def test_the_stop_of_a_silent_worker_claims_no_more_than_is_known(rensei, platform):
    world = platform(thresholds=Thresholds(stale_heartbeat_ms=0))
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.act(session, worker)

    done = rensei("session", "stop", session, "--yes")

    assert done.exit == 0
    assert "its agent may still run somewhere" in done.stdout
