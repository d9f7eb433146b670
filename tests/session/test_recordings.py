"""What a running open-source server answered, and what is made of it."""

import pytest

from rensei_cli.errors import NotFoundError, UsageError
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import exit_code
from rensei_cli.session.signals import State


def states(snapshot):
    return {signal.name: signal.state.value for signal in snapshot.health.signals}


def drawn(snapshot):
    return [(phase.status, phase.seconds, phase.impossible) for phase in snapshot.lifecycle]


@pytest.mark.parametrize(
    ("detail", "page", "listing", "status", "conflict"),
    [
        ("session-queued", None, "sessions-list", "queued", None),
        ("session-running", "activities-running", "sessions-list", "working", None),
        ("session-completed", "activities-completed", "sessions-list", "completed", None),
        ("session-failed", None, "sessions-list", "failed", None),
        (
            "session-stopped",
            "activities-stopped",
            "sessions-list",
            "stopped",
            {"list": "stopped", "detail": "failed", "activities": "stopped"},
        ),
        (
            "session-stopped",
            "activities-stopped",
            None,
            "stopped",
            {"detail": "failed", "activities": "stopped"},
        ),
        (
            "session-finalizing",
            "activities-finalizing",
            "sessions-list",
            "working",
            {"list": "working", "detail": "queued", "activities": "queued"},
        ),
        ("session-finalizing", "activities-finalizing", None, "queued", None),
        (
            "session-parked",
            "activities-finalizing",  # that route calls a parked session queued as well
            "sessions-list",
            "parked",
            {"list": "parked", "detail": "parked", "activities": "queued"},
        ),
    ],
)
def test_the_better_founded_status_is_shown(recording, detail, page, listing, status, conflict):
    found = recording(detail, page, listing)

    assert found.status == status
    assert [item.values for item in found.conflicts] == ([conflict] if conflict else [])
    assert all(item.shown == status for item in found.conflicts)


@pytest.mark.parametrize(
    ("detail", "page", "level", "signals"),
    [
        ("session-queued", None, Level.none, {State.not_applicable}),
        ("session-parked", None, Level.none, {State.not_applicable}),
        ("session-completed", "activities-completed", Level.green, {State.not_applicable}),
        ("session-failed", None, Level.none, {State.not_applicable}),
        ("session-stopped", "activities-stopped", Level.none, {State.not_applicable}),
        ("session-running", "activities-running", Level.green, {State.clear}),
        ("session-running", "activities-silent", Level.unknown, {State.clear, State.unknown}),
    ],
)
def test_health_is_estimated_where_the_server_reports_none(recording, detail, page, level, signals):
    health = recording(detail, page, "sessions-list").health

    assert (health.source, health.level) == ("estimate", level)
    assert {signal.state for signal in health.signals} == signals


def test_a_silent_session_is_unknown_and_not_green(recording):
    found = recording("session-running", "activities-silent", "sessions-list")

    assert states(found) == {
        "ToolLoopStuck": "clear",
        "ClaimStuck": "clear",  # queued 16 s ago, so it cannot be claimed for longer
        "LongRunning": "clear",
        "StaleHeartbeat": "unknown",
    }


def test_times_multiplied_by_a_thousand_are_impossible_and_not_missing(recording):
    assert drawn(recording("session-completed")) == [
        ("queued", None, False),
        ("working", None, True),
        ("completed", None, True),
    ]
    assert drawn(recording("session-parked")) == [
        ("queued", None, False),
        ("parked", None, False),
    ]
    queued = recording("session-queued").lifecycle
    assert [(phase.status, round(phase.seconds or 0, 3)) for phase in queued] == [
        ("queued", 12.695)
    ]


@pytest.mark.parametrize("name", ["completed", "failed", "stopped"])
def test_a_duration_of_fifty_thousand_years_is_unknown(recording, name):
    assert recording(f"session-{name}").session.duration is None


def test_durations_of_the_living_are_kept(recording):
    assert recording("session-running").session.duration == 16


def test_the_cost_comes_from_the_list_where_the_detail_has_none(recording):
    assert recording("session-completed", None, "sessions-list").session.cost_usd == 1.2345678
    assert recording("session-failed", None, "sessions-list").session.cost_usd == 0
    assert recording("session-completed").session.cost_usd is None


@pytest.mark.parametrize(
    ("page", "held", "gone"),
    [
        ("activities-ring-after-10", 200, 50),
        ("activities-running", None, 0),
        ("activities-running-after-past-end", 0, 0),
        ("restart-activities-after-14-before-post", 0, 0),
    ],
)
def test_ids_count_what_the_ring_no_longer_holds(recording, page, held, gone):
    found = recording("session-running", page)

    assert len(found.activities) == (held if held is not None else len(found.activities))
    assert found.not_available == gone


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("session-unknown-id", NotFoundError),
        ("noredis-session", NotFoundError),
        ("session-bad-id", UsageError),
    ],
)
def test_what_no_route_knows_is_an_error(recording, name, error):
    with pytest.raises(error, match=r"(?i)session"):
        recording(name, None, "sessions-list")


def test_a_limited_page_of_activities_leaves_the_rest(recording):
    found = recording("session-running", "rate-limited-429", "sessions-list")

    assert found.activities is None
    assert found.not_available is None
    assert [(item.part, "429" in item.why) for item in found.unavailable] == [("activities", True)]
    assert found.health.level is Level.unknown


@pytest.mark.parametrize(
    ("name", "code"), [("completed", 0), ("failed", 3), ("running", 8), ("queued", 8)]
)
def test_the_exit_code_follows_the_status(recording, name, code):
    assert exit_code(recording(f"session-{name}").status) == code
