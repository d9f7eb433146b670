"""What the events of a session's stream mean, in every shape that servers are known to use."""

import json

import pytest

from rensei_cli.api.activity import Activity
from rensei_cli.api.reports import HealthReport, RemediationEntry
from rensei_cli.api.sse import ServerEvent
from rensei_cli.api.stream import StatusHint, read_message

ACTIVITY = {"id": "7", "type": "thought", "content": "hm", "timestamp": "2026-06-03T12:00:00Z"}


def read(body, event="", event_id=""):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_message(ServerEvent(event, data, event_id))


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("activity", ACTIVITY),
        ("activity", {"activity": ACTIVITY}),
        ("", {"activity": ACTIVITY}),
        ("message", {"activity": ACTIVITY}),
        ("", {"type": "activity", "payload": ACTIVITY}),
        ("", {"type": "activity", "data": ACTIVITY}),
        ("update", {"data": {"activity": ACTIVITY}}),
        ("", {"activities": [ACTIVITY]}),
        ("", ACTIVITY),
    ],
)
def test_an_activity_comes_in_many_wrappings(event, body):
    [found] = read(body, event)
    assert isinstance(found, Activity)
    assert (found.id, found.type, found.content) == ("7", "thought", "hm")


def test_an_activity_in_the_other_spelling_is_one():
    body = {"id": "7", "type": "response", "body": "done", "createdAt": "2026-06-03T12:00:00Z"}
    [found] = read(body)
    assert (found.content, found.at.hour) == ("done", 12)


def test_an_activity_without_an_id_takes_that_of_its_event():
    [found] = read({"type": "thought", "content": "hm"}, "activity", "9")
    assert found.id == "9"


def test_an_activity_keeps_its_own_id():
    [found] = read(ACTIVITY, "activity", "bus-4711")
    assert found.id == "7"


def test_a_page_tells_its_activities_and_its_status():
    first, second, hint = read({"activities": [ACTIVITY, ACTIVITY, 3], "sessionStatus": "working"})
    assert isinstance(first, Activity)
    assert isinstance(second, Activity)
    assert hint == StatusHint("working")


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("status", {"sessionStatus": "failed", "previousStatus": "working"}),
        ("", {"status": "failed"}),
        ("TaskStatusUpdate", {"type": "TaskStatusUpdate", "status": "failed", "final": True}),
        ("", {"type": "status", "payload": {"sessionStatus": "failed"}}),
    ],
)
def test_a_status_is_a_hint(event, body):
    assert read(body, event) == (StatusHint("failed"),)


def test_health_and_operator_actions_are_read():
    [health] = read({"color": "red", "signals": ["ToolLoopStuck"]}, "health")
    [entry] = read({"action": "stop_signal", "source": "ui"}, "remediation")
    assert isinstance(health, HealthReport)
    assert isinstance(entry, RemediationEntry)
    assert (health.color, entry.action) == ("red", "stop_signal")


@pytest.mark.parametrize(
    "data",
    [
        b"[DONE]",
        b"",
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b"{}",
        b'{"type": "execution_complete"}',
        b'{"half": ',
        b"[" * 100_000,
        b'{"data": {"data": {"data": {}}}}',
        b'{"status": 7}',
    ],
    ids=lambda data: data[:20],
)
def test_what_is_not_understood_tells_nothing(data):
    assert read(data) == ()


def test_an_unknown_event_tells_nothing():
    assert read({"anything": 1}, "provider_hook_event") == ()


def test_half_characters_and_broken_bytes_are_replaced_as_in_the_answers_to_reads():
    [halved] = read(rb'{"id": "1", "type": "thought", "content": "\ud800 \\ud800 \ud83d\ude00"}')
    [broken] = read(b'{"id": "1", "type": "thought", "content": "\xff"}')
    assert halved.content == "\ufffd \\ud800 😀"
    assert broken.content == "\ufffd"
