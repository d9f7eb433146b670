import pytest

from rensei_cli.embedded.platform import Thresholds


def signal(site, session_id, name):
    signals = site.session(session_id)["healthSummary"]["signals"]
    return next(one for one in signals if one["name"] == name)


def color(site, session_id):
    return site.session(session_id)["healthSummary"].get("color")


def test_the_defaults_are_the_supervisors():
    limits = Thresholds()
    assert (limits.long_running_ms, limits.stale_heartbeat_ms) == (2_700_000, 90_000)
    assert (limits.tool_loop_ms, limits.claim_ms) == (600_000, 300_000)


def test_a_signal_is_active_beyond_its_threshold_and_not_at_it(site):
    session_id, worker_id = site.claimed()
    site.clock.advance(300)
    site.beat(worker_id)
    assert site.signals(session_id) == []
    site.clock.advance(0.001)
    assert site.signals(session_id) == ["ClaimStuck"]
    assert color(site, session_id) == "red"


def test_a_silent_worker_makes_a_session_yellow(site):
    session_id, worker_id = site.run()
    site.clock.advance(90.5)
    stale = signal(site, session_id, "StaleHeartbeat")
    assert stale == {
        "name": "StaleHeartbeat",
        "severity": "advisory",
        "active": True,
        "since": "2026-06-03T12:00:00.000Z",
        "durationMs": 90_500,
        "thresholdMs": 90_000,
        "workerId": worker_id,
    }
    assert color(site, session_id) == "yellow"
    site.beat(worker_id)
    assert color(site, session_id) == "green"


def test_the_same_tool_for_too_long_is_a_loop_whatever_is_thought_meanwhile(site):
    session_id, worker_id = site.run()
    site.act(session_id, worker_id, type="action", toolName="Read")
    for _ in range(7):
        site.act(session_id, worker_id, type="action", toolName="Bash")
        site.act(session_id, worker_id, type="thought")
        site.clock.advance(100)
    site.beat(worker_id)
    loop = signal(site, session_id, "ToolLoopStuck")
    assert (loop["active"], loop["tool"], loop["calls"]) == (True, "Bash", 7)
    assert (loop["durationMs"], loop["since"]) == (700_000, "2026-06-03T12:00:00.000Z")
    assert color(site, session_id) == "red"


def test_another_tool_ends_the_loop(site):
    session_id, worker_id = site.run()
    site.act(session_id, worker_id, type="action", toolName="Bash")
    site.clock.advance(700)
    site.act(session_id, worker_id, type="action", toolName="Read")
    site.beat(worker_id)
    loop = signal(site, session_id, "ToolLoopStuck")
    assert (loop["active"], loop["tool"], loop["calls"], loop["durationMs"]) == (
        False,
        "Read",
        1,
        0,
    )


def test_long_running_counts_from_the_last_state_write(site):
    session_id, worker_id = site.run()
    site.clock.advance(2_700.5)
    site.beat(worker_id)
    assert site.signals(session_id) == ["LongRunning"]
    site.report(session_id, worker_id, "running", outputTokens=5)
    assert site.signals(session_id) == []


@pytest.mark.parametrize("status", ["queued", "completed", "failed", "stopped"])
def test_signals_are_only_for_sessions_that_a_worker_holds(site, status):
    session_id, worker_id = site.run()
    site.act(session_id, worker_id, type="action", toolName="Bash")
    site.do(session_id, "status-override", {"status": status})
    site.clock.advance(100_000)
    assert site.signals(session_id) == []
    assert color(site, session_id) == ("green" if status == "completed" else None)


def test_thresholds_are_settings(start):
    site = start(thresholds=Thresholds(claim_ms=50))
    session_id, _ = site.claimed()
    site.clock.advance(0.051)
    assert site.signals(session_id) == ["ClaimStuck"]


def test_the_list_carries_the_same_summary(site):
    session_id, _ = site.run()
    site.clock.advance(100)
    listed = site.operator.get("/api/public/sessions").json()["sessions"][0]
    assert listed["healthSummary"] == site.session(session_id)["healthSummary"]
