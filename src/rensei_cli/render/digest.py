"""The present of a watch in one line, and its whole course in a few."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rensei_cli.render.marks import LEVELS, Look, Mark, status_mark
from rensei_cli.render.news import act_sentence
from rensei_cli.render.paint import fit, wrapped
from rensei_cli.render.text import duration, money, one_line, tool_name
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


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the status line; the higher its rank, the sooner it is left out."""

    text: str
    style: str
    rank: int = 0
    gap: int = 2


def via_sentence(event: ViaChanged) -> str:
    """Give in words how the session is seen now."""
    again = event.again_seconds
    later = "" if again is None else f"; next try in {max(1.0, again):.0f}s"
    return f"{_VIAS[event.via].word}: {one_line(event.why)}{later}"


def status_line(state: WatchState, now: float, width: int, lines: Lines) -> str:
    """Give the one line that is kept below a live tail; what does not fit is left out."""
    parts = _parts(state, now, lines)
    while sum(map(_cells, parts)) > width + 2 and any(part.rank for part in parts):
        parts.remove(max(parts, key=lambda part: part.rank))
    line = "".join(
        f"{' ' * part.gap if place else ''}{lines.paint(part.text, part.style)}"
        for place, part in enumerate(parts)
    )
    room = width - sum(map(_cells, parts))
    if lines.folding and room > _LEAST_FOLDING:
        line += "  " + lines.paint(fit(lines.folding, room), "yellow")
    return line


def digest(state: WatchState, lines: Lines) -> Iterator[str]:
    """Give the outcome and what led to it, line by line; nothing where nothing was seen."""
    ended = state.ended
    if ended is None or state.session is None:
        return
    outcome = status_mark(state.status)
    mark = _VERDICTS.get(ended.verdict, outcome)
    sign = _sign(mark, lines.look)
    first, *more = wrapped(f"{sign}  {_why(state)}", lines.width)
    yield lines.paint(first[: len(sign)], mark.style) + first[len(sign) :]
    yield from more
    for seen in (_counted(state), _observed(state)):
        yield from wrapped(seen, lines.width, 2)
    if ended.verdict is Verdict.stopped and state.session.remediation:
        act = act_sentence(state.session.remediation[-1], lines.look)
        yield from wrapped(one_line(act), lines.width, 2)
    if state.last_error is not None and ended.verdict is Verdict.failed:
        error = f"last error: {one_line(state.last_error.content[:_ERROR_CHARACTERS])}"
        yield from (lines.paint(line, "red") for line in wrapped(error, lines.width, 2))


def _cells(part: Part) -> int:
    return len(part.text) + part.gap


def _parts(state: WatchState, now: float, lines: Lines) -> list[Part]:
    """Give whether it is alive, well and seen first, then for how long, and what it cost."""
    sight = _VIAS[state.via]
    via = Part(_sign(sight, lines.look), sight.style)
    if state.session is None:
        return [via, Part(duration(now - state.began), "bright_black")]
    present = [*_status(state, now, lines.look), *_health(state, lines), _idle(state, now)]
    if state.via is Via.lost:  # what is known is old: since when comes first
        return [replace(via, text=f"{via.text} {duration(now - state.seen_at)}"), *present]
    missed = [Part(f"{state.missed:,} missed", "yellow", 3)] if state.missed else []
    cost = state.session.cost_usd
    spent = [] if cost is None else [Part(f"{money(cost)} so far", "bright_black", 5)]
    return [*present, via, *missed, *spent]


def _status(state: WatchState, now: float, look: Look) -> Iterator[Part]:
    """Give the status, and for how long it has held."""
    mark = status_mark(state.status)
    yield Part(_sign(mark, look), mark.style)
    held = _phases(state)
    if held and held[-1].seconds is not None and outcome_of(state.status) is None:
        seconds = held[-1].seconds + now - state.read_at
        yield Part(duration(seconds), "bright_black", 4, gap=1)


def _health(state: WatchState, lines: Lines) -> Iterator[Part]:
    if state.health is not None and state.health.level is not Level.none:
        mark = LEVELS[state.health.level]
        wide = lines.width is None or lines.width >= _WIDE
        yield Part(f"health {mark.word}" if wide else mark.word, mark.style)


def _idle(state: WatchState, now: float) -> Part:
    if state.acted_at is None:
        return Part("no activity yet", "bright_black", 1)
    idle = now - state.acted_at
    return Part(f"idle {duration(idle)}", "yellow" if idle > _QUIET_SECONDS else "bright_black", 1)


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
        held = (phase for phase in _phases(state) if phase.seconds is not None)
        spent = ", ".join(f"{phase.status} {duration(phase.seconds)}" for phase in held)
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
    holes = f"{state.missed:,} missed in {_many(state.gaps, 'gap')}"
    seen = [_many(state.errors, "error"), holes if state.gaps else "nothing missed"]
    if state.reconnects:
        seen.append(_many(state.reconnects, "reconnect"))
    cost = state.session.cost_usd if state.session else None
    seen.append("cost not reported" if cost is None else f"cost {money(cost)}")
    return "; ".join(seen)


def _many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _sign(mark: Mark, look: Look) -> str:
    return mark.word if look.a11y else f"{mark.symbol} {mark.word}"
