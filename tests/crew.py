"""Workers and their agents as real processes, and what a log says of who wrote."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import groupby

import pytest


def end(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdin.close()


@pytest.fixture
def hire(tmp_path):
    """Start a worker for a platform; each is gone when the test is."""
    with ExitStack() as undo:

        def hired(platform, agent, *arguments, pace=0.0):
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "rensei_cli.embedded.worker"),
                    *("--url", platform.url, "--credentials", str(platform.credentials_path)),
                    *("--agent", agent, "--pace", str(pace), *arguments),
                ],
                stdin=subprocess.PIPE,
                env={**os.environ, "TMPDIR": str(tmp_path)},
                start_new_session=True,
            )
            undo.callback(end, process)
            return process

        yield hired


def _until(true, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def until():
    return _until


def _parents():
    """Every process that lives and its parent; one that only waits to be noticed does not."""
    command = ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat="]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rows = map(str.split, told.splitlines())
    return {int(row[0]): int(row[1]) for row in rows if not row[3].startswith("Z")}


@pytest.fixture
def living():
    """Those of some processes that live."""
    return lambda pids: _parents().keys() & pids


@pytest.fixture
def family():
    """What a process has started, and what that has, in the order it was started."""

    def descendants(pid):
        parents, found = _parents(), [pid]
        for one in found:
            found += sorted(child for child, parent in parents.items() if parent == one)
        return found[1:]

    return descendants


@pytest.fixture
def busy(hire, family, until):
    """Start a worker whose agent runs a tool; gives the worker, the agent and the tool's parts."""

    def started(platform, *arguments):
        worker = hire(platform, "waiting", *arguments)
        # the agent, a shell, and the two commands of its pipeline
        until(lambda: len(family(worker.pid)) == 4)
        agent, *tool = family(worker.pid)
        return worker, agent, tool

    return started


def check_one_writer(acts, session_id):
    """Every write that was taken lies inside its own worker's claim; gives the writers in order."""
    holder, writers = None, []
    for act in (one for one in acts if one.get("sessionId") == session_id):
        if act["status"] >= 400:
            continue
        if act["act"] == "claim":
            assert holder is None
            holder = act["workerId"]
        elif act["act"] in {"release-claim", "status-override"}:
            holder = None
        elif act["act"] in {"activity", "status"}:
            assert act["workerId"] == holder
            writers.append(holder)
    return [worker_id for worker_id, _ in groupby(writers)]
