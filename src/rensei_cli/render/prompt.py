"""A prompt: whether it arrived, and what becomes of it."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from rensei_cli.control.prompt import PromptOutcome
from rensei_cli.control.sending import doubt_about
from rensei_cli.render.facts import head
from rensei_cli.render.marks import NAME_CHARACTERS, SENTENCE_CHARACTERS, Look, Mark
from rensei_cli.render.session import command_list
from rensei_cli.render.text import brief
from rensei_cli.render.theme import dim, section

_NOTES = {
    True: Mark("✓", "delivered", "green"),
    False: Mark("✗", "not delivered", "red"),
    None: Mark("?", "unknown", "yellow"),
}
_HELD = Mark("!", "held", "yellow")


def prompt_view(outcome: PromptOutcome, *, width: int, look: Look) -> RenderableType:
    """Give whether a prompt was delivered, and what can be done next."""
    recovery = outcome.answer.recovery if outcome.answer else None
    parts: list[RenderableType] = [Text(_told(outcome))]
    if recovery:
        advice = brief(recovery, NAME_CHARACTERS).replace("_", " ")
        parts.append(dim(f"the server's advice: {advice}"))
    return Group(
        head(outcome.plan.snapshot, width=width, look=look, status=outcome.status),
        section("Prompt", *parts, look=look, note=_note(outcome).text(look)),
        command_list(_next(outcome), width=width),
    )


def _note(outcome: PromptOutcome) -> Mark:
    return _HELD if outcome.held and not outcome.delivered else _NOTES[outcome.delivered]


def _told(outcome: PromptOutcome) -> str:
    answer = outcome.answer
    if answer is None:
        why = doubt_about(outcome.doubt) if outcome.doubt else "it was cut short"
        return f"{brief(why, SENTENCE_CHARACTERS)}; whether it arrived is not known"
    if outcome.delivered:
        sure = "delivered" if answer.delivered else "taken, though the server did not say delivered"
        return f"{sure}; the session is queued again for it" if outcome.restarted else sure
    if outcome.held:
        return "the server holds it for later"
    why = brief(answer.refusal or "without a reason", SENTENCE_CHARACTERS)
    return f"the server refused it: {why}"


def _next(outcome: PromptOutcome) -> Mapping[str, str]:
    plan = outcome.plan
    watch = {plan.command("watch"): "follow it"}
    if outcome.delivered is not None:
        return watch
    same = plan.command("prompt", "…", "--idempotency-key", plan.key)
    return {same: "the same one again"} | watch
