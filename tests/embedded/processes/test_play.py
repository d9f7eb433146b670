"""An agent's process by itself: what it says, what it hears, and how it ends."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from rensei_cli.embedded.family import end_session, processes_by_proc, processes_by_ps
from rensei_cli.embedded.leash import Leash


@pytest.fixture
def play(tmp_path):
    with ExitStack() as undo:

        def started(agent, pace=0.0):
            (tmp_path / "work").mkdir()
            given = [agent, "ENG-1", str(pace), str(tmp_path / "work")]
            process = undo.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "rensei_cli.embedded.play", *given],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            )
            undo.callback(process.kill)
            return process

        yield started


@pytest.fixture
def busy_tool(family, until):
    """Wait for an agent's tool to run: a shell and the two commands of its pipeline."""

    def started(agent):
        until(lambda: len(family(agent)) == 3)
        return family(agent)

    return started


def told(process):
    return [json.loads(line) for line in process.stdout]


def test_an_agent_tells_each_step_and_completes(play, tmp_path):
    process = play("quick")
    activities = told(process)
    assert process.wait(5) == 0
    assert [one["type"] for one in activities][-2:] == ["progress", "response"]
    assert list(tmp_path.iterdir()) == []


def test_an_agent_that_breaks_says_so_and_fails(play, tmp_path):
    process = play("breaking")
    newest = told(process)[-1]
    assert process.wait(5) == 1
    assert (newest["type"], newest["content"][:16]) == ("error", "JSONDecodeError:")
    assert list(tmp_path.iterdir()) == []


def test_an_agent_hears_what_is_said_to_it(play):
    process = play("quick", 0.05)
    process.stdin.write(b'"Mind\\n the gap"\n')
    process.stdin.flush()
    contents = [one["content"] for one in told(process)]
    heard = contents.index("The operator says: Mind\n the gap")
    assert contents[heard + 1] == "Understood. I go on with that in mind."


@pytest.mark.parametrize("how", ["orphaned", "told"])
def test_an_agent_ends_its_tool_and_removes_its_folder(play, tmp_path, busy_tool, living, how):
    process = play("waiting")
    tool = busy_tool(process.pid)
    if how == "orphaned":
        process.stdin.close()
    else:
        process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 128 + signal.SIGTERM
    assert living(tool) == set()
    assert list(tmp_path.iterdir()) == []


def test_an_agent_nobody_listens_to_ends(play, tmp_path):
    process = play("repeating")
    process.stdout.close()
    assert process.wait(5) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_agent_whose_folder_is_gone_is_not_wanted_any_more(play, tmp_path):
    process = play("quick")
    (tmp_path / "work").rmdir()
    assert process.wait(5) == 1
    assert list(tmp_path.iterdir()) == []


LISTINGS = [
    pytest.param(
        processes_by_proc,
        marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells so"),
    ),
    processes_by_ps,
]


@pytest.mark.parametrize("listing", LISTINGS)
def test_all_of_a_session_ends_whatever_its_group_and_parent(listing, living, until, family):
    """`set -m` gives each command a group of its own, and the shell leaves them orphaned."""
    script = "set -m; sleep 60 & sleep 60 & wait"
    with subprocess.Popen(["/bin/sh", "-c", script], start_new_session=True) as leader:
        until(lambda: len(family(leader.pid)) == 2)
        children = family(leader.pid)
        leader.kill()
    assert living(children) == set(children)
    end_session(leader.pid, listing)
    assert living(children) == set()


def test_a_process_does_not_end_itself_with_its_session():
    script = (
        "import os, subprocess;"
        "from rensei_cli.embedded.family import end_session;"
        "child = subprocess.Popen(['sleep', '60']);"
        "end_session(os.getpid());"
        "raise SystemExit(child.wait() == -9 and 7)"
    )
    began_at = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], start_new_session=True, check=False)
    assert done.returncode == 7
    assert time.monotonic() - began_at < 30


def test_nothing_more_is_given_of_an_agent_that_was_told_to_end():
    with Leash("repeating", "ENG-1", 0.0) as leash:
        activities = leash.activities()
        assert next(activities)["type"] == "thought"
        leash.end()
        assert list(activities) == []
    assert leash.exit_status is None
