"""A stop, stage by stage, with what each rests on and what keeps it from being certain."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.control.sending import doubt_about
from rensei_cli.control.stop import Stage, StopOutcome
from rensei_cli.render.facts import head, rows, stop_rows
from rensei_cli.render.history import recorded
from rensei_cli.render.marks import (
    NAME_CHARACTERS,
    SENTENCE_CHARACTERS,
    WORD_CHARACTERS,
    Look,
    Mark,
)
from rensei_cli.render.session import command_list
from rensei_cli.render.text import brief, duration
from rensei_cli.render.theme import dim, section, warning
from rensei_cli.session.lifecycle import Outcome, outcome_of

_REACHED = Mark("✓", "", "green")
_OPEN = Mark("–", "not", "bright_black")
_DOUBTFUL = Mark("!", "", "yellow")
_NOTES = {
    Stage.planned: Mark("–", "nothing was sent", "bright_black"),
    Stage.ended: Mark("✓", "nothing to stop", "green"),
    Stage.requested: Mark("?", "requested", "yellow"),
    Stage.accepted: Mark("!", "accepted", "yellow"),
    Stage.confirmed: Mark("✓", "confirmed", "green"),
}


def stop_view(outcome: StopOutcome, goal: Stage, *, width: int, look: Look) -> RenderableType:
    """Give how far a stop has come, and what can be done next."""
    parts = _parts(outcome, look)
    parts += [warning(text, look) for text in _doubts(outcome, goal)]
    if outcome.sent:
        parts.append(recorded(outcome.entry, reported=outcome.reported, look=look))
    return Group(
        head(outcome.plan.snapshot, width=width, look=look, status=outcome.shown_status),
        section("Stop", *parts, look=look, note=_note(outcome, look)),
        command_list(_next(outcome), width=width),
    )


def _parts(outcome: StopOutcome, look: Look) -> list[RenderableType]:
    if outcome.stage is Stage.planned:
        return [rows(stop_rows(outcome.plan, look))]
    if outcome.stage is not Stage.ended:
        return [_stages(outcome, look)]
    status = brief(outcome.status or "unknown", WORD_CHARACTERS)
    if outcome.plan.ended:
        return [Text(f"it has ended already ({status}); nothing was sent")]
    return [Text(f"it ended by itself ({status}) before the stop took effect")]


def _note(outcome: StopOutcome, look: Look) -> Text:
    mark, waited = _NOTES[outcome.stage], outcome.waited_seconds
    told = {Stage.requested: ", no sign of it in", Stage.accepted: ", not confirmed in"}
    after = f"{told.get(outcome.stage, ' after')} {duration(waited)}" if waited >= 1 else ""
    doubtful = outcome.stage is Stage.confirmed and outcome.unproven
    return (_DOUBTFUL if doubtful else mark)._replace(word=f"{mark.word}{after}").text(look)


def _stages(outcome: StopOutcome, look: Look) -> RenderableType:
    """Give the three words, each with what it rests on."""
    status = brief(outcome.status or "unknown", WORD_CHARACTERS)
    grounds = {
        Stage.requested: brief(outcome.plan.reason or "without a reason", SENTENCE_CHARACTERS),
        Stage.accepted: _acceptance(outcome),
        Stage.confirmed: f"{status}, and two more reads brought nothing new",
    }
    table = Table.grid(padding=(0, 1))
    for _ in range(3):
        table.add_column(overflow="fold")
    for stage, ground in grounds.items():
        reached = outcome.reached(stage)
        sign = (_REACHED if reached else _OPEN).sign(look)
        table.add_row(sign, f"{stage} ", dim(ground if reached else _missing(outcome, stage)))
    return table


def _missing(outcome: StopOutcome, stage: Stage) -> str:
    """Give what is known of a stage that was not reached."""
    if stage is Stage.accepted and outcome.answer is not None:
        return f"the server answered {outcome.answer.http_status}, but did not say so"
    return "not seen so far"


def _acceptance(outcome: StopOutcome) -> str:
    """Give what shows that the server took it."""
    answer = outcome.answer
    if answer is None:
        return "the session shows it"
    pending = brief(answer.pending or "", NAME_CHARACTERS).replace("_", " ")
    if answer.delivered:
        return f"202: the server says delivered{f', pending {pending}' if pending else ''}"
    return f"{answer.http_status}: {brief(answer.new_status or 'stopped', WORD_CHARACTERS)}"


def _doubts(outcome: StopOutcome, goal: Stage) -> Iterator[str]:
    """Give what keeps a stop from being certain."""
    ended = outcome_of(outcome.status)
    if outcome.doubt is not None:
        yield brief(doubt_about(outcome.doubt), SENTENCE_CHARACTERS)
    if not outcome.readable:
        yield "the session could not be read after that"
    elif outcome.stage is Stage.requested and outcome.waited_seconds:
        yield "the session still runs, and shows no sign of the stop"
    elif outcome.stage is Stage.accepted and goal is Stage.confirmed:
        yield _unconfirmed(ended)
    if outcome.stage is Stage.confirmed and ended is Outcome.completed:
        yield "it completed before the stop took effect"
    if outcome.unproven:
        silent = duration(outcome.silent_seconds)
        yield f"its worker had been silent for {silent}: its agent may still run somewhere"


def _unconfirmed(ended: Outcome | None) -> str:
    if ended is None:
        return "the session still runs: its worker has not shown that the agent ended"
    return f"the session is {ended}, but it has not been seen to be quiet"


def _next(outcome: StopOutcome) -> Mapping[str, str]:
    plan = outcome.plan
    if outcome.stage is Stage.planned:
        return {plan.command("stop"): "stop it"}
    show = {plan.command("show"): "what it did"}
    if outcome_of(outcome.status) is None:
        return {plan.command("watch"): "see whether it ends"} | show
    return show | {plan.command("prompt", '"…"'): "go on: a prompt starts it again"}
