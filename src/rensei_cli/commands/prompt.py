"""`rensei session prompt`: say something to the agent of a session."""

from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands import acting, asking
from rensei_cli.commands.arguments import SessionArgument, YesOption
from rensei_cli.commands.tree import runtime_of
from rensei_cli.errors import UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rensei_cli.control.prompt import PromptPlan

HELP = """Say something to the agent of a session.

A prompt to a session that has ended starts it again, which is asked first. The text is an
argument, or it is read from standard input (a pipe, or `-`). It is sent once; with the same
--idempotency-key it is the same prompt, however often it is sent.

Examples:
  rensei session prompt ENG-124 "Keep the public API as it is"
  rensei session prompt ENG-124 < review.md
  rensei session prompt ENG-112 "One more test, please" --yes
"""

# What fits a request of the embedded platform (1 MiB) in every encoding of JSON.
_MOST_CHARACTERS = 150_000


def prompt(
    ctx: typer.Context,
    session: SessionArgument,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT", show_default=False, help="What to say; - reads standard input."
        ),
    ] = None,
    yes: YesOption = False,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key", metavar="KEY", help="Name the prompt, to send it again safely."
        ),
    ] = None,
) -> int:
    """Say something to the agent of one session."""
    runtime = runtime_of(ctx)
    with acting.before_sending(runtime):
        said = _said(runtime, text)
        key = acting.new_key() if idempotency_key is None else acting.given_key(idempotency_key)
        plan = _plan(runtime, session, said, key)
        if plan.restarts and not yes:
            asking.need_consent(
                runtime, "start an ended session again", f"session prompt {session} … --yes"
            )
            asking.confirm(
                runtime,
                lambda width: _facts(runtime, plan, width),
                f"Start {plan.name} again?",
                f"{plan.name} was not started again",
            )
    return _carried_out(runtime, plan)


def _said(runtime: Runtime, text: str | None) -> str:
    """Give what is to be said, from the argument or from standard input."""
    if text is None and runtime.stdin.isatty():
        raise UsageError(
            "there is nothing to say",
            hint="The text is an argument, or comes from a pipe.",
            remedy='rensei session prompt ENG-124 "…"',
        )
    if text is None or text == "-":
        if runtime.options.token_stdin:
            raise UsageError("standard input cannot be both the credential and the prompt")
        text = _piped(runtime)
    from rensei_cli.render.text import clean

    shown = clean(text).strip()
    if not shown:
        raise UsageError("the prompt is empty", hint="Nothing was sent.")
    if len(shown) > _MOST_CHARACTERS:
        raise UsageError(
            f"the prompt has more than {_MOST_CHARACTERS} characters", hint="Nothing was sent."
        )
    if shown != text.strip().replace("\r\n", "\n"):
        runtime.output.notice("rensei: control characters in the prompt are sent visibly")
    return shown


def _piped(runtime: Runtime) -> str:
    try:
        return runtime.stdin.read(_MOST_CHARACTERS + 1)
    except UnicodeError:
        raise UsageError("standard input is not text in UTF-8", hint="Nothing was sent.") from None


def _plan(runtime: Runtime, session: str, text: str, key: str) -> "PromptPlan":
    from rensei_cli.control.prompt import PromptPlan

    return acting.planned(runtime, session, PromptPlan, key=key, text=text)


def _facts(runtime: Runtime, plan: "PromptPlan", width: int) -> "RenderableType":
    from rensei_cli.render.facts import prompt_facts

    return prompt_facts(plan, width=width, look=runtime.look())


def _carried_out(runtime: Runtime, plan: "PromptPlan") -> int:
    """Send, and print what is known of it, also when a signal cuts it short."""
    from rensei_cli.control.document import prompt_document
    from rensei_cli.control.prompt import carry_out

    outcome, cut_short = acting.followed(runtime, plan.session_id, carry_out(plan, runtime.client))

    def view(width: int) -> "RenderableType":
        from rensei_cli.render.prompt import prompt_view

        return prompt_view(outcome, width=width, look=runtime.look())

    runtime.output.emit(lambda: prompt_document(outcome), view)
    return cut_short or outcome.exit_code
