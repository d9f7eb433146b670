"""What acts on a session have in common: asking first, saying what was sent, whatever happens."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Protocol, Self, TypeVar

from rensei_cli.commands.observe import not_found
from rensei_cli.commands.signals import signals_as_words
from rensei_cli.errors import CancelledError, DeclinedError, NotFoundError, UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rensei_cli.api.client import Client
    from rensei_cli.control.observation import Clock


class _Outcome(Protocol):
    """What is known of an act so far."""

    def cut_short(self) -> Self:
        """Give what is known where nobody waits for the answer any longer."""
        ...


T = TypeVar("T", bound=_Outcome)

# What servers keep of a reason: the longest that a receipt may carry.
REASON_CHARACTERS = 1024
_ASKED_AGAIN = 3
# However soon an act is to be over, a server has this long to tell what became of it.
_SHORTEST_LOOK_SECONDS = 2.0
_YES, _NO = frozenset({"y", "yes"}), frozenset({"", "n", "no"})


def new_key() -> str:
    """Give the name of one act, so that a server can tell a repeated request from a second one."""
    return uuid.uuid4().hex


def can_ask(runtime: Runtime) -> bool:
    """Whether there is a person to ask: both ends of a question need a terminal."""
    talking = runtime.stdin.isatty() and runtime.stderr.isatty()
    return runtime.settings.interactive and talking


def need_consent(runtime: Runtime, verb: str, remedy: str) -> None:
    """Refuse to act where nobody can be asked and nobody said yes beforehand."""
    if not can_ask(runtime):
        raise UsageError(
            f"to {verb} needs a confirmation, and there is no terminal to ask on",
            hint="Nothing was sent.",
            remedy=remedy,
        )


def confirm(
    runtime: Runtime, facts: "Callable[[int], RenderableType]", question: str, declined: str
) -> None:
    """Show the facts and ask; anything but a yes declines.

    Raises:
        DeclinedError: The answer was no, or none of the answers was one.
    """
    runtime.output.aside(facts)
    for _ in range(_ASKED_AGAIN):
        answer = _answer(runtime, f"{question} [y/N] ")
        if answer.lower() in _YES:
            return
        if answer.lower() in _NO:
            break
        runtime.output.notice("please answer y or n")
    raise DeclinedError(f"{declined}; nothing was sent")


def confirm_by_name(
    runtime: Runtime, facts: "Callable[[int], RenderableType]", name: str, declined: str
) -> None:
    """Show the facts and ask for the name of what is meant: a slip of the hand is no consent.

    Raises:
        DeclinedError: Another name was typed, or none.
    """
    runtime.output.aside(facts)
    typed = _answer(runtime, f"Type {name} to go on: ")
    if typed.casefold() != name.casefold():
        raise DeclinedError(f"{declined}: that is not {name}; nothing was sent")


@contextmanager
def before_sending() -> Iterator[None]:
    """Say after Ctrl-C that nothing happened."""
    try:
        yield
    except KeyboardInterrupt:
        raise CancelledError("cancelled; nothing was sent") from None


def followed(
    runtime: Runtime,
    session_id: str,
    outcomes: Iterator[T],
    tell: Callable[[T], None] = lambda _outcome: None,
) -> tuple[T, int | None]:
    """Give the last outcome of an act, and the exit code of the signal that cut it short.

    Raises:
        RenseiError: It did not happen.
    """
    # The first one comes before anything is sent, so that there always is one.
    latest = next(outcomes)
    try:
        with signals_as_words(_cut_short):
            for latest in outcomes:
                tell(latest)
    except _CutShortError as cut:
        return latest.cut_short(), cut.code
    except NotFoundError as error:
        raise not_found(runtime, session_id, error) from None
    return latest, None


@contextmanager
def observer(runtime: Runtime, seconds: float) -> "Iterator[Client]":
    """Give a client for looking during some seconds; it tries once, for the next look comes."""
    with closing(runtime.watching_client(max(seconds, _SHORTEST_LOOK_SECONDS))) as client:
        yield client


def clock(runtime: Runtime) -> "Clock":
    """Give the time that acts are measured by."""
    from rensei_cli.control.observation import Clock

    return Clock(runtime.monotonic, runtime.sleep)


@dataclass(slots=True)
class Waiting:
    """Says once that there is something to wait for, to a person who would wonder."""

    runtime: Runtime
    what: str
    seconds: float
    _told: bool = False

    def tell(self, waiting: bool) -> None:
        """Say it the first time that there is something to wait for."""
        if waiting and self.seconds and not (self._told or self.runtime.output.as_json):
            self._told = True
            within = f"{self.seconds:g} s at most"
            self.runtime.output.notice(f"{self.what}, {within} (Ctrl-C leaves it so)")


def reason(runtime: Runtime, text: str | None) -> str | None:
    """Give the reason for an act as one line that can be sent and shown anywhere.

    Raises:
        UsageError: It is empty or too long.
    """
    if text is None:
        return None
    from rensei_cli.render.text import one_line

    line = one_line(text)
    if not line:
        raise UsageError("the reason is empty", hint="Nothing was sent.")
    if len(line) > REASON_CHARACTERS:
        raise UsageError(
            f"the reason has {len(line)} characters; servers keep {REASON_CHARACTERS}",
            hint="Nothing was sent.",
        )
    if line != " ".join(text.split()):
        runtime.output.notice("rensei: control characters in the reason are sent visibly")
    from rensei_cli.api.redaction import redacted

    # It is kept and shown to everybody who looks at the session.
    bare = redacted(line)
    if bare != line:
        runtime.output.notice("rensei: what looks like a credential in the reason is not sent")
    return bare


def given_key(text: str) -> str:
    """Give a name for an act that was typed: it has to stand in a header.

    Raises:
        UsageError: It is empty, too long, or has characters that a header cannot hold.
    """
    if not re.fullmatch(r"[!-~]{1,128}", text):
        raise UsageError("an idempotency key is one word of printable ASCII, 128 letters at most")
    return text


class _CutShortError(Exception):
    """A signal came while an act was on its way."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _cut_short(code: int, _why: str) -> NoReturn:
    raise _CutShortError(code)


def _answer(runtime: Runtime, question: str) -> str:
    """Give what a person typed; the end of the input is an empty answer."""
    runtime.output.ask(question)
    try:
        line = runtime.stdin.readline()
    except UnicodeError:  # neither a yes nor a name, whatever it was
        return "\ufffd"
    if not line.endswith("\n"):
        runtime.output.notice("")
    return line.strip()
