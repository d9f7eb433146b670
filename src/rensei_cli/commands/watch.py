"""`rensei session watch`: follow one run as it happens, and know at its end what became of it."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands.arguments import OptionalSessionArgument, choose_one
from rensei_cli.commands.following import follow, play
from rensei_cli.commands.tree import runtime_of
from rensei_cli.commands.viewing import View
from rensei_cli.completion import offers
from rensei_cli.errors import UsageError
from rensei_cli.options import ActivityType, duration_seconds

if TYPE_CHECKING:
    from rensei_cli.watch.plan import ExitOn

__all__ = ["HELP", "View", "follow", "watch"]

HELP = """Follow a run as it happens; the exit code is its outcome.

Nothing is lost without saying so: activities that the server no longer holds are counted, a cut
connection is resumed, and contact lost for good is an exit code of its own (9). Ctrl-C detaches:
the session goes on.

Examples:
  rensei session watch ENG-124
  rensei session watch ENG-124 && echo completed
  rensei session watch ENG-124 --json | jq -r 'select(.record == "gap").missed'
  rensei session watch ENG-124 --exit-on red --timeout 30m
  rensei session watch ENG-124 --save run.jsonl
  rensei session watch --from run.jsonl --speed 4
"""


def watch(
    ctx: typer.Context,
    session: OptionalSessionArgument = None,
    tail: Annotated[
        int, typer.Option(metavar="N", min=0, help="Begin with the last N activities.")
    ] = 20,
    follow_only: Annotated[
        bool, typer.Option("--follow-only", help="Begin with what happens from now on.")
    ] = False,
    cursor: Annotated[
        str | None, typer.Option(metavar="ID", help="Begin after this activity.")
    ] = None,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help="Print what has happened and leave.")
    ] = False,
    type_: Annotated[
        list[ActivityType] | None,
        typer.Option("--type", help="Show only activities of this type (repeatable)."),
    ] = None,
    tool: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Show only activities of these tools (repeatable)."),
    ] = None,
    grep: Annotated[
        str | None, typer.Option(metavar="RE", help="Show only activities that match.")
    ] = None,
    compact: Annotated[bool, typer.Option("--compact", help="One line an activity.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Unfold everything.")] = False,
    transport: Annotated[
        str,
        typer.Option(
            metavar="auto|sse|poll",
            help="How to see the session.",
            autocompletion=offers.transports,
        ),
    ] = "auto",
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", min=1.0, help="Time between two polls.")
    ] = 15.0,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="DURATION", parser=duration_seconds, help="Exit 8 after this time."),
    ] = None,
    give_up: Annotated[
        float,
        typer.Option(
            metavar="DURATION",
            parser=duration_seconds,
            help="Exit 9 after this time without contact.",
        ),
    ] = "10m",  # type: ignore[assignment] # typer parses the default too
    exit_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Exit 10 on red, yellow, error, loop or idle=DURATION (repeatable).",
            autocompletion=offers.conditions,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 10 if any activity was missed.")
    ] = False,
    no_exit_status: Annotated[
        bool, typer.Option("--no-exit-status", help="Exit 0 whatever the outcome.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep every record in a file as well.")
    ] = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Ring when it ends or turns red (after 30 s).")
    ] = False,
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Play a saved run again.")
    ] = None,
    speed: Annotated[
        float, typer.Option(metavar="X", min=0.0, help="With --from: times as fast; 0 at once.")
    ] = 1.0,
) -> int:
    """Follow one session."""
    runtime = runtime_of(ctx)
    choose_one(ctx, "tail", "follow_only", "cursor")
    choose_one(ctx, "compact", "full")
    from rensei_cli.watch.plan import Plan, Transport

    if transport not in list(Transport):
        raise UsageError("--transport takes auto, sse or poll")
    view = View(
        types=frozenset(kind.value for kind in type_ or ()),
        tools=tuple(tool or ()),
        pattern=_pattern(grep),
        compact=compact,
        full=full,
        notify=notify,
    )
    if not (math.isfinite(interval) and math.isfinite(speed)):
        raise UsageError("--interval and --speed take finite numbers")
    if from_ is not None:
        if session is not None or save is not None:
            raise UsageError("--from plays a saved run: it takes neither a session nor --save")
        return play(runtime, from_, view, speed=speed)
    if session is None:
        raise UsageError("watch needs a session", remedy="rensei session list")
    plan = Plan(
        transport=Transport(transport),
        interval_seconds=interval,
        timeout_seconds=timeout,
        give_up_seconds=give_up,
        tail=0 if follow_only else tail,
        cursor=cursor,
        follow=not no_follow,
        exit_on=_conditions(exit_on or ()),
        strict=strict,
        outcome_is_exit_code=not no_exit_status,
    )
    return follow(runtime, session, plan, view, save=save)


def _pattern(text: str | None) -> "re.Pattern[str] | None":
    if text is None:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(f"--grep takes a regular expression: {error}") from None


def _conditions(texts: "Sequence[str]") -> "list[ExitOn]":
    from rensei_cli.watch.plan import Condition, ExitOn

    found = []
    for text in texts:
        name, separator, limit = text.partition("=")
        try:
            seconds = duration_seconds(limit) if separator else 0.0
            condition = Condition(name)
        except ValueError:
            condition, seconds = None, 0.0
        if condition is None or (condition is Condition.idle) != bool(separator):
            raise UsageError(
                f"--exit-on does not know {text!r}",
                hint="It takes red, yellow, error, loop or idle=DURATION, such as idle=10m.",
            )
        found.append(ExitOn(condition, seconds))
    return found
