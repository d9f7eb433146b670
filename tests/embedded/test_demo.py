"""The demo as a process: what it shows, and that nothing of it remains however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
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


def family(mark):
    """The processes whose environment carries this mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def until(true, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.03)


@pytest.fixture
def environ(tmp_path):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    return {**os.environ, "RENSEI_HOME": str(tmp_path / "home"), "TMPDIR": str(scratch)}


def remains(environ):
    return [
        *family(environ["RENSEI_HOME"]),
        *Path(environ["TMPDIR"]).iterdir(),
        *Path(environ["RENSEI_HOME"]).rglob("*.json"),
    ]


def test_the_demo_shows_every_kind_of_session(environ):
    with demo(environ) as world:
        assert world.wait_until_working(10)
        key = json.loads(world.credentials_path.read_text())["operatorKey"]
        link = Link(world.url, key, 0)

        def session(role):
            return link.get(f"/api/public/sessions/{world.ids[role]}")["session"]

        assert set(world.ids) == set(ROLES)
        assert world.live_id() == world.ids["live"]
        for role in ("completed", "failed", "stopped"):
            until(lambda role=role: session(role)["status"] == role)
        assert session("stopped")["remediationHistory"][0]["source"] == "webhook"
        until(lambda: is_gone(world.pids["silent"]))
        assert session("silent")["status"] == "working"
        assert session("unclaimed")["lifecycle"][-1]["status"] == "claimed"
        assert session("live")["status"] == "working"
        link.close()
        pids = world.pids
    assert all(is_gone(pid) for pid in pids.values())
    assert remains(environ) == []


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_remains_of_a_demo_that_was_ended(environ, number):
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        assert len(family(environ["RENSEI_HOME"])) > len(ROLES)
        process.send_signal(number)
        process.wait(10)
        until(lambda: remains(environ) == [])


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("seconds", [0.25, 0.5])
def test_nothing_remains_of_a_demo_interrupted_while_it_starts(environ, seconds):
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
