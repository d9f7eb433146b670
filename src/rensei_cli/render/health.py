"""Health with its evidence: each signal's state, how long against which limit, and why."""

from datetime import datetime

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from rensei_cli.options import TimeStyle
from rensei_cli.render.evidence import evidence
from rensei_cli.render.marks import ACTIVE, LEVELS, STATES, WORD_CHARACTERS, Look, Mark
from rensei_cli.render.text import MISSING, brief, duration, limit, moment
from rensei_cli.render.theme import dim, section, warning
from rensei_cli.session.health import Health
from rensei_cli.session.lifecycle import outcome_of
from rensei_cli.session.signals import Signal, State

LABELS = {
    "ToolLoopStuck": "Tool loop",
    "ClaimStuck": "Claim",
    "LongRunning": "Long running",
    "StaleHeartbeat": "Heartbeat",
}


def health_section(
    health: Health, *, status: str | None, now: datetime, width: int, look: Look
) -> RenderableType:
    """Give the level and the four signals behind it, or why there are none."""
    evaluated = any(signal.state is not State.not_applicable for signal in health.signals)
    note = Text.assemble(
        LEVELS[health.level].text(look), (f", {_origin(health, status, evaluated)}", "bright_black")
    )
    parts = _rows(health, now=now, width=width, look=look) if evaluated else []
    if health.disagreement:
        parts.append(warning(health.disagreement, look))
    return section("Health", *parts, look=look, note=note)


def _origin(health: Health, status: str | None, evaluated: bool) -> str:
    """Give who says so, and where there is nothing to evaluate, why."""
    told = "reported by the server" if health.source == "server" else ""
    if evaluated:
        return told or "estimated: this server reports none"
    ended = outcome_of(status) is not None
    why = "the session has ended" if ended else "no worker holds the session"
    return f"{told}; {why}" if told else why


def _rows(health: Health, *, now: datetime, width: int, look: Look) -> list[RenderableType]:
    """Give each signal on a line, with what shows it beneath or, where it fits, beside."""
    widest = max(cell_len(_label(signal)) for signal in health.signals)
    rows: list[RenderableType] = []
    for signal in health.signals:
        label = _label(signal)
        sign = Text() if look.a11y else signal_mark(signal).sign(look).append(" ")
        gap = " " * (widest - cell_len(label) + 2)
        severity = dim(f"{brief(signal.severity, WORD_CHARACTERS):8}  ")
        row = Text.assemble(sign, label, gap, severity, _finding(signal))
        told = "; ".join(filter(None, (_since(signal, now=now, look=look), evidence(signal))))
        active = signal.state is State.active
        if told and not active and row.cell_len + cell_len(told) + 4 <= width:
            row.append_text(dim(f", {told}"))
            told = ""
        rows.append(row)
        if told:
            rows.append(Padding(Text(told) if active else dim(told), (0, 0, 0, 2), expand=False))
    return rows


def signal_mark(signal: Signal) -> Mark:
    """Give the mark of a signal in its state."""
    if signal.state is State.active:
        return ACTIVE.get(signal.severity, ACTIVE["advisory"])
    return STATES[signal.state]


def _label(signal: Signal) -> str:
    return LABELS.get(signal.name) or brief(signal.name, WORD_CHARACTERS)


def _finding(signal: Signal) -> Text:
    """Give the state in words, and how long it has held against its limit."""
    match signal.state:
        case State.active:
            return Text(exceeded(signal), style=signal_mark(signal).style)
        case State.clear:
            within = _within(signal)
            return Text("clear").append_text(dim(f", {within}") if within else Text())
        case State.unknown:
            return dim("unknown")
        case _:
            return dim("not evaluated")


def exceeded(signal: Signal) -> str:
    """Give for how long a signal has been active, against which limit."""
    if signal.seconds is None:
        return f"active, limit {limit(signal.limit_seconds)}" if signal.limit_seconds else "active"
    held = duration(signal.seconds)
    if signal.limit_seconds is None:
        return f"active for {held}"
    over = signal.seconds > signal.limit_seconds
    return f"{held}, {'over the limit of' if over else 'limit'} {limit(signal.limit_seconds)}"


def _within(signal: Signal) -> str:
    if signal.seconds is None:
        return ""
    of = f" of {limit(signal.limit_seconds)}" if signal.limit_seconds is not None else ""
    return f"{duration(signal.seconds)}{of}"


def _since(signal: Signal, *, now: datetime, look: Look) -> str:
    """Give since when a signal is active, where the duration does not tell it already."""
    told = signal.seconds is not None and look.times is TimeStyle.relative
    if signal.state is not State.active or told:
        return ""
    since = moment(signal.since, now=now, style=look.times, zone=look.zone)
    return "" if since == MISSING else f"since {since}"
