"""`rensei session watch`: follow one run as it happens, and know at its end what became of it."""

import math
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer

from rensei_cli.commands.tree import runtime_of
from rensei_cli.errors import NotFoundError, RenseiError, UsageError
from rensei_cli.options import ActivityType, duration_seconds
from rensei_cli.output import Output
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.screen import Saving, Screens
    from rensei_cli.watch.loop import Loop
    from rensei_cli.watch.plan import ExitOn, Pace, Plan
    from rensei_cli.watch.state import WatchState

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


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The options of a watch that decide how it looks."""

    types: frozenset[str] = frozenset()
    tools: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    compact: bool = False
    full: bool = False
    notify: bool = False


def watch(
    ctx: typer.Context,
    session: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            show_default=False,
            help="16-hex id, unique prefix, issue (ENG-124), dashboard URL, or @latest.",
        ),
    ] = None,
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
        str, typer.Option(metavar="auto|sse|poll", help="How to see the session.")
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


def follow(
    runtime: Runtime,
    argument: str,
    plan: "Plan",
    view: View,
    *,
    save: Path | None = None,
    pace: "Pace | None" = None,
) -> int:
    """Watch a session to its end and give the exit code."""
    from rensei_cli.commands.observe import find_id

    session_id = find_id(runtime, argument)
    from rensei_cli.watch.follow import Follower
    from rensei_cli.watch.loop import Clock, Interrupt, Loop

    with ExitStack() as stack:
        screen = _screen(runtime, view, stack.enter_context(_saved(save)), save)
        client = stack.enter_context(closing(runtime.watching_client()))
        loop = Loop(
            client=client,
            session_id=session_id,
            follower=Follower(session_id, plan, now=time.monotonic(), pace=pace),
            screen=screen,
            clock=Clock(time.monotonic, runtime.now),
        )
        terminals = [one for one in (runtime.stdout, runtime.stderr) if one.isatty()]

        def end(code: int, why: str) -> None:
            _forget_dead(terminals)
            loop.inbox.put(Interrupt(code, why))

        stack.enter_context(_signals(end, loop.inbox.put))
        failure = _run(loop, screen, runtime.stdout)
    return _concluded(runtime, session_id, loop.state, failure)


def play(runtime: Runtime, file: Path, view: View, *, speed: float) -> int:
    """Play a saved run again and give its exit code."""
    from rensei_cli.screen import written
    from rensei_cli.watch.events import Ended, Verdict
    from rensei_cli.watch.replay import Replay

    screen = _screen(runtime, view, None, None)
    replay = Replay(screen, speed=speed, sleep=runtime.sleep)
    try:
        with (
            file.open(encoding="utf-8", errors="replace", newline="\n") as lines,
            _signals(_stop),
            written("the output"),
        ):
            replay.play(line for line in lines if line.strip())
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except _StoppedError as stopped:
        replay.end(Ended(Verdict.detached, stopped.code, stopped.why))
    except UsageError as error:
        replay.end(Ended(Verdict.error, error.exit_code, error.message, error))
        if replay.state.session is None:
            raise
    screen.close(replay.state)
    ended = replay.state.ended
    if ended is not None and ended.error is not None:
        _report(runtime, ended.error)
    return ended.exit_code if ended else 1


class _StoppedError(Exception):
    """A signal ended a replay."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def _stop(code: int, why: str) -> NoReturn:
    raise _StoppedError(code, why)


def _run(loop: "Loop", screen: "Screens | Saving", stdout: TextIO) -> RenseiError | None:
    """Run a watch and close its screen whatever happens; give what could not be written."""
    from rensei_cli.screen import written

    failure: RenseiError | None = None
    try:
        with written("the output"):
            loop.run()
            screen.close(loop.state)
    except RenseiError as error:
        failure = error
        with suppress(OSError, RenseiError):
            loop.fail(error)
            screen.close(loop.state)
        _forget(stdout)
    return failure


def _concluded(
    runtime: Runtime, session_id: str, state: "WatchState", failure: RenseiError | None
) -> int:
    """Give the exit code; an error is raised before anything was shown, and told after."""
    from rensei_cli.commands.observe import not_found, refused_id

    ended = state.ended
    error = failure or (ended.error if ended else None)
    if ended is None or error is None:
        _farewell(runtime, session_id, state)
        return ended.exit_code if ended else 1
    if isinstance(error, NotFoundError):
        error = not_found(runtime, session_id, error)
    elif isinstance(error, UsageError):
        error = refused_id(runtime, session_id, error)
    if state.session is None:
        raise error
    _report(runtime, error)
    return error.exit_code


def _report(runtime: Runtime, error: RenseiError) -> None:
    """Say what went wrong on stderr alone: the last word on stdout is the record of the end."""
    Output(
        stdout=runtime.stdout,
        stderr=runtime.stderr,
        environ=runtime.environ,
        color=runtime.settings.color,
    ).report(error)


def _screen(
    runtime: Runtime, view: View, saved: "TextIO | None", path: Path | None
) -> "Screens | Saving":
    from rensei_cli.render.paint import Paint
    from rensei_cli.render.watch import Lines
    from rensei_cli.screen import JsonLines, PinnedLines, PlainLines, Saving
    from rensei_cli.watch.filter import Filter

    output = runtime.output
    chosen = Filter(view.types, view.tools, view.pattern)
    look = runtime.look()
    lines = Lines(Paint(output.colored), look, full=view.full, compact=view.compact)
    screen: Screens
    pinned = runtime.stdout.isatty() and runtime.environ.get("TERM") != "dumb"
    if output.as_json:
        screen = JsonLines(runtime.stdout, runtime.stderr, chosen)
    elif pinned and not (look.a11y or runtime.settings.debug):
        screen = PinnedLines(
            runtime.stdout,
            lines,
            lambda: shutil.get_terminal_size().columns,
            chosen,
            notify=view.notify,
        )
    else:
        screen = PlainLines(runtime.stdout, runtime.stderr, lines, chosen)
    if saved is None or path is None:
        return screen
    return Saving(screen, JsonLines(saved, runtime.stderr), path)


@contextmanager
def _saved(path: Path | None) -> "Iterator[TextIO | None]":
    """Give the file a run is kept in, readable by its owner alone."""
    if path is None:
        yield None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    file = open(descriptor, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a descriptor
    try:
        yield file
    finally:
        with suppress(OSError):  # what could not be written was told when it was tried
            file.close()


@contextmanager
def _signals(
    end: Callable[[int, str], None], wake: "Callable[[None], None] | None" = None
) -> Iterator[None]:
    """Turn the signals that end a program into a word; the second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    words = {
        signal.SIGINT: (130, "detached by Ctrl-C"),
        signal.SIGTERM: (143, "ended by SIGTERM"),
        signal.SIGHUP: (129, "the terminal was closed"),
    }

    def ending(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        end(*words[signal.Signals(number)])

    def waking(_number: int, _frame: object) -> None:
        if wake is not None:
            wake(None)

    # What was started with `nohup`, or in the background of a script, ignores signals on purpose.
    heeded = [number for number in words if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ending) for number in heeded}
    before[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, waking)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _forget_dead(terminals: "Sequence[TextIO]") -> None:
    """Let what is still to be written to a terminal that was closed go nowhere."""
    for stream in terminals:
        if not stream.isatty():
            _forget(stream)


def _forget(stream: TextIO) -> None:
    """Let what is still in a stream that cannot be written go nowhere."""
    with suppress(OSError):  # a stream in memory has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _farewell(runtime: Runtime, session_id: str, state: "WatchState") -> None:
    """Say what to do next: how to come back to a session that goes on, or why one failed."""
    ended = state.ended
    if ended is None or state.session is None:
        return
    after = f" --cursor {state.last.id}" if state.last and state.last.id else ""
    again = f"rensei session watch {session_id}{after}"
    match ended.verdict.value:
        case "failed" | "stopped":
            runtime.output.notice(f"more: rensei session show {session_id}")
        case "lost":
            runtime.output.notice(f"the session may go on; to look again: {again}")
        case "detached" | "pending" | "condition":
            runtime.output.notice(f"the session goes on; to come back: {again}")


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
