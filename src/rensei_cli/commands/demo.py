"""`rensei demo`: the embedded platform with working agents, on this machine, without an account."""

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands.seen import forgotten_after
from rensei_cli.commands.server import require_server_extra
from rensei_cli.commands.session import print_list, print_session
from rensei_cli.commands.tree import runtime_of
from rensei_cli.commands.watch import View, follow
from rensei_cli.errors import RenseiError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.embedded.demo import World

HELP = """Start the embedded platform with working agents, and watch one of them.

The agents really write, run and mend small projects in a temporary folder. One of them loops, one
was killed, one never started, so that every health signal can be seen within a minute. It stays
until Ctrl-C, which ends every process and removes every file that was made.

Examples:
  rensei demo
  rensei demo --no-watch
  rensei demo --once
"""

_READY_SECONDS = 30.0


def demo(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Leave after the first picture, for scripts.")
    ] = False,
    no_watch: Annotated[
        bool, typer.Option("--no-watch", help="Show what there is, and only stay.")
    ] = False,
) -> int:
    """Run the demo."""
    outer = runtime_of(ctx)
    require_server_extra()
    outer.plain_output().notice("starting the embedded platform and its agents…")
    with ExitStack() as undo:
        world = _begun(outer, undo)
        undo.enter_context(forgotten_after(outer, world.url))
        if not world.wait_until_working(_READY_SECONDS):
            raise RenseiError("no agent of the demo began to work", remedy="rensei demo --debug")
        runtime = replace(outer, options=outer.options._replace(url=world.url))
        if runtime.output.as_json:
            runtime.output.document({"url": world.url, "sessions": world.ids})
        else:
            print_list(runtime, ended=True)
            print_session(runtime, world.ids["live"])
        if once:
            return 0
        runtime.output.notice(_INVITATION)
        if not no_watch and not runtime.output.as_json:
            runtime.output.notice(
                "Now watching an agent that will loop, be noticed, and recover:\n"
            )
            from rensei_cli.watch.plan import Plan

            code = follow(runtime, world.ids["looping"], Plan(), View())
            if code == _INTERRUPTED:
                return code
            runtime.output.notice("\nThe demo goes on; Ctrl-C ends it.")
        world.wait()
    return 0


def _begun(runtime: Runtime, undo: ExitStack) -> "World":
    """Give the world of the demo, or why there is none."""
    from rensei_cli.embedded.demo import demo as world_of

    try:
        return undo.enter_context(world_of(runtime.environ))
    except OSError as error:
        raise RenseiError(
            error.strerror or str(error),
            hint="The demo needs a folder that can be written, and removes what it has made.",
            remedy="RENSEI_HOME=DIR rensei demo",
        ) from None


_INTERRUPTED = 130
_INVITATION = """
The demo runs. In a second terminal, without any configuration:
  rensei session list --all
  rensei session show ENG-117                   a loop, with the evidence
  rensei session watch ENG-128                  a run that works until it is stopped
  rensei session stop ENG-128 --reason enough   stop it, and see it confirmed
  rensei session release-claim ENG-119          free the one whose worker was killed
  rensei session release-claim ENG-121          free the one that never started
Ctrl-C ends it and removes everything it made.
"""
