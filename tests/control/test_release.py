"""Releasing the claim of a real platform's worker, and who has the session afterwards."""

import json

import pytest
from inline_snapshot import snapshot
from pydantic import TypeAdapter

from rensei_cli.control.schema import ReleaseDocument
from rensei_cli.embedded.platform import Thresholds


@pytest.fixture
def stuck(platform):
    """A session whose worker has been silent for too long."""
    world = platform(thresholds=Thresholds(stale_heartbeat_ms=0))
    session, worker = world.enqueue("ENG-119"), world.worker()
    world.claim(session, worker)
    world.act(session, worker)
    return world, session, worker


@pytest.fixture
def live(world):
    session, worker = world.enqueue("ENG-119"), world.worker()
    world.claim(session, worker)
    world.act(session, worker)
    return session, worker


@pytest.fixture
def release(rensei):
    """Release a claim without being asked, and give exit code and document."""

    def released(session, *argv):
        done = rensei("session", "release-claim", session, "--yes", "--json", *argv)
        document = json.loads(done.stdout)
        if "error" not in document:
            TypeAdapter(ReleaseDocument).validate_python(document, strict=True)
        return done.exit, document

    return released


def history(world, session):
    detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)
    return detail["session"]["remediationHistory"]


def test_a_released_session_is_taken_by_another_worker(rensei, stuck, release):
    world, session, worker = stuck
    other = world.worker("w2")
    rensei.meanwhile += [str, lambda: world.claim(session, other)]

    code, document = release(session, "--reason", "its machine is gone")

    assert (code, document["released"], document["fate"]) == (0, True, "claimed")
    assert (document["previousStatus"], document["newStatus"]) == ("working", "working")
    assert (document["previousWorkerId"], document["newWorkerId"]) == (worker, other)
    assert document["remediation"]["reason"] == "its machine is gone"
    assert document["remediation"]["newStatus"] == "queued"


def test_a_released_session_may_wait_in_the_queue(rensei, stuck, release):
    _, session, worker = stuck

    code, document = release(session)

    assert (code, document["released"], document["fate"]) == (0, True, "queued")
    assert (document["newStatus"], document["previousWorkerId"]) == ("queued", worker)
    assert document["newWorkerId"] is None
    assert sum(rensei.slept) == document["waitedSeconds"] == 30.0


def test_the_same_worker_may_claim_it_again(rensei, stuck, release):
    world, session, worker = stuck
    rensei.meanwhile.append(lambda: world.claim(session, worker))

    code, document = release(session)

    assert (code, document["fate"]) == (0, "claimed")
    assert document["newWorkerId"] == document["previousWorkerId"] == worker


def test_a_session_that_ends_after_its_release_has_ended(rensei, stuck, release):
    world, session, _ = stuck
    stop = f"/api/public/sessions/{session}/stop"
    rensei.meanwhile.append(lambda: world.call("POST", stop, {}, operator=True))

    code, document = release(session)

    assert (code, document["fate"], document["newStatus"]) == (0, "ended", "stopped")


def test_a_live_claim_is_not_released(rensei, world, live):
    session, _ = live

    done = rensei("session", "release-claim", session, "--yes")

    assert (done.exit, done.stdout) == (7, "")
    assert "the worker answered 0 s ago; releasing now can put two agents on ENG-119" in done.stderr
    assert f"try: rensei session release-claim {session} --force" in done.stderr
    assert history(world, session) == []


def test_with_force_a_live_claim_is_released(live, release):
    code, document = release(live[0], "--force", "--wait-timeout", "0")

    assert (code, document["released"], document["fate"]) == (0, True, "queued")


def test_a_claim_that_never_began_may_be_released(platform, release):
    world = platform(thresholds=Thresholds(claim_ms=0))
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)

    code, document = release(session, "--wait-timeout", "0")

    assert (code, document["released"]) == (0, True)


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["plainly", "with force"])
def test_there_is_nothing_to_release_in_the_queue(world, release, force):
    code, document = release(world.enqueue(), *force)

    assert (code, document["error"]["code"]) == (7, "refused")
    assert document["error"]["message"] == "nothing is claimed: no worker holds ENG-124"


def test_there_is_nothing_to_release_after_the_end(world, release):
    session = world.enqueue()
    world.call("POST", f"/api/public/sessions/{session}/stop", {}, operator=True)

    code, document = release(session)

    assert code == 7
    assert document["error"]["message"] == "ENG-124 has ended (stopped): nobody holds it"


def test_only_the_expected_worker_loses_its_claim(stuck, release):
    world, session, worker = stuck

    code, document = release(session, "--expect-worker", "wkr_other")

    assert code == 7
    assert document["error"]["message"] == f"{worker} holds ENG-119, not wkr_other"
    assert history(world, session) == []
    assert release(session, "--expect-worker", worker, "--wait-timeout", "0")[0] == 0


def test_a_requested_stop_comes_before_a_release(world, live, release):
    session, worker = live
    world.call("POST", f"/api/public/sessions/{session}/stop", {}, operator=True)

    code, document = release(session, "--force")

    assert (code, document["error"]["refusal"]["code"]) == (7, "STOP_PENDING")
    detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)["session"]
    assert detail["claim"]["workerId"] == worker


def test_a_rehearsal_says_what_speaks_against_it(world, live, release):
    code, document = release(live[0], "--dry-run")

    assert (code, document["sent"], document["released"]) == (7, False, False)
    assert document["objection"].startswith("the worker answered")
    assert history(world, live[0]) == []


def test_a_rehearsal_of_what_may_be_released(stuck, release):
    code, document = release(stuck[1], "--dry-run")

    assert (code, document["sent"], document["objection"]) == (0, False, None)


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["plainly", "with force"])
def test_without_a_terminal_it_needs_a_yes(rensei, stuck, force):
    done = rensei("session", "release-claim", stuck[1], *force)

    assert (done.exit, done.stdout) == (2, "")
    given = " ".join([*force, "--yes"])
    assert f"try: rensei session release-claim {stuck[1]} {given}" in done.stderr


def screen(done, session, *workers):
    text = done.stdout.replace(session, "a1b2c3d4e5f60718")
    for number, worker in enumerate(workers, 1):
        text = text.replace(worker, f"wkr_00000000000{number}")
    return text.rstrip()


def test_a_release_on_the_screen(rensei, stuck):
    world, session, worker = stuck
    other = world.worker("w2")
    rensei.meanwhile += [str, lambda: world.claim(session, other)]

    done = rensei("session", "release-claim", session, "--yes", "--reason", "its machine is gone")

    assert screen(done, session, worker, other) == snapshot("""\
● working  ENG-119  Retry failed refunds
  a1b2c3d4e5f60718 · development
╭─ Claim  ✓ released ──────────────────────────────────────────────────────────╮
│ released from wkr_000000000001; wkr_000000000002 claimed it                  │
│ ! wkr_000000000001 was last heard of 0s ago: its agent may still run         │
│   somewhere                                                                  │
│ recorded:                                                                    │
│   claim released via CLI by operator, working → queued                       │
│   its machine is gone                                                        │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  follow it\
""")
    assert "released; watching who takes it, 30 s at most" in done.stderr
