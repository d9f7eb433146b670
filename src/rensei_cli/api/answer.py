"""What came back over the wire, and the error it means when it is not a success."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from rensei_cli.api import decoding, reading
from rensei_cli.api.redaction import purged, redacted
from rensei_cli.api.redirect import redirected
from rensei_cli.api.wording import line, said_in
from rensei_cli.errors import (
    AuthError,
    ContractError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    RenseiError,
    RouteMissingError,
    ServerError,
    UsageError,
)

_PREVIEW_CHARACTERS = 80
# A header may be as long as a page, and is shown in a line.
_NAME_CHARACTERS = 100
_LATER = "the same again in a minute"
_CHECK_URL = "check --url: it must name the server itself, not a page of it"
_LOGIN = "rensei auth login"


class Answer(NamedTuple):
    """One HTTP answer, read to its end; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, or an empty text."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        return kind.strip().lower()[:_NAME_CHARACTERS]

    @property
    def request_id(self) -> str | None:
        """The name under which the server logged this request."""
        return line(self.headers.get("x-request-id"), _NAME_CHARACTERS)

    def json(self) -> Any:  # noqa: ANN401 - what JSON holds is what the caller is to find out
        """Give the decoded body; anything but JSON is a `ContractError`."""
        try:
            return decoding.json_in(self.body)
        except ValueError as failure:
            error = self.contract_error("complete JSON" if _is_cut(failure) else None)
            if _is_cut(failure):
                error.remedy = "the same again: it may have been cut on the way"
            raise error from None

    def contract_error(self, why: str | None = None) -> ContractError:
        """Give the error for a body that is not what the endpoint promises."""
        what = f"{self.status} {self.content_type or 'without a content type'}"
        return ContractError(
            f"the server answered {what}, which is not {why or 'the JSON expected here'}",
            hint=f"It begins: {self.preview()}" if self.body.strip() else "The body is empty.",
            remedy=_CHECK_URL,
            http_status=self.status,
            request_id=self.request_id,
        )

    def preview(self) -> str:
        """Give the beginning of the body on one line, secrets removed."""
        text = self.body[: 4 * _PREVIEW_CHARACTERS].decode("utf-8", "replace")
        return redacted(" ".join(text.split()))[:_PREVIEW_CHARACTERS]


def error_of(answer: Answer) -> RenseiError | None:
    """Give the error an answer means, or nothing for a success."""
    if answer.status in range(200, 300):
        return None
    moved = answer.status in range(300, 400)
    error = (
        redirected(answer.status, answer.headers.get("location", ""), _LOGIN)
        if moved
        else _failure(answer)
    )
    error.http_status, error.request_id = answer.status, answer.request_id
    error.remedy = error.remedy or "the same again with --debug shows what was asked"
    return error


def _failure(answer: Answer) -> RenseiError:
    body = _error_body(answer)
    said = said_in(body)
    error: RenseiError
    match answer.status:
        case 400 | 422:
            error = UsageError(f"the server refused the request: {said or 'bad request'}")
            error.hint = None if body else _sent(answer)
        case 401 | 403:
            error = _unauthorized(answer.status, said)
        case status if status == 405 or (status == 404 and body is None):  # noqa: PLR2004
            error = RouteMissingError(
                "this server does not have that endpoint",
                hint=f"It answered {status} without saying that the session is missing.",
                remedy=_CHECK_URL,
            )
        case 404 | 410:
            error = NotFoundError(said or "not found")
        case 409 | 412:
            error = _refused(body or {}, said)
        case 429:
            error = RateLimitedError(
                "the server allows no more requests now (429)", said, _LATER, retryable=True
            )
        case status if status in range(500, 600):
            error = _server_error(answer, said)
        case status:
            error = RenseiError(f"the server answered {status}", said)
    return error


def _unauthorized(status: int, said: str | None) -> AuthError:
    if status == 401:  # noqa: PLR2004 - nobody known; 403 is somebody without the right
        return AuthError(
            "the server does not accept this caller (401)",
            hint=said or "There is no credential, or it is wrong or expired.",
            remedy=_LOGIN,
        )
    return AuthError(
        "this credential may not do that (403)",
        hint=said or "Its scopes do not cover this request.",
        remedy="ask for a key with the scope, or choose another with --auth",
    )


def _server_error(answer: Answer, said: str | None) -> ServerError:
    return ServerError(
        f"the server failed ({answer.status})",
        hint=said or _sent(answer),
        remedy=_LATER,
        retryable=True,
    )


def _sent(answer: Answer) -> str | None:
    """Give the beginning of a page that stands where an error should."""
    return f"It sent {answer.content_type}: {answer.preview()}" if answer.body.strip() else None


def _error_body(answer: Answer) -> dict[str, Any] | None:
    try:
        body = decoding.json_in(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _refused(body: dict[str, Any], said: str | None) -> RefusedError:
    """Give the error of a 409: the typed refusal where there is one, and when to come back."""
    why = line(body.get("refusal")) or said or line(body.get("code")) or "conflict"
    disposition = line(body.get("disposition"))
    more = f" ({disposition})" if disposition else ""
    after = reading.seconds(body.get("retryAfterSeconds"))
    return RefusedError(
        f"the server refused: {why}{more}",
        remedy=f"the same again in {after:.0f} s" if after is not None else None,
        retryable=body.get("retryable") is True,
        retry_after_seconds=after,
        refusal=purged(body),
    )


def _is_cut(failure: Exception) -> bool:
    """Tell whether JSON is wrong only in that it ends too early."""
    if not isinstance(failure, json.JSONDecodeError):
        return False
    return failure.msg.startswith("Unterminated") or failure.pos >= len(failure.doc.rstrip())
