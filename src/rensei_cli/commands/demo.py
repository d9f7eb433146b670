"""`rensei demo`: the embedded platform with working agents, on this machine, without an account."""

from dataclasses import replace
from typing import Annotated

import typer

from rensei_cli.commands.server import require_server_extra
from rensei_cli.commands.session import print_list, print_session
from rensei_cli.commands.tree import runtime_of
from rensei_cli.runtime import Runtime

HELP = """Start the embedded platform with working agents, show them, and stay until Ctrl-C.

The agents really write, run and mend small projects in a temporary folder. One of them loops, one
was killed, one never started, so that every health signal can be seen within a minute. Ctrl-C ends
every process and removes every file that was made.

Examples:
  rensei demo
  rensei demo --once
"""

_READY_SECONDS = 30.0


def demo(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Leave after the first picture, for scripts.")
    ] = False,
) -> None:
    """Run the demo."""
    outer = runtime_of(ctx)
    require_server_extra()
    from rensei_cli.embedded.demo import demo as world_of

    outer.plain_output().notice("starting the embedded platform and its agents…")
    with world_of(outer.environ) as world:
        world.wait_until_working(_READY_SECONDS)
        runtime = Runtime(
            environ=outer.environ,
            options=replace(outer.options, url=world.url),
            stdin=outer.stdin,
            stdout=outer.stdout,
            stderr=outer.stderr,
        )
        print_list(runtime, ended=True)
        runtime.output.notice("")
        print_session(runtime, world.ids["live"])
        runtime.close()
        if once:
            return
        runtime.output.notice(_invitation(world.ids))
        world.wait()


def _invitation(ids: dict[str, str]) -> str:
    looping = ids["looping"]
    return f"""
The demo runs. In a second terminal:
  rensei session list --all
  rensei session show {looping}
  rensei session show {looping} --json | jq .health
Ctrl-C ends it and removes everything it made."""
