"""What a watch tells beside activities, in words: changes of status and health, actions, holes."""

from collections.abc import Iterator

from rensei_cli.api.models import Session
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.render.evidence import evidence
from rensei_cli.render.marks import LEVELS, Look, Mark, status_mark
from rensei_cli.render.text import clean, duration, limit, one_line
from rensei_cli.session.health import Health
from rensei_cli.session.signals import Signal, State
from rensei_cli.watch.events import (
    Cause,
    Event,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
)

_ACTION = Mark("◆", "operator:", "bold")
_HOLE = Mark("!", "missing:", "yellow")
_ASIDE = Mark("…", "earlier:", "bright_black")

# What a signal means when it is active, in the middle of a sentence.
_WORDS = {
    "ToolLoopStuck": "tool loop",
    "ClaimStuck": "claimed but not started",
    "LongRunning": "no change of state",
    "StaleHeartbeat": "no heartbeat",
}

Sentence = tuple[Mark, str]


def sentences(event: Event, look: Look) -> Iterator[Sentence]:
    """Give what an event tells, each sentence with its mark; nothing for what is no news."""
    match event:
        case StatusChanged(before, after):
            arrow = "to" if look.a11y else "→"
            mark = status_mark(after)._replace(word="status:")
            yield mark, f"{before or 'unknown'} {arrow} {after}{_why(event)}"
        case HealthChanged(health, before):
            yield from _health(health, before)
        case Remediated(entry):
            yield _ACTION, act_sentence(entry, look)
        case Gap():
            yield _gap(event)
        case Started(not_shown=count):
            yield from _acts_before(event.session, look)
            if count:
                yield _ASIDE, f"{_activities(count)} before these: --tail N shows more"
        case _:
            pass


def act_sentence(entry: RemediationEntry, look: Look) -> str:
    """Give one operator action in a sentence."""
    from rensei_cli.render.history import told  # noqa: PLC0415 - loads Rich, and most runs have none

    return told(entry, look).plain.replace("\n", ": ")


def _acts_before(session: Session, look: Look) -> Iterator[Sentence]:
    """Give in one sentence what operators had done before the watch began: the last of it."""
    entries = session.remediation
    if not entries:
        return
    last, count = entries[-1], len(entries)
    ago = ""
    if session.timestamp and last.at:
        seconds = (session.timestamp - last.at).total_seconds()
        ago = f"{duration(max(0.0, seconds))} ago"
    said = act_sentence(last, look)
    mark = _ACTION._replace(word="")  # the sentence says it
    if count == 1:
        yield mark, f"1 operator action before{', ' if ago else ''}{ago}: {said}"
        return
    every = f" (all: rensei session show {session.id})" if session.id else ""
    yield (
        mark,
        f"{count:,} operator actions before, the last{' ' if ago else ''}{ago}: {said}{every}",
    )


def _why(event: StatusChanged) -> str:
    back = event.before == "working" and event.after in {"queued", "parked"}
    return " (released and waiting again, or finishing: servers call both so)" if back else ""


def _gap(gap: Gap) -> Sentence:
    lost = _activities(gap.missed)
    if gap.cause is Cause.restart:
        also = f"; {lost} of the new count are lost" if gap.missed else ""
        return _HOLE, f"the server counts anew: {gap.before} comes after {gap.after}{also}"
    if gap.after is None:
        return _ASIDE, f"{lost} before {gap.before} are no longer held by the server"
    return _HOLE, f"{lost} between {gap.after} and {gap.before} are lost: the server let go of them"


def _activities(count: int) -> str:
    return "1 activity" if count == 1 else f"{count:,} activities"


def _health(health: Health, before: Health | None) -> Iterator[Sentence]:
    """Give each signal that became active or ceased to be, and why."""
    known = {signal.name: signal.state for signal in before.signals} if before else {}
    estimated = "" if health.source == "server" else ", estimated"
    level = f"health {LEVELS[health.level].word}{estimated}"
    mark = LEVELS[health.level]._replace(word="")  # the sentence begins with it
    changed = False
    for signal in health.signals:
        was = known.get(signal.name)
        if signal.state is State.active and was is not State.active:
            yield mark, f"{level}: {_active(signal)}"
        elif was is State.active and signal.state is not State.active:
            yield mark, f"{level}: {_WORDS.get(signal.name, clean(signal.name))} no longer"
        else:
            continue
        changed = True
    if not changed and before is not None and before.level is not health.level:
        yield mark, level


def _active(signal: Signal) -> str:
    """Give what is wrong, for how long against which limit, and what shows it."""
    held = "" if signal.seconds is None else f" for {duration(signal.seconds)}"
    most = signal.limit_seconds
    allowed = "" if most is None else f" (limit {limit(most)})"
    facts = one_line(evidence(signal))
    what = _WORDS.get(signal.name, clean(signal.name))
    return f"{what}{held}{allowed}{': ' if facts else ''}{facts}"
