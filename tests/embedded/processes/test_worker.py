"""What a worker does about its sessions."""

import json
import signal
import time
from dataclasses import replace

import pytest

from rensei_cli.embedded.link import Link
from rensei_cli.embedded.platform import Config, running


def test_a_worker_takes_a_session_to_its_end(site, hire, tmp_path):
    session_id = site.enqueue("ENG-124")
    process = hire(site.platform, "quick", "--identifier", "ENG-124")
    assert process.wait(15) == 0
    session = site.session(session_id)
    assert session["status"] == "completed"
    assert site.life(session_id) == ["queued", "claimed", "running", "finalizing", "completed"]
    assert session["costUsd"] > 0
    assert session["inputTokens"] > session["outputTokens"] > 0
    activities = site.activities(session_id)["activities"]
    assert activities[-1]["type"] == "response"
    assert list(tmp_path.glob("rensei-agent-*")) == []


def test_an_agent_that_breaks_fails_its_session(site, hire):
    session_id = site.enqueue("ENG-1")
    hire(site.platform, "breaking").wait(15)
    assert site.session(session_id)["status"] == "failed"
    newest = site.activities(session_id)["activities"][-1]
    assert newest["type"] == "error"
    assert newest["content"].startswith("JSONDecodeError: ")


def test_a_stop_ends_the_agent_within_a_second(site, hire, tmp_path, until):
    session_id = site.enqueue("ENG-1")
    hire(site.platform, "repeating")
    until(lambda: len(site.activities(session_id)["activities"]) > 5)
    began_at = time.monotonic()
    assert site.do(session_id, "stop").status_code == 202
    until(lambda: site.session(session_id)["status"] == "stopped")
    assert time.monotonic() - began_at < 1.5
    until(lambda: list(tmp_path.glob("rensei-agent-*")) == [])


def test_a_prompt_is_heard_and_answered(site, hire, until):
    session_id = site.enqueue("ENG-1")
    hire(site.platform, "mending", pace=0.15)
    until(lambda: site.session(session_id)["status"] == "working")
    worker_id = site.session(session_id)["claim"]["workerId"]
    site.do(session_id, "prompt", {"prompt": "Keep it short"})

    def heard():
        contents = [one["content"] for one in site.activities(session_id)["activities"]]
        return "The operator says: Keep it short" in contents

    until(heard)
    until(lambda: site.poll(worker_id)["prompts"] == [])


def test_a_released_worker_lets_go_and_may_claim_again(site, hire, until):
    session_id = site.enqueue("ENG-1")
    hire(site.platform, "never-starting", "--identifier", "ENG-1", "--stay")
    until(lambda: site.session(session_id)["status"] == "working")
    assert site.do(session_id, "release-claim").status_code == 200
    until(lambda: site.life(session_id)[-3:] == ["claimed", "queued", "claimed"])


def test_of_two_workers_one_gets_the_session(site, hire, until):
    session_id = site.enqueue("ENG-1")
    for _ in range(2):
        hire(site.platform, "quick", pace=0.05)
    until(lambda: site.session(session_id)["status"] == "completed")
    assert site.life(session_id) == ["queued", "claimed", "running", "finalizing", "completed"]


def test_a_worker_whose_key_is_refused_gives_up(site, hire, tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text('{"workerKey": "wrong"}')
    process = hire(replace(site.platform, credentials_path=keys), "quick")
    assert process.wait(10) == 1


def test_a_prolific_worker_leaves_out_what_is_spared(site, hire, until):
    site.enqueue("ENG-8")
    spared = ("--spare", "ENG-9", "--spare", "ENG-10")
    hire(site.platform, "quick", "--identifier", "ENG-8", "--stay", "--prolific", *spared)

    def listed():
        sessions = site.operator.get("/api/public/sessions").json()["sessions"]
        return {one["identifier"] for one in sessions}

    until(lambda: {"ENG-8", "ENG-11", "ENG-12"} <= listed())
    assert not {"ENG-9", "ENG-10"} & listed()


def test_a_prolific_worker_that_stays_sees_to_its_next_issue(site, hire, until):
    site.enqueue("ENG-8")
    hire(site.platform, "quick", "--identifier", "ENG-8", "--stay", "--prolific")

    def completed():
        sessions = site.operator.get("/api/public/sessions?status=completed").json()["sessions"]
        return {one["identifier"] for one in sessions}

    until(lambda: {"ENG-8", "ENG-9"} <= completed())


@pytest.mark.parametrize("how", ["orphaned", "told"])
def test_a_worker_leaves_with_its_parent_or_when_told(site, hire, tmp_path, how, until):
    session_id = site.enqueue("ENG-1")
    process = hire(site.platform, "repeating")
    until(lambda: site.session(session_id)["status"] == "working")
    if how == "orphaned":
        process.stdin.close()
    else:
        process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 128 + signal.SIGTERM
    # an agent that was just being started sees to that itself
    until(lambda: list(tmp_path.glob("rensei-agent-*")) == [])


def test_a_worker_outlives_a_restart_of_its_platform(tmp_path, hire, until):
    environ = {"RENSEI_HOME": str(tmp_path / "home")}
    config = Config(tick_seconds=0.1)
    with running(config, environ=environ) as first:
        port = int(first.url.rpartition(":")[2])
        hire(first, "quick", "--identifier", "ENG-1", pace=0.1)
        until(lambda: workers(first) == 1)
    with running(Config(port=port), environ=environ) as second:
        body = {"trackerSessionId": "t", "identifier": "ENG-1"}
        enqueue(second, body)
        until(lambda: statuses(second) == ["completed"])


def workers(platform):
    rows = platform.store.submit(lambda unit: unit.rows("SELECT id FROM workers")).result()
    return len(rows)


def statuses(platform):
    rows = platform.store.submit(lambda unit: unit.rows("SELECT status FROM sessions")).result()
    return [row[0] for row in rows]


def enqueue(platform, body):
    key = json.loads(platform.credentials_path.read_text())["workerKey"]
    link = Link(platform.url, key, 0)
    link.post("/api/sessions", body)
    link.close()
