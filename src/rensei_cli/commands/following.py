"""Following one session, or a saved run, on the screen that fits the caller."""

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from rensei_cli.commands.advice import advised
from rensei_cli.commands.seen import remember_one
from rensei_cli.commands.signals import signals_as_words
from rensei_cli.commands.viewing import saved_in, screen_for
from rensei_cli.errors import NotFoundError, RenseiError, UsageError
from rensei_cli.output import Output, silence, written
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.commands.viewing import Screens, View
    from rensei_cli.watch.loop import Loop
    from rensei_cli.watch.plan import Pace, Plan
    from rensei_cli.watch.state import WatchState


def follow(
    runtime: Runtime,
    argument: str,
    plan: "Plan",
    view: "View",
    *,
    save: Path | None = None,
    pace: "Pace | None" = None,
) -> int:
    """Watch a session to its end and give the exit code."""
    from rensei_cli.commands.observe import find_id

    session_id = find_id(runtime, argument)
    from rensei_cli.watch.arrivals import Interrupt
    from rensei_cli.watch.errands import Errands
    from rensei_cli.watch.follow import Follower

    with ExitStack() as stack:
        saved = stack.enter_context(saved_in(save))
        client = stack.enter_context(closing(runtime.watching_client()))
        errands, now = Errands(client, session_id), time.monotonic()
        follower = Follower(session_id, plan, now=now, pace=pace)
        if (first := follower.next_read(now)) is not None:
            errands.read(first)  # it travels while the rest is loaded
        from rensei_cli.watch.loop import Clock, Loop

        screen = screen_for(runtime, view, saved, save)
        loop = Loop(errands, follower, screen, Clock(time.monotonic, runtime.now))
        terminals = [one for one in (runtime.stdout, runtime.stderr) if one.isatty()]

        def end(code: int, why: str) -> None:
            _forget_dead(terminals)
            errands.inbox.put(Interrupt(code, why))

        stack.enter_context(signals_as_words(end, errands.inbox.put))
        failure = _run(loop, screen, runtime.stdout)
    if loop.state.session is not None:
        remember_one(runtime, loop.state.session, loop.state.status)
    code = _concluded(runtime, session_id, loop.state, failure)
    return code or (0 if _is_kept(screen) else 1)


def play(runtime: Runtime, file: Path, view: "View", *, speed: float) -> int:
    """Play a saved run again and give its exit code."""
    from rensei_cli.watch.events import Ended, Verdict
    from rensei_cli.watch.replay import Replay

    screen = screen_for(runtime, view)
    replay = Replay(screen, speed=speed, sleep=runtime.sleep)
    try:
        with (
            file.open(encoding="utf-8", errors="replace", newline="\n") as lines,
            signals_as_words(_stop),
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


def _run(loop: "Loop", screen: "Screens", stdout: TextIO) -> RenseiError | None:
    """Run a watch and close its screen whatever happens; give what could not be written."""
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


def _is_kept(screen: "Screens") -> bool:
    """Whether all of a run is in the file it was to be kept in, where there is one."""
    from rensei_cli.screen.saving import Saving

    return not (isinstance(screen, Saving) and screen.failed)


def _report(runtime: Runtime, error: RenseiError) -> None:
    """Say what went wrong on stderr alone: the last word on stdout is the record of the end."""
    Output(
        stdout=runtime.stdout,
        stderr=runtime.stderr,
        environ=runtime.environ,
        color=runtime.settings.color,
    ).report(advised(error, runtime))


def _forget_dead(terminals: "Sequence[TextIO]") -> None:
    """Let what is still to be written to a terminal that was closed go nowhere."""
    for stream in terminals:
        if not stream.isatty():
            _forget(stream)


def _forget(stream: TextIO) -> None:
    with suppress(OSError):  # a stream in memory has no number
        silence(stream)


def _farewell(runtime: Runtime, session_id: str, state: "WatchState") -> None:
    """Say what to do next: how to come back to a session that goes on, or why one failed."""
    ended = state.ended
    if ended is None or state.session is None:
        return
    after = f" --cursor {state.last.id}" if state.last and state.last.id else ""
    again = runtime.again(f"session watch {session_id}{after}")
    match ended.verdict.value:
        case "failed" | "stopped":
            runtime.output.notice(f"more: {runtime.again(f'session show {session_id}')}")
        case "lost":
            runtime.output.notice(f"the session may go on; to look again: {again}")
        case "detached" | "pending" | "condition":
            runtime.output.notice(f"the session goes on; to come back: {again}")
