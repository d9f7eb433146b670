"""The release of a claim: what became of it, and who holds the session now."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from rensei_cli.control.release import Fate, ReleaseOutcome
from rensei_cli.control.sending import doubt_about
from rensei_cli.render.facts import head, release_rows, rows, silence_of
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
from rensei_cli.render.theme import section, warning

_NOT_SENT = Mark("–", "nothing was sent", "bright_black")
_NOTES = {
    True: Mark("✓", "released", "green"),
    False: Mark("✗", "not released", "red"),
    None: Mark("?", "unknown", "yellow"),
}


def release_view(
    outcome: ReleaseOutcome, objection: str | None, *, width: int, look: Look
) -> RenderableType:
    """Give what became of a claim, or what would, and what can be done next."""
    parts: list[RenderableType]
    if outcome.sent:
        parts = [Text(_told(outcome)), *(warning(text, look) for text in _doubts(outcome))]
        parts.append(recorded(outcome.entry, reported=outcome.reported, look=look))
    else:
        parts = [rows(release_rows(outcome.plan, look))]
        parts += [warning(objection, look)] if objection else []
    note = _NOTES[outcome.released] if outcome.sent else _NOT_SENT
    return Group(
        head(outcome.plan.snapshot, width=width, look=look, status=outcome.shown_status),
        section("Claim", *parts, look=look, note=note.text(look)),
        command_list(_next(outcome), width=width),
    )


def _told(outcome: ReleaseOutcome) -> str:
    """Give what became of the session."""
    before = brief(outcome.previous_worker_id or "its worker", NAME_CHARACTERS)
    now = brief(outcome.worker_id or outcome.holder_id or "its worker", NAME_CHARACTERS)
    if outcome.fate is Fate.unchanged or outcome.released is False:
        later = "; whether the release still arrives is not known" if outcome.doubt else ""
        return f"{now} still holds it{later}"
    if outcome.released is None:
        return _unknown(outcome, before)
    return f"released from {before}; {_after(outcome, before)}"


def _unknown(outcome: ReleaseOutcome, before: str) -> str:
    """Give what was seen since, where nobody tells whether it was by this act."""
    if outcome.fate is Fate.ended:
        status = brief(outcome.status or "ended", WORD_CHARACTERS)
        return f"the session is {status}: nobody holds it any longer"
    if outcome.fate is Fate.unknown:
        return f"whether {before} still holds it is not known"
    return f"{before} holds it no longer, by whose act is not known; {_after(outcome, before)}"


def _after(outcome: ReleaseOutcome, before: str) -> str:
    waited = outcome.waited_seconds
    match outcome.fate:
        case Fate.claimed:
            now = brief(outcome.worker_id or "a worker", NAME_CHARACTERS)
            return "the same worker claimed it again" if now == before else f"{now} claimed it"
        case Fate.queued:
            return "back in the queue" + (
                f", where nobody took it within {duration(waited)}" if waited >= 1 else ""
            )
        case Fate.ended:
            return f"then it ended ({brief(outcome.status or '', WORD_CHARACTERS)})"
        case _:
            return "who holds it now this server does not tell"


def _doubts(outcome: ReleaseOutcome) -> Iterator[str]:
    """Give what keeps a release from being certain."""
    if outcome.doubt is not None:
        yield brief(doubt_about(outcome.doubt), SENTENCE_CHARACTERS)
    if not outcome.readable:
        yield "the session could not be read after that"
    elif outcome.released and outcome.fate is Fate.unchanged:
        yield "the server says released, but its claim is the same as before"
    if outcome.released and outcome.plan.holder.live is False:
        yield f"{silence_of(outcome.plan)}: its agent may still run somewhere"


def _next(outcome: ReleaseOutcome) -> Mapping[str, str]:
    if outcome.sent:
        return {outcome.plan.command("watch"): "follow it"}
    return {outcome.plan.command("show"): "its health, with the evidence"}
