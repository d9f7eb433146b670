"""Repetition in a stream of activities."""

import pytest

from rensei_cli.api.activity import read_activity
from rensei_cli.session.loops import arguments, is_call, last_run, repeats


def action(content="", tool="Bash", **more):
    return read_activity({"id": "1", "type": "action", "content": content, "toolName": tool} | more)


@pytest.mark.parametrize(
    ("activity", "told"),
    [
        (action("Bash: pytest -q"), "pytest -q"),
        (action("Read src/app.py", "Read"), "src/app.py"),
        (action("Bash: pytest -q", "mcp__shell__Bash"), "pytest -q"),
        (action("pytest -q"), "pytest -q"),
        (action("Basher: x"), "Basher: x"),
        (action("ls", toolInput={"command": "pytest -q", "timeout": 3}), "pytest -q"),
        (action("x", toolInput={"b": 1, "a": [2]}), '{"b": 1, "a": [2]}'),
        (action("x", toolInput={}), "x"),
        (action("", "Bash"), ""),
    ],
)
def test_what_a_tool_was_called_with(activity, told):
    assert arguments(activity) == told


def test_a_result_posted_as_an_action_is_no_call():
    assert is_call(action("Bash: ls"))
    assert not is_call(action("Bash result: a.py"))
    assert not is_call(action("Bash: ls", tool=None))
    assert not is_call(read_activity({"type": "thought", "content": "Bash", "toolName": "Bash"}))


def test_the_last_stretch_is_counted_over_results_and_thoughts(at):
    stream = [
        action("Read: a.py", "Read", timestamp=at(90)),
        action("Bash: ls", timestamp=at(80)),
        action("Bash result: a.py"),
        read_activity({"type": "thought", "content": "again"}),
        action("Bash: pytest", timestamp=at(50)),
        action("Bash: pytest", timestamp=at(20)),
    ]

    run = last_run(stream)

    assert (run.tool, run.calls, run.identical, run.distinct) == ("Bash", 3, 2, 2)
    assert (run.sample, run.seconds) == ("pytest", 60)


def test_without_a_call_there_is_no_stretch():
    assert last_run([]) is None
    assert last_run([read_activity({"type": "thought", "content": "x"})]) is None


def test_a_stretch_without_times_has_no_duration():
    assert last_run([action("Bash: a"), action("Bash: b")]).seconds is None


@pytest.mark.parametrize(
    ("calls", "identical", "looping"),
    [(14, 13, True), (14, 8, True), (14, 7, False), (14, 1, False), (2, 2, True), (2, 1, False)],
)
def test_mostly_equal_calls_are_a_loop(calls, identical, looping):
    assert repeats(calls, identical) is looping
