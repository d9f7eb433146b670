"""Health with its evidence: each signal's state, how long against which limit, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.render.text import MISSING, ago, clean, duration, moment, one_line
from rensei_cli.render.theme import ACTIVE, LEVELS, STATES, Look, Mark, dim, section
from rensei_cli.session.health import Health
from rensei_cli.session.signals import Signal, State

LABELS = {
    "ToolLoopStuck": "Tool loop",
    "ClaimStuck": "Claim",
    "LongRunning": "Long running",
    "StaleHeartbeat": "Heartbeat",
}
_SAMPLE_CHARACTERS = 60
# From this share of equal calls on, a stretch of one tool is called a loop and not work.
_MOSTLY_IDENTICAL = 0.5


def health_section(health: Health, *, now: datetime, look: Look) -> RenderableType:
    """Give the panel of the four signals."""
    source = "reported by the server" if health.source == "server" else "estimated, not reported"
    title = Text.assemble("Health ", LEVELS[health.level].text(look), " ", (source, "bright_black"))
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for signal in health.signals:
        table.add_row(
            Text.assemble(signal_mark(signal).sign(look), " ", _label(signal)),
            dim(signal.severity),
            _finding(signal, now=now, look=look),
        )
    notes = [Text(f"! {health.disagreement}", style="yellow")] if health.disagreement else []
    return section(title, table, *notes, look=look)


def signal_mark(signal: Signal) -> Mark:
    """Give the mark of a signal in its state."""
    if signal.state is State.active:
        return ACTIVE.get(signal.severity, ACTIVE["advisory"])
    return STATES[signal.state]


def _label(signal: Signal) -> str:
    return LABELS.get(signal.name) or clean(signal.name)


def _finding(signal: Signal, *, now: datetime, look: Look) -> Text:
    measured = _measured(signal)
    match signal.state:
        case State.active:
            since = moment(signal.since, now=now, style=look.times, zone=look.zone)
            when = f", since {since}" if since != MISSING and not since.endswith("ago") else ""
            head = Text(measured or "active", style=signal_mark(signal).style).append(when)
        case State.clear:
            head = Text(measured or "clear", style="default")
        case State.unknown:
            head = dim("unknown")
        case _:
            return dim("not evaluated: no worker holds it")
    told = evidence(signal)
    return Text.assemble(
        head, "\n" if told and signal.state is State.active else "", _aside(signal, told)
    )


def _aside(signal: Signal, told: str) -> Text:
    if not told:
        return Text()
    return Text(told) if signal.state is State.active else dim(f"  {told}")


def _measured(signal: Signal) -> str:
    if signal.seconds is None:
        return (
            f"limit {duration(signal.limit_seconds)}"
            if signal.limit_seconds and signal.state is State.active
            else ""
        )
    if signal.limit_seconds is None:
        return duration(signal.seconds)
    return f"{duration(signal.seconds)} of {duration(signal.limit_seconds)}"


def evidence(signal: Signal) -> str:
    """Give in one sentence what shows the state of a signal, or an empty text."""
    facts = signal.evidence
    said = [one_line(str(facts["message"]))] if facts.get("message") else []
    if signal.name == "ToolLoopStuck" and signal.state is State.active:
        said.append(loop_sentence(facts))
    if signal.state is State.active and facts.get("workerId"):
        said.append(f"worker {one_line(str(facts['workerId']))}")
    age = facts.get("lastActivitySecondsAgo")
    if isinstance(age, int | float) and signal.state is not State.clear:
        said.append(f"last activity {ago(age)}")
    return "; ".join(filter(None, said))


def loop_sentence(facts: Mapping[str, Any]) -> str:
    """Give the repetition in words: how often, over how long, and how much of it is the same."""
    tool, calls = facts.get("tool"), facts.get("calls")
    if not (isinstance(tool, str) and isinstance(calls, int)):
        return ""
    spent = facts.get("seconds")
    over = f" in {duration(spent)}" if isinstance(spent, int | float) and spent >= 1 else ""
    sentence = f"{one_line(tool)} {calls}×{over}"
    identical = facts.get("identical")
    if not isinstance(identical, int):
        return sentence
    if calls > 1 and identical <= max(1, calls * _MOSTLY_IDENTICAL):
        distinct = facts.get("distinct", calls)
        return f"{sentence}, {distinct} different ones: probably busy, not looping"
    sample = one_line(str(facts.get("sample", "")))
    if len(sample) > _SAMPLE_CHARACTERS:
        sample = sample[: _SAMPLE_CHARACTERS - 1] + "…"
    return f"{sentence}, {identical} identical: {sample}"
