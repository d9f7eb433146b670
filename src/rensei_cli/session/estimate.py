"""Health signals estimated from what is public, for servers that report none.

An estimate never says more than the activities show: what cannot be known stays unknown.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from rensei_cli.session.loops import Run, repeats
from rensei_cli.session.signals import KINDS, Facts, Signal, State, loop_evidence


class _Estimate(NamedTuple):
    """What the facts show: a state, the duration it was judged by, and why."""

    state: State
    seconds: float | None = None
    evidence: Mapping[str, Any] = MappingProxyType({})


def estimated(name: str, facts: Facts, run: Run | None) -> Signal:
    """Give one signal as far as the public facts show it."""
    kind = KINDS[name]
    if not facts.applicable:
        return Signal(name=name, severity=kind.severity, state=State.not_applicable)
    found = _ESTIMATES[name](facts, run)
    since = None
    if found.state is State.active and found.seconds is not None:
        since = facts.now - timedelta(seconds=found.seconds)
    return Signal(
        name=name,
        severity=kind.severity,
        state=found.state,
        since=since,
        seconds=found.seconds,
        limit_seconds=kind.limit_seconds,
        evidence=found.evidence,
    )


def _judged(name: str, seconds: float | None, evidence: Mapping[str, Any]) -> _Estimate:
    """Hold a duration that is known against the limit."""
    if seconds is None:
        return _Estimate(State.unknown, None, evidence)
    over = seconds > KINDS[name].limit_seconds
    return _Estimate(State.active if over else State.clear, seconds, evidence)


def _at_most(name: str, seconds: float | None, why: str) -> _Estimate:
    """Judge by the longest a duration can be: within the limit it is clear, beyond it unknown."""
    if seconds is not None and seconds <= KINDS[name].limit_seconds:
        return _Estimate(State.clear)
    return _Estimate(State.unknown, None, {"message": why})


def _quiet(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate LongRunning by the last thing the session is known to have done."""
    if facts.last_at is not None:
        return _judged("LongRunning", facts.age(facts.last_at), _silence(facts))
    started = facts.session.timeline.started
    if started is not None and facts.activities is not None and not facts.activities:
        return _judged("LongRunning", facts.age(started), {"message": "no activity so far"})
    return _at_most("LongRunning", facts.age(started or facts.session.started_at), _why(facts))


def _heartbeat(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate StaleHeartbeat: a fresh activity proves a worker, an old one proves nothing."""
    claim = facts.session.claim
    if claim and claim.heartbeat_at:
        holder = {"workerId": claim.worker_id} if claim.worker_id else {}
        return _judged("StaleHeartbeat", facts.age(claim.heartbeat_at), holder)
    age = facts.age(facts.last_at)
    if age is not None and age <= KINDS["StaleHeartbeat"].limit_seconds:
        return _Estimate(State.clear, age, _silence(facts))
    return _Estimate(
        State.unknown, None, {"message": "this server publishes no heartbeat"} | _silence(facts)
    )


def _loop(facts: Facts, run: Run | None) -> _Estimate:
    """Estimate ToolLoopStuck by the last stretch of calls to one tool.

    The open-source supervisor knows only the tool's name. The activities show more: the same call
    again and again is a loop, a last call that nothing follows may hang, anything else is work.
    """
    if facts.activities is None:
        return _Estimate(State.unknown, None, {"message": _why(facts)})
    if run is None:
        return _Estimate(State.clear)
    evidence, last = loop_evidence(run, facts), facts.age(run.last_at)
    if last is None:
        return _Estimate(State.unknown, None, {"message": _why(facts)})
    followed = facts.last_at is not None and facts.last_at != run.last_at
    if not repeats(run.calls, run.identical):
        return _Estimate(State.clear) if followed else _judged("ToolLoopStuck", last, evidence)
    if followed and last > KINDS["ToolLoopStuck"].limit_seconds:
        return _Estimate(State.clear)
    return _judged("ToolLoopStuck", facts.age(run.first_at), evidence)


def _claim(facts: Facts, _run: Run | None) -> _Estimate:
    """Estimate ClaimStuck: held by a worker that has not done anything since."""
    if facts.activities is None:
        return _at_most("ClaimStuck", facts.age(facts.session.started_at), _why(facts))
    claimed = facts.session.claim.claimed_at if facts.session.claim else None
    if facts.activities and not (claimed and facts.last_at and facts.last_at < claimed):
        return _Estimate(State.clear)
    if since := claimed or facts.session.timeline.started:
        return _judged("ClaimStuck", facts.age(since), {"message": "no activity since the claim"})
    why = "no activity, and no readable time of the claim"
    return _at_most("ClaimStuck", facts.age(facts.session.started_at), why)


def _why(facts: Facts) -> str:
    unread = facts.activities is None
    return f"the {'activities' if unread else 'times of the activities'} could not be read"


def _silence(facts: Facts) -> dict[str, Any]:
    age = facts.age(facts.last_at)
    return {} if age is None else {"lastActivitySecondsAgo": age}


_ESTIMATES = {
    "ToolLoopStuck": _loop,
    "ClaimStuck": _claim,
    "LongRunning": _quiet,
    "StaleHeartbeat": _heartbeat,
}
