"""What acts on a session have in common: the plan, the observer, and telling what was sent."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Protocol, Self, TypeVar
from urllib.parse import urlsplit

from rensei_cli.commands.observe import not_found, subject_of
from rensei_cli.commands.signals import signals_as_words
from rensei_cli.errors import CancelledError, NotFoundError, UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.api.client import Client
    from rensei_cli.control.observation import Clock


class _Outcome(Protocol):
    """What is known of an act so far."""

    def cut_short(self) -> Self:
        """Give what is known where nobody waits for the answer any longer."""
        ...


T = TypeVar("T", bound=_Outcome)
P = TypeVar("P")

# What servers keep of a reason: the longest that a receipt may carry.
REASON_CHARACTERS = 1024
# However soon an act is to be over, a server has this long to tell what became of it.
_SHORTEST_LOOK_SECONDS = 2.0


def new_key() -> str:
    """Give the name of one act, so that a server can tell a repeated request from a second one."""
    return os.urandom(16).hex()


def planned(
    runtime: Runtime,
    session: str,
    kind: Callable[..., P],
    *,
    key: str = "",
    **more: object,
) -> P:
    """Give a plan of some kind about a session, as its server tells it now."""
    session_id, snapshot = subject_of(runtime, session)
    return kind(
        session_id=session_id,
        snapshot=snapshot,
        key=key or new_key(),
        again=runtime.again,
        server=urlsplit(runtime.settings.url).netloc,
        **more,
    )


@contextmanager
def before_sending(runtime: Runtime) -> Iterator[None]:
    """Say after Ctrl-C that nothing happened."""
    try:
        yield
    except KeyboardInterrupt:
        _below(runtime)
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
    tell(latest)
    try:
        with signals_as_words(_cut_short):
            for latest in outcomes:
                tell(latest)
    except _CutShortError as cut:
        _below(runtime)
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
        if waiting and self.seconds and not self._told:
            self._told = True
            self.say(f"{self.what}, {self.seconds:g} s at most (Ctrl-C leaves it so)")

    def say(self, text: str) -> None:
        """Say something to a person, not to a program."""
        if not self.runtime.output.as_json:
            self.runtime.output.notice(text)


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


def _below(runtime: Runtime) -> None:
    """Go on beneath the `^C` that a terminal shows where it was typed."""
    if runtime.stderr.isatty():
        runtime.output.notice("")


class _CutShortError(Exception):
    """A signal came while an act was on its way."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _cut_short(code: int, _why: str) -> NoReturn:
    raise _CutShortError(code)
