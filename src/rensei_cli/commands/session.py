"""`rensei session …`: look at, follow and steer one run of an agent."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands import prompt, release, stop, watch
from rensei_cli.commands.arguments import SessionArgument, choose_one
from rensei_cli.commands.seen import remember_list, remember_one
from rensei_cli.commands.tree import Command, Group, help_when_bare, runtime_of
from rensei_cli.completion import offers
from rensei_cli.options import ActivityType, HealthFilter, TimeStyle
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_HELP = """Look at, follow and steer one run of an agent.

Examples:
  rensei session list
  rensei session show @latest
  rensei session watch ENG-124
  rensei session stop ENG-124 --reason "wrong branch"
"""

app = typer.Typer(cls=Group, rich_markup_mode=None, help=_HELP)
app.callback(invoke_without_command=True)(help_when_bare)

_LIST_HELP = """List sessions: what each one does, and whether it is healthy.

Live sessions come first, and alone unless --all or --status asks for others.

Examples:
  rensei session list
  rensei session list --health red
  rensei session list --all --json | jq '.sessions[].id'
"""

_SHOW_HELP = """Show one session: status, health with its evidence, history and activities.

Examples:
  rensei session show ENG-124
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show @latest --json | jq .health
  rensei session show ENG-124 --exit-status && echo completed
"""


@app.command("list", cls=Command, help=_LIST_HELP)
def list_(
    ctx: typer.Context,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="S", help="Only this status (repeatable).", autocompletion=offers.statuses
        ),
    ] = None,
    health: Annotated[
        HealthFilter | None,
        typer.Option(help="Only sessions that are yellow or red, or only red ones."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also sessions that have ended.")] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most this many rows.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print ids only.")] = False,
) -> None:
    """List sessions."""
    print_list(
        runtime_of(ctx),
        statuses=status or (),
        health=health,
        ended=all_,
        limit=limit,
        quiet=quiet,
    )


def print_list(
    runtime: Runtime,
    *,
    statuses: Collection[str] = (),
    health: HealthFilter | None = None,
    ended: bool = False,
    limit: int | None = None,
    quiet: bool = False,
) -> None:
    """Read and print the sessions that were asked for."""
    from rensei_cli.api import calls

    pending = runtime.client.start(calls.sessions(project=runtime.settings.project))
    from rensei_cli.session.health import at_least
    from rensei_cli.session.listing import list_document, select

    listed = pending.result()
    listing = select(
        listed,
        statuses=statuses,
        levels=at_least(health) if health else (),
        ended=ended,
        limit=limit,
        fetched_at=runtime.now(),
    )

    def view(width: int) -> "RenderableType":
        from rensei_cli.render.listing import listing_table

        return listing_table(listing, width=width, look=runtime.look())

    output = runtime.output
    if not listing.rows:
        output.notice(listing.nothing())
    if quiet and not output.as_json:
        from rensei_cli.render.text import one_line

        ids = (one_line(row.session.id) for row in listing.rows if row.session.id)
        output.write("".join(f"{line}\n" for line in ids))
    elif listing.rows or output.as_json:
        output.emit(lambda: list_document(listing), view)
    remember_list(runtime, listed.sessions)


@app.command(cls=Command, help=_SHOW_HELP)
def show(
    ctx: typer.Context,
    session: SessionArgument,
    activities: Annotated[
        int, typer.Option("--activities", metavar="N", min=0, help="Show the last N activities.")
    ] = 10,
    all_: Annotated[
        bool, typer.Option("--all", help="Show every activity the server holds.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Unfold long content and output.")] = False,
    type_: Annotated[
        list[ActivityType] | None,
        typer.Option("--type", help="Only activities of this type (repeatable)."),
    ] = None,
    time: Annotated[TimeStyle, typer.Option(help="How times are written.")] = TimeStyle.relative,
    exit_status: Annotated[
        bool,
        typer.Option("--exit-status", help="Exit 0 completed, 3 failed, 6 stopped, 8 still live."),
    ] = False,
    web: Annotated[bool, typer.Option("--web", help="Open the session's page instead.")] = False,
) -> int:
    """Show one session."""
    runtime = runtime_of(ctx)
    choose_one(ctx, "activities", "all_")
    if web:
        from rensei_cli.commands.observe import open_page

        return open_page(runtime, session)
    status = print_session(
        runtime,
        session,
        limit=None if all_ else activities,
        types=frozenset(kind.value for kind in type_ or ()),
        full=full,
        times=time,
    )
    return status if exit_status else 0


def print_session(
    runtime: Runtime,
    session: str,
    *,
    limit: int | None = 10,
    types: Collection[str] = (),
    full: bool = False,
    times: TimeStyle = TimeStyle.relative,
) -> int:
    """Read and print one session; give the exit code that stands for its status."""
    from rensei_cli.commands.observe import page_address, snapshot_of

    snapshot = snapshot_of(runtime, session)
    from rensei_cli.session.document import session_document
    from rensei_cli.session.lifecycle import exit_code

    chosen = snapshot.select(limit=limit, types=types)

    def view(width: int) -> "RenderableType":
        from rensei_cli.render.session import page

        link = page_address(runtime.settings, snapshot.session)
        look = runtime.look(times)
        return page(
            snapshot, chosen, width=width, link=link, full=full, look=look, again=runtime.again
        )

    runtime.output.emit(lambda: session_document(snapshot, chosen), view)
    remember_one(runtime, snapshot.session, snapshot.status)
    return exit_code(snapshot.status)


app.command("watch", cls=Command, help=watch.HELP)(watch.watch)
# `stream` is the documented name of the same command.
app.command("stream", cls=Command, help=watch.HELP, hidden=True)(watch.watch)
app.command("stop", cls=Command, help=stop.HELP)(stop.stop)
app.command("release-claim", cls=Command, help=release.HELP)(release.release_claim)
app.command("prompt", cls=Command, help=prompt.HELP)(prompt.prompt)
