"""The demo as a process: what it shows, and that nothing of it remains however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from rensei_cli.embedded.demo import ROLES, demo
from rensei_cli.embedded.link import Link

SCRIPT = """
import os, signal, sys
from rensei_cli.embedded.demo import demo
signal.signal(signal.SIGTERM, signal.default_int_handler)
with demo(os.environ) as world:
    world.wait_until_working(10)
    print("ready", flush=True)
    signal.pause()
"""


def marked(mark):
    """The processes whose environment carries this mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.fixture
def environ(tmp_path):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    return {**os.environ, "RENSEI_HOME": str(tmp_path / "home"), "TMPDIR": str(scratch)}


def remains(environ):
    return [
        *marked(environ["RENSEI_HOME"]),
        *Path(environ["TMPDIR"]).iterdir(),
        *Path(environ["RENSEI_HOME"]).rglob("*.json"),
    ]


def test_the_demo_shows_every_kind_of_session(environ, until):
    with demo(environ) as world:
        assert world.wait_until_working(10)
        link = operators(world)

        def session(role):
            return link.get(f"/api/public/sessions/{world.ids[role]}")["session"]

        assert set(world.ids) == set(ROLES)
        for role in ("completed", "failed", "stopped"):
            until(lambda role=role: session(role)["status"] == role)
        assert session("stopped")["remediationHistory"][0]["source"] == "webhook"
        until(lambda: is_gone(world.pids["silent"]))
        assert session("silent")["status"] == "working"
        assert session("unclaimed")["lifecycle"][-1]["status"] == "claimed"
        assert session("live")["status"] == "working"
        until(lambda: session("steady")["status"] == "working")
        steady = world.ids["steady"]
        link.post(f"/api/public/sessions/{steady}/stop", {"reason": "enough"})
        until(lambda: session("steady")["status"] == "stopped")
        link.close()
        pids = world.pids
    assert all(is_gone(pid) for pid in pids.values())
    assert remains(environ) == []


def test_a_standby_finishes_what_the_bad_workers_held_once_it_is_released(environ, until, living):
    with demo(environ) as world, closing(operators(world)) as link:
        until(lambda: "standby" in world.pids)
        until(lambda: is_gone(world.pids["silent"]))
        bad = {world.ids[role] for role in ("silent", "unclaimed")}
        ends = {one["id"]: one["status"] for one in sessions(link) if one["id"] in bad}
        assert ends == dict.fromkeys(bad, "working"), "not before they are released"
        for session_id in bad:
            link.post(f"/api/public/sessions/{session_id}/release-claim", {})
        for session_id in bad:
            path = f"/api/public/sessions/{session_id}"
            until(lambda path=path: link.get(path)["session"]["status"] == "completed")
            life = [one["status"] for one in link.get(path)["session"]["lifecycle"]]
            assert life.count("claimed") == 2
        until(lambda: living({world.pids["unclaimed"]}) == set())
        assert living({world.pids["standby"]}) != set()
        others = {
            one["identifier"] for one in sessions(link) if one["id"] not in world.ids.values()
        }
        assert others <= {"ENG-125", "ENG-126"}, "only the live one enqueues"


def operators(world):
    return Link(world.url, json.loads(world.credentials_path.read_text())["operatorKey"], 0)


def sessions(link):
    return link.get("/api/public/sessions")["sessions"]


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_remains_of_a_demo_that_was_ended(environ, number, until):
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        assert len(marked(environ["RENSEI_HOME"])) > len(ROLES)
        process.send_signal(number)
        process.wait(10)
        until(lambda: remains(environ) == [])


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("seconds", [0.25, 0.5])
def test_nothing_remains_of_a_demo_interrupted_while_it_starts(environ, seconds, until):
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        process.wait(10)
        until(lambda: remains(environ) == [])
