"""One call as a conversation: what to send, how long to wait, what the answer means.

The generator knows no socket and no clock. `Client` pumps it with blocking calls; an asynchronous
client would differ by `await` alone.
"""

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from rensei_cli.api import retry
from rensei_cli.api.answer import Answer, error_of
from rensei_cli.errors import RenseiError, RouteMissingError, UnreachableError

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request as a value: what to send and how to read the answer.

    `older` is the form that servers without this route may speak instead; `body` is sent as JSON,
    and `key` names an act, so that a server can tell the same one from another.
    """

    method: str
    path: str
    parse: Callable[[Answer], T_co]
    params: Mapping[str, str] = field(default_factory=dict)
    older: "Call[T_co] | None" = None
    body: Mapping[str, str] | None = None
    key: str | None = None


class Send(NamedTuple):
    """Ask the driver for one HTTP exchange; it answers with `Answer` or `UnreachableError`."""

    call: Call[object]


class Wait(NamedTuple):
    """Ask the driver to let time pass, and say why."""

    seconds: float
    why: str


Step = Send | Wait
Reply = Answer | UnreachableError | None


@dataclass(slots=True)
class Routes:
    """Which form of a route this server speaks, remembered for the life of a client."""

    older: set[str] = field(default_factory=set)


def converse(
    call: Call[object],
    routes: Routes,
    now: Callable[[], datetime],
    rng: random.Random,
    *,
    tries: int = retry.MAX_TRIES,
) -> Generator[Step, Reply, Answer]:
    """Give the successful answer to a call, after retries and in whichever form is spoken."""
    if call.older is None:
        return (yield from _insist(call, now, rng, tries))
    # The query form's path is the same for all sessions, so one answer settles them all.
    if call.path in routes.older:
        return (yield from _insist(call.older, now, rng, tries))
    try:
        return (yield from _insist(call, now, rng, tries))
    except RouteMissingError:
        answer = yield from _insist(call.older, now, rng, tries)
    routes.older.add(call.path)
    return answer


def _insist(
    call: Call[object], now: Callable[[], datetime], rng: random.Random, tries: int
) -> Generator[Step, Reply, Answer]:
    waited = 0.0
    for attempt in range(1, tries + 1):
        reply = yield Send(call)
        if isinstance(reply, Answer):
            failure = error_of(reply)
            if failure is None:
                return reply
            asked = retry.asked_seconds(reply.headers, now())
        else:
            failure, asked = reply or UnreachableError("no answer"), None
        again = _repeatable(call, failure, asked)
        pause = retry.backoff_seconds(attempt, rng) if asked is None else asked
        most = min(tries, retry.MAX_SLOW_TRIES) if _was_slow(failure) else tries
        waited += pause
        if not again or attempt >= most or waited > retry.PATIENCE_SECONDS:
            raise _final(failure, asked)
        yield Wait(pause, failure.message)
    raise AssertionError  # pragma: no cover - the last attempt returns or raises


def _was_slow(failure: RenseiError) -> bool:
    return isinstance(failure, UnreachableError) and failure.slow


def _repeatable(call: Call[object], failure: RenseiError, asked: float | None) -> bool:
    """Tell whether sending again can help and can do no harm: an action may not happen twice."""
    if isinstance(failure, UnreachableError):
        return failure.retryable and (call.method == "GET" or failure.never_sent)
    if call.method == "GET":
        return failure.http_status in retry.RETRIED
    return failure.http_status in {429, 503} and asked is not None


# The answers that say "not now": what is to be done is to come back.
_TIMED = frozenset({409, 412, 429, 503})


def _final(failure: RenseiError, asked: float | None) -> RenseiError:
    if asked is None:
        return failure
    failure.retry_after_seconds = asked
    if failure.http_status in _TIMED:
        failure.remedy = f"the same again in {asked:.0f} s: that is the pause the server asks for"
        failure.retryable = True
    return failure
