"""The present of a watch in one line, and its whole course in a few."""

from collections.abc import Iterator

from rensei_cli.render.activity import tool_name
from rensei_cli.render.paint import Paint, fit
from rensei_cli.render.text import duration, money, one_line
from rensei_cli.render.theme import LEVELS, Look, Mark, status_mark
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import outcome_of, phases
from rensei_cli.watch.events import Verdict, Via
from rensei_cli.watch.state import WatchState

# From this long without an activity on, the silence itself is worth a look.
_QUIET_SECONDS = 60
_ERROR_CHARACTERS = 400
_VIAS = {
    Via.connecting: Mark("…", "connecting", "bright_black"),
    Via.live: Mark("»", "live", "green"),
    Via.polling: Mark("~", "polling", "yellow"),
    Via.lost: Mark("✗", "no contact", "bold red"),
    Via.file: Mark("»", "saved run", "bright_black"),
}
_VERDICTS = {
    Verdict.pending: Mark("●", "still running", "yellow"),
    Verdict.lost: Mark("?", "outcome unknown", "bold red"),
    Verdict.condition: Mark("!", "condition met", "yellow"),
    Verdict.detached: Mark("○", "detached", "bright_black"),
    Verdict.error: Mark("✗", "error", "bold red"),
}


def status_line(
    state: WatchState, now: float, width: int, *, paint: Paint, look: Look, folding: str = ""
) -> str:
    """Give the one line that is kept below a live tail, cut to the width."""
    level = state.health.level if state.health else Level.unknown
    idle = None if state.acted_at is None else now - state.acted_at
    parts = [
        _part(status_mark(state.status), look),
        (f"health {LEVELS[level].word}", LEVELS[level].style),
        _idle(idle),
        _part(_VIAS[state.via], look),
        (duration(now - state.began), "bright_black"),
    ]
    if state.session and state.session.cost_usd is not None:
        parts.append((f"{money(state.session.cost_usd)} so far", "bright_black"))
    if folding:
        parts.append((folding, "yellow"))
    if state.missed:
        parts.insert(3, (f"{state.missed} missed", "yellow"))
    return _joined(parts, width, paint)


def digest(state: WatchState, *, paint: Paint, look: Look) -> Iterator[str]:
    """Give the outcome and what led to it, line by line."""
    ended = state.ended
    if ended is None:
        return
    ran = outcome_of(state.status) is not None and ended.verdict.value in {
        "completed",
        "failed",
        "stopped",
    }
    mark = (
        status_mark(state.status)
        if ran
        else _VERDICTS.get(ended.verdict, status_mark(state.status))
    )
    text, style = _part(mark, look)
    yield f"{paint(text, style)}  {_why(state)}"
    yield f"  {_counted(state)}"
    yield f"  {_observed(state)}"
    if state.last_error is not None and ended.verdict is Verdict.failed:
        error = one_line(state.last_error.content[:_ERROR_CHARACTERS])
        yield f"  {paint('last error', 'red')} {error}"


def _why(state: WatchState) -> str:
    ended, session = state.ended, state.session
    if ended is None or session is None:
        return ended.why if ended else ""
    name = one_line(session.identifier or session.id or "")
    if outcome_of(state.status) is None or session.timestamp is None:
        return f"{name}  {one_line(ended.why)}"
    held = phases(session, state.status, session.timestamp)
    spent = ", ".join(
        f"{phase.status} {duration(phase.seconds)}" for phase in held if phase.seconds is not None
    )
    extra = "" if ended.verdict.value == outcome_of(state.status) else f"  {one_line(ended.why)}"
    return f"{name}{f' after {spent}' if spent else ''}{extra}"


def _counted(state: WatchState) -> str:
    total = state.counts.total()
    if not total:
        return "no activity was seen"
    types = ", ".join(f"{count} {one_line(kind)}" for kind, count in state.counts.most_common(6))
    tools = ", ".join(f"{tool_name(tool)} {n}×" for tool, n in state.tools.most_common(5))
    return f"{total} activities: {types}{f'; tools {tools}' if tools else ''}"


def _observed(state: WatchState) -> str:
    errors = f"{state.errors} error{'' if state.errors == 1 else 's'}"
    gaps = f"{state.missed} missed in {state.gaps} gaps" if state.gaps else "nothing missed"
    session = state.session
    cost = money(session.cost_usd if session else None)
    return f"{errors}; {gaps}; {state.reconnects} reconnects; cost {cost}"


def _idle(idle: float | None) -> tuple[str, str]:
    if idle is None:
        return "no activity yet", "bright_black"
    return f"idle {duration(idle)}", "yellow" if idle > _QUIET_SECONDS else "bright_black"


def _part(mark: Mark, look: Look) -> tuple[str, str]:
    return (mark.word if look.a11y else f"{mark.symbol} {mark.word}", mark.style)


def _joined(parts: list[tuple[str, str]], width: int, paint: Paint) -> str:
    """Give the parts that fit, the most important first; what is left of the last is cut."""
    line, room = "", width
    for text, style in parts:
        gap = "  " if line else ""
        if room < len(gap) + 4:
            break
        shown = fit(one_line(text), room - len(gap))
        line += gap + paint(shown, style)
        room -= len(gap) + len(shown)
    return line
