"""Health signals estimated from what is public, for servers that report none.

An estimate never says more than the activities show: what cannot be known stays unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rensei_cli.session.loops import Run
from rensei_cli.session.signals import KINDS, Facts, Signal, State, loop_evidence


@dataclass(frozen=True, slots=True)
class _Estimate:
    """A duration to hold against the limit; `None` where nothing public tells it."""

    seconds: float | None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def estimated(name: str, facts: Facts, run: Run | None) -> Signal:
    """Give one signal as far as the public facts show it."""
    kind = KINDS[name]
    if not facts.applicable:
        return Signal(name=name, severity=kind.severity, state=State.not_applicable)
    found = _ESTIMATES[name](facts, run)
    state, since = State.unknown, None
    if found.seconds is not None:
        state = State.active if found.seconds > kind.limit_seconds else State.clear
    if state is State.active and found.seconds is not None:
        since = facts.now - timedelta(seconds=found.seconds)
    return Signal(
        name=name,
        severity=kind.severity,
        state=state,
        since=since,
        seconds=found.seconds,
        limit_seconds=kind.limit_seconds,
        evidence=found.evidence,
    )


def _quiet(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate LongRunning by the last thing the session is known to have done."""
    since = facts.last_at or facts.session.timeline.started or facts.session.started_at
    return _Estimate(facts.age(since), _silence(facts))


def _heartbeat(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate StaleHeartbeat: a fresh activity proves a worker, an old one proves nothing."""
    claim = facts.session.claim
    if claim and claim.heartbeat_at:
        holder = {"workerId": claim.worker_id} if claim.worker_id else {}
        return _Estimate(facts.age(claim.heartbeat_at), holder)
    age = facts.age(facts.last_at)
    if age is not None and age <= KINDS["StaleHeartbeat"].limit_seconds:
        return _Estimate(age, _silence(facts))
    return _Estimate(None, {"message": "this server publishes no heartbeat"} | _silence(facts))


def _loop(facts: Facts, run: Run | None) -> _Estimate:
    """Estimate ToolLoopStuck by the last stretch of calls to one tool."""
    if facts.activities is None:
        return _UNREAD
    if run is None:
        return _Estimate(0.0)
    return _Estimate(facts.age(run.first_at), loop_evidence(run, facts))


def _claim(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate ClaimStuck: working, yet nothing was ever done."""
    if facts.activities is None:
        return _UNREAD
    if facts.activities:
        return _Estimate(0.0)
    claim = facts.session.claim
    since = (claim and claim.claimed_at) or facts.session.timeline.started
    if since is None:
        return _Estimate(None, {"message": "no activity, and no readable time of the claim"})
    return _Estimate(facts.age(since), {"message": "claimed, and no activity since"})


def _silence(facts: Facts) -> dict[str, Any]:
    age = facts.age(facts.last_at)
    return {} if age is None else {"lastActivitySecondsAgo": age}


_UNREAD = _Estimate(None, {"message": "the activities could not be read"})
_ESTIMATES = {
    "ToolLoopStuck": _loop,
    "ClaimStuck": _claim,
    "LongRunning": _quiet,
    "StaleHeartbeat": _heartbeat,
}
