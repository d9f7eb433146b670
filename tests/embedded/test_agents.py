import itertools
import json
import time
from pathlib import Path

import pytest

from rensei_cli.api.activity import read_activity
from rensei_cli.embedded import agent as agents
from rensei_cli.embedded.steps import Pause, Say, Usage, Use, played
from rensei_cli.embedded.tasks import TASKS, task_for
from rensei_cli.embedded.tools import Workspace, shortened
from rensei_cli.watch.repeats import Repeats


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def done(workspace):
    return lambda agent: list(played(agent, workspace))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.module)
def test_every_task_has_two_real_bugs_that_the_agent_mends(done, task):
    activities = done(agents.mending(task))
    runs = [one["isError"] for one in activities if "unittest -q" in one["content"]]
    assert runs == [True, False, True, False]
    actions = [one for one in activities if one["type"] == "action"]
    assert not any(one["isError"] for one in actions if "unittest -q" not in one["content"])
    assert "... ok" in actions[-2]["toolOutput"]
    assert activities[-1] == {"type": "response", "content": task.summary}
    assert {one["type"] for one in activities} == {
        *("thought", "action", "context", "progress", "response"),
    }


def test_who_tends_never_ends_and_never_repeats_a_call(workspace):
    task = task_for("ENG-128")
    activities = list(itertools.islice(played(agents.tending(task), workspace), 60))
    assert len(activities) == 60
    calls = [one for one in activities if one["type"] == "action"]
    assert [one["content"] for one in calls if one["isError"]] == ["Bash: python -m unittest -q"]
    rounds = calls[-12:]
    assert {one["toolName"] for one in rounds} == {"Bash", "Read", "Edit"}
    events = [read_activity({"id": str(n), **one}) for n, one in enumerate(activities)]
    repeats = Repeats()
    seen = [repeats.see(event) for event in events]
    assert not any(one.is_folded for one in seen if one)


def test_an_action_says_what_was_done_and_what_came_of_it(done):
    given = {"command": "echo hi; exit 3"}

    def agent():
        yield Use("Bash", given)

    (activity,) = done(agent())
    assert activity["content"] == "Bash: echo hi; exit 3"
    assert (activity["toolInput"], activity["toolOutput"]) == (given, "hi")
    assert activity["isError"] is True
    assert activity["durationMs"] < 5_000


@pytest.mark.parametrize(
    ("tool", "given", "output"),
    [
        ("Read", {"file_path": "no.py"}, "FileNotFoundError: No such file or directory"),
        (
            "Edit",
            {"file_path": "a.txt", "old_string": "x", "new_string": "y"},
            "old_string occurs 2 times in a.txt",
        ),
    ],
)
def test_a_tool_that_fails_says_why(workspace, tool, given, output):
    workspace.use("Write", {"file_path": "a.txt", "content": "x x\n"})
    result = workspace.use(tool, given)
    assert (result.output, result.is_error) == (output, True)


def test_long_output_keeps_both_ends():
    cut = shortened("a" * 5000 + "z" * 5000)
    assert len(cut) <= 2000
    assert cut.startswith("aaa")
    assert cut.endswith("zzz")
    assert "characters left out" in cut
    assert shortened("short") == "short"


def test_a_command_takes_what_it_started_with_it_and_a_workspace_its_folder(tmp_path):
    (tmp_path / "work").mkdir()
    with Workspace(tmp_path / "work") as workspace:
        workspace.use("Bash", {"command": "sleep 60 > log 2>&1 & echo $! > pid"})
        pid = int((workspace.folder / "pid").read_text())
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(pid)


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_breaking_agent_breaks_on_what_it_read(done):
    with pytest.raises(json.JSONDecodeError):
        done(agents.breaking(TASKS[0]))


def test_the_repeating_agent_runs_one_command_until_it_notices(workspace):
    agent, kinds = agents.repeating(TASKS[0]), []
    step = next(agent)
    while not isinstance(step, Say) or "Nothing" not in step.text:
        if isinstance(step, Use) and step.tool != "Bash":
            result = workspace.use(step.tool, step.given)
        else:
            result = workspace.use("Bash", {"command": "true"})
        kinds.append(step)
        try:
            step = agent.send(result)
        except StopIteration:
            break
    repeated = [one for one in kinds if one == Use("Bash", {"command": "python -m unittest -q"})]
    pauses = sum(one.seconds for one in kinds if isinstance(one, Pause))
    assert len(repeated) >= 25
    assert pauses >= 20, "long enough for the demo's 20 seconds until it is called a loop"
    assert isinstance(kinds[-1], Say)


def test_consecutive_issues_have_different_tasks():
    tasks = [task_for(f"ENG-{number}") for number in range(124, 128)]
    assert len({task.title for task in tasks}) == len(TASKS) >= 3


def test_usage_counts_the_real_text():
    usage = Usage()
    usage.add({"content": "x" * 40})
    usage.add({"content": "", "toolInput": {"command": "y" * 80}, "toolOutput": "z" * 400})
    usage.add({"content": "w" * 40})
    assert usage.fields() == {
        "inputTokens": (40 + 40 + 80 + 400) // 4,
        "outputTokens": (40 + 80 + 40) // 4,
        "costUsd": round((140 * 3 + 40 * 15) / 1_000_000, 6),
    }
