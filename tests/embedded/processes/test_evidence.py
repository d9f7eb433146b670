"""A session is stopped when nothing of its agent is left, and not before."""

import os
import signal
import threading
import time

import pytest

from rensei_cli.embedded.leash import Leash
from rensei_cli.embedded.run import Run


@pytest.fixture
def folders(tmp_path):
    return lambda: list(tmp_path.glob("rensei-agent-*"))


def test_when_a_session_is_stopped_nothing_of_its_agent_is_left(site, busy, living, until, folders):
    session_id = site.enqueue("ENG-1")
    _, agent, tool = busy(site.platform)
    assert len(folders()) == 1
    assert site.do(session_id, "stop").status_code == 202
    until(lambda: site.session(session_id)["status"] == "stopped")
    assert living({agent, *tool}) == set()
    assert folders() == []


def test_a_session_is_working_for_as_long_as_its_agent_lives(site, busy, living, until, folders):
    """An agent that does not heed is made to end, and its tool, which it cannot end itself."""
    session_id = site.enqueue("ENG-1")
    _, agent, tool = busy(site.platform)
    os.kill(agent, signal.SIGSTOP)
    began_at = time.monotonic()
    assert site.do(session_id, "stop").status_code == 202

    def stopped():
        status = site.session(session_id)["status"]
        assert status == "working" or living({agent, *tool}) == set()
        return status == "stopped"

    until(stopped)
    assert time.monotonic() - began_at > 2
    assert folders() == []


def test_an_agent_that_does_not_listen_does_not_keep_its_worker_from_hearing(site, busy, until):
    session_id = site.enqueue("ENG-1")
    worker, agent, _ = busy(site.platform)
    os.kill(agent, signal.SIGSTOP)
    site.do(session_id, "prompt", {"prompt": "x" * 500_000})
    worker_id = site.session(session_id)["claim"]["workerId"]
    until(lambda: site.poll(worker_id)["prompts"] == [])
    site.do(session_id, "stop")
    until(lambda: site.session(session_id)["status"] == "stopped")
    assert worker.wait(5) == 0


def test_an_agent_that_was_never_heard_is_stopped_by_its_worker(site, hire, family, until, living):
    session_id = site.enqueue("ENG-1")
    worker = hire(site.platform, "never-starting")
    until(lambda: len(family(worker.pid)) == 1)
    (agent,) = family(worker.pid)
    assert site.do(session_id, "stop").status_code == 202
    until(lambda: site.session(session_id)["status"] == "stopped")
    assert living({agent}) == set()
    assert site.life(session_id) == ["queued", "claimed", "stopped"]


def test_an_agent_that_dies_fails_its_session_and_leaves_no_tool(
    site, busy, living, until, folders
):
    session_id = site.enqueue("ENG-1")
    _, agent, tool = busy(site.platform)
    os.kill(agent, signal.SIGKILL)
    until(lambda: site.session(session_id)["status"] == "failed")
    newest = site.activities(session_id)["activities"][-1]
    assert (newest["type"], newest["content"]) == ("error", "The agent died: status -9")
    assert living(tool) == set()
    assert folders() == []


def test_the_agent_and_its_tool_end_with_a_worker_that_is_killed(
    site, busy, living, until, folders
):
    session_id = site.enqueue("ENG-1")
    worker, agent, tool = busy(site.platform)
    worker.kill()
    until(lambda: living({agent, *tool}) == set(), seconds=5)
    until(lambda: folders() == [], seconds=5)
    assert site.session(session_id)["status"] == "working", "nobody was there to say otherwise"


class Line:
    """A worker's line to nowhere that notes what is left of an agent when its end is reported."""

    def __init__(self, left):
        self._left, self.reports = left, []

    def post(self, _path, body):
        if "status" in body:
            self.reports.append((body["status"], self._left()))


def test_the_report_of_the_end_comes_after_it(family, living, until):
    agent = Leash("waiting", "ENG-1", 0.0)
    pid, tool = agent._process.pid, set()
    line = Line(lambda: living({pid, *tool}))
    run = Run(line, "wkr_1", "0" * 16, agent)
    working = threading.Thread(target=run.work)
    working.start()
    until(lambda: len(family(pid)) == 3)
    tool |= set(family(pid))
    os.kill(pid, signal.SIGSTOP)
    message = {"id": "sig_1", "sessionId": "0" * 16}
    assert run.obey([message, {**message, "sessionId": "1" * 16}], []) == ["sig_1"]
    working.join(10)
    assert line.reports == [("stopped", set())]
