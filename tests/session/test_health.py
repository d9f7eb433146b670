"""Health as servers report it: taken as told, and never better than told."""

import pytest

from rensei_cli.options import HealthFilter
from rensei_cli.session.health import Level, at_least
from rensei_cli.session.signals import KINDS

LOOP = {"name": "ToolLoopStuck", "severity": "blocking", "active": True, "durationMs": 700_000}


def reported(told, health, status="working", activities=(), **session):
    return told({"status": status, "healthSummary": health, **session}, [*activities]).health


def states(health):
    return {signal.name: signal.state.value for signal in health.signals}


def signals(**active):
    return [{"name": name, "active": value} for name, value in active.items()]


ALL_CLEAR = dict.fromkeys(KINDS, False)


@pytest.mark.parametrize(
    ("health", "level"),
    [
        ("red", Level.red),
        ({"color": "yellow"}, Level.yellow),
        ({"dot": "GREEN"}, Level.green),
        ([], Level.unknown),
        (["ToolLoopStuck"], Level.red),
        (["stale-heartbeat"], Level.yellow),
        ({"toolLoopStuck": True}, Level.red),
        ({"sessionRunningTooLong": True, "heartbeatStale": False}, Level.yellow),
        ({"heartbeatStale": False}, Level.unknown),
        ({"signals": signals(**ALL_CLEAR)}, Level.green),
        ({"signals": signals(**{**ALL_CLEAR, "ClaimStuck": True})}, Level.red),
        ({"signals": signals(**{**ALL_CLEAR, "LongRunning": True})}, Level.yellow),
        ({"signals": signals(ToolLoopStuck=False)}, Level.unknown),
    ],
)
def test_the_level_follows_the_report(told, health, level):
    found = reported(told, health)

    assert (found.level, found.source) == (level, "server")


def test_the_booleans_of_the_open_source_supervisor(example):
    health = example("session-detail-bare-bool-signals", "activities-content-timestamp").health

    assert (health.level, health.source) == (Level.yellow, "server")
    assert states(health) == {
        "ToolLoopStuck": "clear",
        "ClaimStuck": "clear",
        "LongRunning": "clear",
        "StaleHeartbeat": "active",
    }


def test_a_signal_that_a_report_leaves_out_is_unknown(example):
    found = example("session-detail-bare-enriched", "activities-content-timestamp")

    assert found.health.level is Level.red
    assert states(found.health) == {
        "ToolLoopStuck": "active",
        "ClaimStuck": "unknown",
        "LongRunning": "unknown",
        "StaleHeartbeat": "unknown",
    }
    loop = found.health.signals[0]
    assert (loop.seconds, loop.limit_seconds) == (810, 600)
    assert loop.since.isoformat() == "2026-06-03T09:02:00+00:00"
    assert [entry.action for entry in found.remediation] == ["claim_release", "stop_signal"]


def test_a_duration_tells_since_when(told, at):
    loop = reported(told, {"signals": [LOOP]}).signals[0]

    assert loop.since.isoformat().replace("+00:00", "Z") == at(700)


@pytest.mark.parametrize("milliseconds", [1e15, 1e300])
def test_a_duration_longer_than_the_calendar_has_no_beginning(told, milliseconds):
    loop = reported(told, {"signals": [{**LOOP, "durationMs": milliseconds}]}).signals[0]

    assert loop.since is None
    assert loop.state.value == "active"


@pytest.mark.parametrize(
    ("color", "active", "words"),
    [
        ("green", {"ToolLoopStuck": True}, "the server says green, but its signals mean red"),
        ("red", {"LongRunning": True}, "the server says red, but its signals mean yellow"),
        ("red", ALL_CLEAR, "the server says red, but no signal it reports is active"),
        ("red", {"ClaimStuck": True}, None),
        ("green", ALL_CLEAR, None),
        ("green", {"ToolLoopStuck": False}, None),
        ("red", {}, None),
    ],
)
def test_the_colour_is_shown_and_its_contradiction_told(told, color, active, words):
    health = reported(told, {"color": color, "signals": signals(**active)})

    assert (str(health.level), health.disagreement) == (color, words)


def test_unknown_signals_are_kept_and_count_by_their_severity(told):
    mine = {"name": "DiskFull", "severity": "blocking", "active": True, "free": "0 GB"}
    health = reported(told, {"signals": [mine, {"name": "Quiet", "active": True}]})

    assert [signal.name for signal in health.signals][4:] == ["DiskFull", "Quiet"]
    assert health.level is Level.red
    assert health.signals[4].evidence == {"free": "0 GB"}
    assert health.signals[5].severity == "advisory"


@pytest.mark.parametrize("status", ["completed", "failed", "stopped", "queued", "parked"])
def test_clear_signals_of_a_session_that_nobody_works_on_are_not_applicable(told, status):
    health = reported(told, {"color": "green", "signals": signals(**ALL_CLEAR)}, status)

    assert set(states(health).values()) == {"not_applicable"}
    assert (health.level, health.disagreement) == (Level.green, None)


def test_what_a_server_calls_active_is_shown_on_an_ended_session_too(told):
    health = reported(told, {"signals": signals(**{**ALL_CLEAR, "LongRunning": True})}, "failed")

    assert states(health)["LongRunning"] == "active"
    assert health.level is Level.yellow


@pytest.mark.parametrize(
    ("status", "level"),
    [("completed", Level.green), ("failed", Level.none), ("stopped", Level.none)],
)
def test_only_a_completed_session_is_green_without_signals(told, status, level):
    assert told({"status": status}).health.level is level


def calls(at, tool="Bash", command="pytest -q"):
    return [
        {
            "id": str(number),
            "type": "action",
            "toolName": tool,
            "content": f"{tool}: {command}",
            "timestamp": at(700 - 50 * number),
        }
        for number in range(1, 15)
    ]


def test_the_activities_prove_the_loop_that_a_server_reports(told, at):
    loop = reported(told, {"signals": [LOOP]}, activities=calls(at)).signals[0]

    assert loop.evidence == {
        "tool": "Bash",
        "calls": 14,
        "identical": 14,
        "distinct": 1,
        "sample": "pytest -q",
        "seconds": 650,
        "lastCallSecondsAgo": 0,
    }


def test_calls_of_another_tool_prove_nothing(told, at):
    named = {**LOOP, "tool": "Read", "calls": 40}

    loop = reported(told, {"signals": [named]}, activities=calls(at)).signals[0]

    assert loop.evidence == {"tool": "Read", "calls": 40}


def test_a_level_admits_the_worse_ones():
    assert at_least(HealthFilter.red) == {Level.red}
    assert at_least(HealthFilter.yellow) == {Level.red, Level.yellow}
