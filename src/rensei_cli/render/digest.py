"""The present of a watch in one line, and its whole course in a few."""

from collections.abc import Iterator

from rensei_cli.render.activity import tool_name
from rensei_cli.render.paint import fit, wrapped
from rensei_cli.render.text import duration, money, one_line
from rensei_cli.render.theme import LEVELS, Look, Mark, status_mark
from rensei_cli.render.watch import Lines
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import Phase, outcome_of, phases
from rensei_cli.watch.events import Verdict, Via, ViaChanged
from rensei_cli.watch.state import WatchState

# From this long without an activity on, the silence itself is worth a look.
_QUIET_SECONDS = 60
_ERROR_CHARACTERS = 400
# From this width on there is room for words that only introduce others.
_WIDE = 60
_LEAST_FOLDING = 12
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

Part = tuple[str, str]


def via_sentence(event: ViaChanged) -> str:
    """Give in words how the session is seen now."""
    again = event.again_seconds
    later = "" if again is None else f"; next try in {max(1.0, again):.0f}s"
    return f"{_VIAS[event.via].word}: {one_line(event.why)}{later}"


def status_line(state: WatchState, now: float, width: int, lines: Lines) -> str:
    """Give the one line that is kept below a live tail; what does not fit is left out."""
    via = _part(_VIAS[state.via], lines.look)
    if state.via is Via.lost:
        parts = [(f"{via[0]} {duration(now - state.seen_at)}", via[1]), *_present(state, lines)]
    else:
        parts = [*_present(state, lines), _idle(state, now), via]
    if state.missed:
        parts.append((f"{state.missed:,} missed", "yellow"))
    parts += _spent(state, now)
    line, room = "", width
    for text, style in parts:
        gap = "  " if line else ""
        if len(gap) + len(text) <= room:
            line += gap + lines.paint(text, style)
            room -= len(gap) + len(text)
    if lines.folding and room > _LEAST_FOLDING:
        line += "  " + lines.paint(fit(lines.folding, room - 2), "yellow")
    return line


def digest(state: WatchState, lines: Lines) -> Iterator[str]:
    """Give the outcome and what led to it, line by line; nothing where nothing was seen."""
    ended = state.ended
    if ended is None or state.session is None:
        return
    outcome = status_mark(state.status)
    text, style = _part(_VERDICTS.get(ended.verdict, outcome), lines.look)
    first, *more = wrapped(f"{text}  {_why(state)}", lines.width)
    yield lines.paint(first[: len(text)], style) + first[len(text) :]
    yield from more
    for told in (_counted(state), _observed(state)):
        yield from wrapped(told, lines.width, 2)
    if state.last_error is not None and ended.verdict is Verdict.failed:
        error = f"last error: {one_line(state.last_error.content[:_ERROR_CHARACTERS])}"
        yield from (lines.paint(line, "red") for line in wrapped(error, lines.width, 2))


def _present(state: WatchState, lines: Lines) -> list[Part]:
    """Give status and health, in few words where there is little room."""
    parts = [_part(status_mark(state.status), lines.look)] if state.session else []
    if state.health is not None and state.health.level is not Level.none:
        mark = LEVELS[state.health.level]
        wide = lines.width is None or lines.width >= _WIDE
        parts.append((f"health {mark.word}" if wide else mark.word, mark.style))
    return parts


def _idle(state: WatchState, now: float) -> Part:
    if state.session is None:
        return f"{duration(now - state.began)}", "bright_black"
    if state.acted_at is None:
        return "no activity yet", "bright_black"
    idle = now - state.acted_at
    return f"idle {duration(idle)}", "yellow" if idle > _QUIET_SECONDS else "bright_black"


def _spent(state: WatchState, now: float) -> Iterator[Part]:
    """Give how long the present status holds, and what the session cost so far."""
    held = _phases(state)
    if held and held[-1].seconds is not None and outcome_of(state.status) is None:
        seconds = held[-1].seconds + now - state.read_at
        yield f"{held[-1].status} for {duration(seconds)}", "bright_black"
    if state.session and state.session.cost_usd is not None:
        yield f"{money(state.session.cost_usd)} so far", "bright_black"


def _phases(state: WatchState) -> tuple[Phase, ...]:
    session = state.session
    if session is None or session.timestamp is None:
        return ()
    return phases(session, state.status, session.timestamp)


def _why(state: WatchState) -> str:
    """Give what ended, how long it was in each status, and why the watch ended if it did first."""
    ended, session = state.ended, state.session
    if ended is None or session is None:
        return ""
    parts = [one_line(session.identifier or session.id or "")]
    if outcome_of(state.status) is not None:
        told = (phase for phase in _phases(state) if phase.seconds is not None)
        spent = ", ".join(f"{phase.status} {duration(phase.seconds)}" for phase in told)
        parts.append(f"after {spent}" if spent else "")
    if ended.why != f"the session {state.status}":
        parts.append(f"– {one_line(ended.why)}")
    return " ".join(filter(None, parts))


def _counted(state: WatchState) -> str:
    total = state.counts.total()
    if not total:
        return "no activity was seen"
    types = ", ".join(f"{count:,} {one_line(kind)}" for kind, count in state.counts.most_common(6))
    tools = ", ".join(f"{tool_name(tool)} {n:,}×" for tool, n in state.tools.most_common(5))
    seen = "1 activity" if total == 1 else f"{total:,} activities"
    return f"{seen}: {types}{f'; tools: {tools}' if tools else ''}"


def _observed(state: WatchState) -> str:
    """Give what went wrong, with the run and with seeing it, and what it cost."""
    told = [_many(state.errors, "error")]
    holes = _many(state.gaps, "gap")
    told.append(f"{state.missed:,} missed in {holes}" if state.gaps else "nothing missed")
    if state.reconnects:
        told.append(_many(state.reconnects, "reconnect"))
    cost = state.session.cost_usd if state.session else None
    told.append("cost not reported" if cost is None else f"cost {money(cost)}")
    return "; ".join(told)


def _many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _part(mark: Mark, look: Look) -> Part:
    return (mark.word if look.a11y else f"{mark.symbol} {mark.word}", mark.style)
