"""The four health signals, judged from what is stored."""

from typing import Any

from rensei_cli.embedded.config import Thresholds
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import instant

_JUDGED = ("claimed", "running")


def summary(session: Session, limits: Thresholds, now: int) -> dict[str, Any]:
    """Give the `healthSummary` of a session: each signal, active only beyond its threshold."""
    signals = [
        _signal("LongRunning", "advisory", _without_write(session), limits.long_running_ms, now),
        _signal("StaleHeartbeat", "advisory", _heard(session), limits.stale_heartbeat_ms, now)
        | ({"workerId": session.worker_id} if session.worker_id else {}),
        _signal("ToolLoopStuck", "blocking", _same_tool(session), limits.tool_loop_ms, now)
        | ({"tool": session.last_tool, "calls": session.tool_calls} if session.last_tool else {}),
        _signal("ClaimStuck", "blocking", _unstarted(session), limits.claim_ms, now),
    ]
    return _colour(session, signals) | {"evaluatedAt": instant(now), "signals": signals}


def active(health: dict[str, Any]) -> str:
    """Give the names of the active signals of a summary, comma-separated."""
    return ",".join(signal["name"] for signal in health["signals"] if signal["active"])


def _signal(
    name: str, severity: str, since: int | None, threshold_ms: int, now: int
) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": name, "severity": severity, "active": False}
    if since is not None:
        duration_ms = max(0, now - since)
        fields["durationMs"] = duration_ms
        if duration_ms > threshold_ms:
            fields |= {"active": True, "since": instant(since)}
    return fields | {"thresholdMs": threshold_ms}


def _colour(session: Session, signals: list[dict[str, Any]]) -> dict[str, str]:
    severities = {signal["severity"] for signal in signals if signal["active"]}
    if severities:
        return {"color": "red" if "blocking" in severities else "yellow"}
    good = session.worker_id or session.status == "completed"
    return {"color": "green"} if good else {}


def _without_write(session: Session) -> int | None:
    return session.updated_at if session.status == "running" else None


def _heard(session: Session) -> int | None:
    return session.heartbeat_at if session.status in _JUDGED else None


def _same_tool(session: Session) -> int | None:
    return session.last_tool_at if session.status in _JUDGED else None


def _unstarted(session: Session) -> int | None:
    return session.claimed_at if session.status == "claimed" else None
