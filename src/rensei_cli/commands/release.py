"""`rensei session release-claim`: take a session from a worker that does not get on with it."""

from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands import acting, asking
from rensei_cli.commands.arguments import LiveSessionArgument, ReasonOption, WaitOption, YesOption
from rensei_cli.commands.tree import runtime_of
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rensei_cli.control.claim import ReleasePlan
    from rensei_cli.control.release import ReleaseOutcome
    from rensei_cli.errors import RefusedError

HELP = """Release the claim of a worker, so that another one can take the session.

Only a claim that looks dead is released: ClaimStuck or StaleHeartbeat has to be active. For any
other, and where holder or heartbeat cannot be read, it takes --force: two agents on one issue are
worse than a stuck one. A claim that changes hands before the request arrives is not released.

Examples:
  rensei session release-claim ENG-119
  rensei session release-claim ENG-119 --yes --reason "its machine is gone"
  rensei session release-claim ENG-119 --expect-worker wkr_01 --yes
  rensei session release-claim ENG-119 --dry-run
"""

# A worker's name is shown in a line.
_SHOWN = 80


def release_claim(
    ctx: typer.Context,
    session: LiveSessionArgument,
    reason: ReasonOption = None,
    yes: YesOption = False,
    force: Annotated[
        bool, typer.Option("--force", help="Release a claim that is, or may be, live.")
    ] = False,
    expect_worker: Annotated[
        str | None,
        typer.Option("--expect-worker", metavar="ID", help="Only if this worker holds it."),
    ] = None,
    wait_timeout: WaitOption = "30s",  # type: ignore[assignment] # typer parses the default too
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be released, and send nothing.")
    ] = False,
) -> int:
    """Release the claim on one session."""
    runtime = runtime_of(ctx)
    with acting.before_sending(runtime):
        if not (yes or dry_run):
            flags = ["--force", "--yes"] if force else ["--yes"]
            again = asking.worded(
                "release-claim", session, *flags, reason=reason, expect_worker=expect_worker
            )
            asking.need_consent(runtime, "release a claim", again)
        plan = _plan(runtime, session, reason, force=force, expected=expect_worker)
        from rensei_cli.control.claim import objection

        if dry_run:
            return _planned(runtime, plan)
        if refused := objection(plan):
            raise refused
        if not yes:
            _ask(runtime, plan)
    return _carried_out(runtime, plan, wait_timeout)


def _plan(
    runtime: Runtime, session: str, reason: str | None, *, force: bool, expected: str | None
) -> "ReleasePlan":
    said = acting.reason(runtime, reason)
    from rensei_cli.control.claim import ReleasePlan

    return acting.planned(
        runtime, session, ReleasePlan, reason=said, force=force, expected=expected
    )


def _ask(runtime: Runtime, plan: "ReleasePlan") -> None:
    """Ask for a yes, or where a live claim would be released, for the issue."""

    def facts(width: int) -> "RenderableType":
        from rensei_cli.render.facts import release_facts

        return release_facts(plan, width=width, look=runtime.look())

    declined = f"the claim on {plan.name} was not released"
    if plan.holder.live:
        asking.confirm_by_name(runtime, facts, plan.name, declined)
    else:
        asking.confirm(runtime, facts, f"Release the claim on {plan.name}?", declined)


def _planned(runtime: Runtime, plan: "ReleasePlan") -> int:
    """Show what would be released, or why it would not be; nothing is sent."""
    from rensei_cli.control.claim import objection
    from rensei_cli.control.release import planned

    refused = objection(plan)
    _emit(runtime, planned(plan), refused)
    return refused.exit_code if refused else 0


def _carried_out(runtime: Runtime, plan: "ReleasePlan", seconds: float) -> int:
    """Send, observe, and print what became of the claim, also when a signal cuts it short."""
    from rensei_cli.control.release import Fate, carry_out

    waiting = acting.Waiting(runtime, "released; watching who takes it", seconds)

    def tell(outcome: "ReleaseOutcome") -> None:
        if not (outcome.answer or outcome.doubt):
            waiting.say("requested; waiting for the answer")
        waiting.tell(outcome.fate is Fate.queued)

    with acting.observer(runtime, seconds) as observer:
        outcomes = carry_out(plan, runtime.client, observer, acting.clock(runtime), seconds=seconds)
        outcome, cut_short = acting.followed(runtime, plan.session_id, outcomes, tell)
    if outcome.another:
        runtime.output.notice(
            f"rensei: the server names {outcome.another[:_SHOWN]}, and not"
            f" {(outcome.holder_id or '')[:_SHOWN]}, as the worker whose claim it released"
        )
    _emit(runtime, outcome)
    return cut_short or outcome.exit_code


def _emit(
    runtime: Runtime, outcome: "ReleaseOutcome", refused: "RefusedError | None" = None
) -> None:
    from rensei_cli.control.document import release_document

    objection = refused.message if refused else None

    def view(width: int) -> "RenderableType":
        from rensei_cli.render.release import release_view

        return release_view(outcome, objection, width=width, look=runtime.look())

    runtime.output.emit(lambda: release_document(outcome, objection), view)
