"""The health of a session in a word and four signals: as reported, or estimated and labelled so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from rensei_cli.api.reports import HealthReport, SignalReport
from rensei_cli.options import HealthFilter
from rensei_cli.session.estimate import estimated
from rensei_cli.session.lifecycle import Outcome, outcome_of
from rensei_cli.session.loops import Run, last_run
from rensei_cli.session.signals import KINDS, Facts, Signal, State, loop_evidence


class Level(StrEnum):
    """The health as one word; `none` is a session whose health is not evaluated."""

    red = "red"
    yellow = "yellow"
    green = "green"
    unknown = "unknown"
    none = "none"


class Health(NamedTuple):
    """The level, where it comes from (`server` or `estimate`), and the signals behind it.

    `implied` is what the signals alone mean, where that contradicts the level.
    """

    level: Level
    source: str
    signals: tuple[Signal, ...]
    disagreement: str | None = None
    implied: Level | None = None


def at_least(level: HealthFilter) -> frozenset[Level]:
    """Give the levels that are as bad as the given one, or worse."""
    return frozenset({Level.red} if level is HealthFilter.red else {Level.red, Level.yellow})


def evaluate(facts: Facts) -> Health:
    """Give the health the server reports, or an estimate from what is public."""
    run = last_run(facts.activities or ())
    if facts.session.health is not None:
        return _reported(facts.session.health, facts, run)
    signals = tuple(estimated(name, facts, run) for name in KINDS)
    return Health(_level(signals, outcome_of(facts.status)), "estimate", signals)


def _reported(report: HealthReport, facts: Facts, run: Run | None) -> Health:
    told = {signal.name: signal for signal in report.signals}
    names = [*KINDS, *(name for name in told if name not in KINDS)]
    signals = tuple(_told(name, told.get(name), facts, run) for name in names)
    implied = _level(signals, outcome_of(facts.status))
    if report.color is None:
        return Health(implied, "server", signals)
    level = Level(report.color)
    told_none = not report.signals  # a colour alone cannot contradict itself
    disagreement = None if told_none else _disagreement(level, implied, signals)
    return Health(level, "server", signals, disagreement, implied if disagreement else None)


def _disagreement(level: Level, implied: Level, signals: Sequence[Signal]) -> str | None:
    """Give in words how a server's colour and its signals contradict each other, if they do."""
    if any(signal.state is State.active for signal in signals):
        return (
            f"the server says {level}, but its signals mean {implied}" if implied != level else None
        )
    alarming = level in {Level.red, Level.yellow}
    return f"the server says {level}, but no signal it reports is active" if alarming else None


def _told(name: str, report: SignalReport | None, facts: Facts, run: Run | None) -> Signal:
    kind = KINDS.get(name)
    severity = kind.severity if kind else "advisory"
    # Some servers judge sessions that no worker holds: what they call active is shown all the same.
    idle = not facts.applicable and report is not None and not report.active
    if report is None or report.active is None or idle:
        state = State.unknown if facts.applicable else State.not_applicable
        return Signal(name=name, severity=severity, state=state)
    seconds = None if report.duration_ms is None else report.duration_ms / 1000
    since = report.since
    if since is None and seconds is not None and report.active:
        since = _before(facts.now, seconds)
    return Signal(
        name=name,
        severity=report.severity or severity,
        state=State.active if report.active else State.clear,
        since=since,
        seconds=seconds,
        limit_seconds=None if report.threshold_ms is None else report.threshold_ms / 1000,
        evidence=_evidence(report, facts, run),
    )


def _evidence(report: SignalReport, facts: Facts, run: Run | None) -> dict[str, Any]:
    """Give what the server adds to a signal, and to a tool loop what the activities show of it."""
    found = dict(report.details) | ({"message": report.message} if report.message else {})
    if report.name == "ToolLoopStuck" and run and found.get("tool", run.tool) == run.tool:
        found |= loop_evidence(run, facts)
    if report.name == "ClaimStuck" and (claim := facts.session.claim) and claim.worker_id:
        found.setdefault("workerId", claim.worker_id)
    return found


def _before(moment: datetime, seconds: float) -> datetime | None:
    try:
        return moment - timedelta(seconds=seconds)
    except OverflowError:  # a duration longer than the calendar
        return None


def _level(signals: Sequence[Signal], outcome: Outcome | None) -> Level:
    active = {signal.severity for signal in signals if signal.state is State.active}
    if active:
        return Level.red if "blocking" in active else Level.yellow
    if outcome is Outcome.completed:
        return Level.green
    if outcome is not None or all(s.state is State.not_applicable for s in signals):
        return Level.none
    known = all(signal.state is State.clear for signal in signals)
    return Level.green if known else Level.unknown
