"""`rensei session stop`: end a run, and know that it has ended."""

from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands import acting, asking
from rensei_cli.commands.arguments import LiveSessionArgument, ReasonOption, WaitOption, YesOption
from rensei_cli.commands.tree import runtime_of
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rensei_cli.control.stop import Stage, StopOutcome, StopPlan

HELP = """Stop a run, and wait until it has really ended.

Three words are never mixed: requested (sent), accepted (the server took it) and confirmed (the
session has ended, and two reads brought nothing new). It is sent once; an answer that was lost on
the way is settled by reading the session. A session that has ended already is left as it is.

Examples:
  rensei session stop ENG-124
  rensei session stop ENG-124 --reason "wrong branch" --yes
  rensei session stop ENG-124 --dry-run
  rensei session stop ENG-124 --yes --json | jq .stage
"""


def stop(
    ctx: typer.Context,
    session: LiveSessionArgument,
    reason: ReasonOption = None,
    yes: YesOption = False,
    wait: Annotated[
        bool,
        typer.Option("--wait/--no-wait", help="Wait until it is confirmed, or only accepted."),
    ] = True,
    wait_timeout: WaitOption = "30s",  # type: ignore[assignment] # typer parses the default too
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stopped, and send nothing.")
    ] = False,
) -> int:
    """Stop one session."""
    runtime = runtime_of(ctx)
    with acting.before_sending(runtime):
        if not (yes or dry_run):
            again = asking.worded("stop", session, "--yes", reason=reason)
            asking.need_consent(runtime, "stop", again)
        plan = _plan(runtime, session, reason)
        if dry_run or plan.ended:
            return _concluded(runtime, plan)
        if not yes:
            asking.confirm(
                runtime,
                lambda width: _facts(runtime, plan, width),
                f"Stop {plan.name}?",
                f"{plan.name} was not stopped",
            )
    from rensei_cli.control.stop import Stage

    return _carried_out(runtime, plan, Stage.confirmed if wait else Stage.accepted, wait_timeout)


def _plan(runtime: Runtime, session: str, reason: str | None) -> "StopPlan":
    said = acting.reason(runtime, reason)
    from rensei_cli.control.stop import StopPlan

    return acting.planned(runtime, session, StopPlan, reason=said)


def _carried_out(runtime: Runtime, plan: "StopPlan", goal: "Stage", seconds: float) -> int:
    """Send, observe, and print how far it came, also when a signal cuts it short."""
    from rensei_cli.control.stop import Stage
    from rensei_cli.control.stopping import carry_out

    patience = seconds if goal is Stage.confirmed else 0.0
    waiting = acting.Waiting(runtime, "accepted; waiting for the session to end", patience)

    def tell(outcome: "StopOutcome") -> None:
        if outcome.stage is Stage.requested and not (outcome.answer or outcome.doubt):
            waiting.say("requested; waiting for the answer")
        waiting.tell(outcome.waiting)

    with acting.observer(runtime, seconds) as observer:
        outcomes = carry_out(
            plan, runtime.client, observer, acting.clock(runtime), goal=goal, seconds=seconds
        )
        outcome, cut_short = acting.followed(runtime, plan.session_id, outcomes, tell)
    _emit(runtime, outcome, goal)
    return cut_short or outcome.exit_code(goal)


def _concluded(runtime: Runtime, plan: "StopPlan") -> int:
    """Print what is known without sending anything."""
    from rensei_cli.control.stop import Stage, planned

    _emit(runtime, planned(plan), Stage.planned)
    return 0


def _emit(runtime: Runtime, outcome: "StopOutcome", goal: "Stage") -> None:
    from rensei_cli.control.document import stop_document

    def view(width: int) -> "RenderableType":
        from rensei_cli.render.stop import stop_view

        return stop_view(outcome, goal, width=width, look=runtime.look())

    runtime.output.emit(lambda: stop_document(outcome), view)


def _facts(runtime: Runtime, plan: "StopPlan", width: int) -> "RenderableType":
    from rensei_cli.render.facts import stop_facts

    return stop_facts(plan, width=width, look=runtime.look())
