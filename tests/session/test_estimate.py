"""Health estimated from what is public: what cannot be known is never green."""

import pytest

from rensei_cli.errors import ServerError
from rensei_cli.session.health import Level


def signal(snapshot, name):
    found = next(item for item in snapshot.health.signals if item.name == name)
    return found.state.value, found.seconds


def call(at, number, ago, command, tool="Bash"):
    said = {"content": f"{tool}: {command}", "toolName": tool}
    return {"id": str(number), "type": "action", "timestamp": at(ago), **said}


def thought(at, ago):
    return {"id": "1", "type": "thought", "content": "hm", "timestamp": at(ago)}


def working(at, started=2000, **more):
    return {
        "status": "working",
        "timeline": {"queued": at(started + 10), "started": at(started)},
    } | more


def test_a_busy_session_is_green(told, at):
    found = told(working(at), [thought(at, 10)])

    assert (found.health.level, found.health.source) == (Level.green, "estimate")
    assert signal(found, "LongRunning") == ("clear", 10)
    assert signal(found, "StaleHeartbeat") == ("clear", 10)
    assert signal(found, "ClaimStuck") == ("clear", None)
    assert signal(found, "ToolLoopStuck") == ("clear", None)


@pytest.mark.parametrize(("ago", "state"), [(90, "clear"), (91, "unknown"), (3000, "unknown")])
def test_an_old_activity_proves_nothing_about_the_worker(told, at, ago, state):
    assert signal(told(working(at, 4000), [thought(at, ago)]), "StaleHeartbeat")[0] == state


@pytest.mark.parametrize(("ago", "state"), [(90, "clear"), (90.5, "active")])
def test_a_published_heartbeat_is_judged(told, at, ago, state):
    claim = {"workerId": "wkr_1", "claimedAt": at(500), "heartbeatAt": at(ago)}

    found = told(working(at, claim=claim), [thought(at, 10)])

    assert signal(found, "StaleHeartbeat") == (state, ago)


@pytest.mark.parametrize(("ago", "state"), [(2700, "clear"), (2701, "active")])
def test_silence_is_measured_from_the_last_activity(told, at, ago, state):
    found = told(working(at, 5000), [thought(at, ago)])

    assert signal(found, "LongRunning") == (state, ago)
    assert found.health.level is (Level.yellow if state == "active" else Level.unknown)


@pytest.mark.parametrize(
    ("started", "quiet", "claim"),
    [(290, "clear", "clear"), (2000, "clear", "unknown"), (9000, "unknown", "unknown")],
)
def test_without_activities_the_age_of_a_session_is_the_most_that_can_be_said(
    told, at, started, quiet, claim
):
    session = working(at, started, startedAt=at(started))

    found = told(session, ServerError("500"))

    assert signal(found, "LongRunning") == (quiet, None)
    assert signal(found, "ClaimStuck") == (claim, None)
    assert signal(found, "ToolLoopStuck") == ("unknown", None)
    assert found.health.level is Level.unknown


@pytest.mark.parametrize(("started", "state"), [(300, "clear"), (301, "active")])
def test_a_claim_without_any_activity_is_stuck(told, at, started, state):
    assert signal(told(working(at, started)), "ClaimStuck") == (state, started)


def test_a_claim_newer_than_the_last_activity_is_judged_by_itself(told, at):
    claim = {"workerId": "wkr_2", "claimedAt": at(400)}

    assert signal(told(working(at, claim=claim), [thought(at, 500)]), "ClaimStuck") == (
        "active",
        400,
    )
    assert signal(told(working(at, claim=claim), [thought(at, 390)]), "ClaimStuck")[0] == "clear"


def test_nothing_is_concluded_from_impossible_times(told):
    impossible = "+058862-03-04T06:39:26.000Z"
    found = told({"status": "working", "timeline": {"started": impossible}})

    assert signal(found, "ClaimStuck") == ("unknown", None)
    assert signal(found, "LongRunning") == ("unknown", None)


def test_the_same_call_again_and_again_is_a_loop(told, at):
    found = told(working(at), [call(at, n, 700 - 50 * n, "pytest -q") for n in range(14)])

    assert signal(found, "ToolLoopStuck") == ("active", 700)
    assert found.health.level is Level.red


def test_different_calls_that_go_on_are_work(told, at):
    found = told(working(at), [call(at, n, 700 - 50 * n, f"step {n}") for n in range(14)])

    assert signal(found, "ToolLoopStuck") == ("clear", 50)


def test_the_last_of_different_calls_may_hang(told, at):
    found = told(working(at), [call(at, n, 1500 - 50 * n, f"step {n}") for n in range(14)])

    assert signal(found, "ToolLoopStuck") == ("active", 850)


@pytest.mark.parametrize("command", ["pytest -q", "step {}"])
def test_an_agent_that_went_on_to_something_else_is_not_stuck(told, at, command):
    page = [call(at, n, 1500 - 50 * n, command.format(n)) for n in range(14)]

    assert signal(told(working(at), [*page, thought(at, 30)]), "ToolLoopStuck") == ("clear", None)


def test_calls_without_readable_times_are_unknown(told, at):
    page = [call(at, n, 0, "pytest -q") | {"timestamp": "yesterday"} for n in range(14)]

    assert signal(told(working(at), page), "ToolLoopStuck") == ("unknown", None)


@pytest.mark.parametrize(("ago", "state"), [(600, "clear"), (601, "active")])
def test_one_call_that_does_not_come_back(told, at, ago, state):
    assert signal(told(working(at), [call(at, 1, ago, "sleep 9999")]), "ToolLoopStuck") == (
        state,
        ago,
    )


def test_another_tool_in_between_ends_the_stretch(told, at):
    page = [
        *(call(at, n, 2000 - n, "pytest -q") for n in range(5)),
        call(at, 6, 300, "src/a.py", "Read"),
        call(at, 7, 100, "pytest -q"),
    ]

    assert signal(told(working(at), page), "ToolLoopStuck") == ("clear", 100)


@pytest.mark.parametrize("status", ["queued", "parked", "pending", "completed", "canceled"])
def test_without_a_worker_nothing_is_evaluated(told, at, status):
    found = told({"status": status}, [thought(at, 9999)])

    assert {item.state.value for item in found.health.signals} == {"not_applicable"}


def test_an_unknown_status_may_have_a_worker(told, at):
    assert (
        signal(told(working(at, status="starting"), [thought(at, 5)]), "ClaimStuck")[0] == "clear"
    )
