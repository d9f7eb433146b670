"""Sending an act once, and what a failure says about whether it arrived."""

from dataclasses import replace
from typing import TypeVar

from rensei_cli.api.client import Client
from rensei_cli.api.exchange import Call
from rensei_cli.control.plan import Plan
from rensei_cli.errors import (
    ContractError,
    NotFoundError,
    RefusedError,
    RenseiError,
    RouteMissingError,
    ServerError,
    UnreachableError,
)

T = TypeVar("T")

_UNAVAILABLE = 503


def sent(client: Client, call: Call[T]) -> T | RenseiError:
    """Give the answer to an act, or the failure that leaves open whether it arrived.

    Raises:
        RenseiError: It surely did not happen.
    """
    try:
        return client.send(call)
    except RenseiError as failure:
        if not _may_have_happened(failure):
            raise replace(failure, hint=_joined(failure.hint, "Nothing was done.")) from None
        return failure


def cut_short() -> RenseiError:
    """Give the reason why the answer to an act is not known, where nobody waited for it."""
    return RenseiError("it was cut short before the answer came")


def denies(failure: RenseiError) -> bool:
    """Whether a server said that it did nothing, which a session that just ended explains too."""
    return isinstance(failure, RefusedError | NotFoundError | RouteMissingError)


def traceless(failure: RenseiError, *, readable: bool) -> RenseiError:
    """Give the failure of an act that left no trace, with what that rests on."""
    seen = "The session shows no sign of it" if readable else "The session could not be read"
    return replace(
        failure, hint=_joined(failure.hint, f"{seen}; it may have been taken all the same.")
    )


def doubt_about(failure: RenseiError) -> str:
    """Give in words why an answer does not tell whether an act happened."""
    match failure:
        case ServerError():
            return f"the server failed over it: {failure.message}"
        case ContractError():
            return f"its answer could not be read: {failure.message}"
        case UnreachableError():
            return f"its answer got lost: {failure.message}"
    return failure.message


def without_route(failure: RenseiError, what: str, plan: Plan) -> RenseiError:
    """Give the failure of an act on a session that can be read: then the route is missing."""
    if isinstance(failure, RefusedError):
        waits = failure.retry_after_seconds is not None
        return failure if waits else replace(failure, remedy=plan.command("show"))
    return RouteMissingError(
        f"this server cannot {what}",
        hint=f"It answered {failure.http_status} to that request, but the session can be read.",
        remedy=plan.command("show"),
        http_status=failure.http_status,
        request_id=failure.request_id,
    )


def _joined(*sentences: str | None) -> str:
    return "\n".join(filter(None, sentences))


def _may_have_happened(failure: RenseiError) -> bool:
    if isinstance(failure, UnreachableError):
        return not failure.never_sent
    # An answer that cannot be read is an answer: whoever sent it had the request.
    unread = isinstance(failure, ContractError) and failure.http_status in {None, *range(200, 300)}
    # A 503 that names a time to come back has turned the request away; any other status may name
    # one for the next request, whatever became of this one.
    turned_away = failure.http_status == _UNAVAILABLE and failure.retry_after_seconds is not None
    return unread or (isinstance(failure, ServerError) and not turned_away)
