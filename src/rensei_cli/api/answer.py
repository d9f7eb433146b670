"""What came back over the wire, and the error it means when it is not a success."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
_LOGIN = "export RENSEI_AUTH_TOKEN=…, or pipe the key into --token-stdin"
_SECRET = re.compile(
    r"(rs[kp]_(?:live|test)_)\w+|(Bearer\s+)\S+|(eyJ[\w-]{4})[\w.-]+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, or an empty text."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def request_id(self) -> str | None:
        """The name under which the server logged this request."""
        return self.headers.get("x-request-id")

    def json(self) -> Any:  # noqa: ANN401 - what JSON holds is what the caller is to find out
        """Give the decoded body; anything but JSON is a `ContractError`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.contract_error() from None

    def contract_error(self, why: str | None = None) -> ContractError:
        """Give the error for a body that is not what the endpoint promises."""
        what = f"{self.status} {self.content_type or 'without a content type'}"
        return ContractError(
            f"the server answered {what}, which is not {why or 'the JSON expected here'}",
            hint=f"It begins: {self.preview()}" if self.body.strip() else "The body is empty.",
            remedy="check --url: it must name the server itself, not a page of it",
            http_status=self.status,
            request_id=self.request_id,
        )

    def preview(self) -> str:
        """Give the beginning of the body on one line, secrets removed."""
        text = self.body[: 4 * _PREVIEW_CHARACTERS].decode("utf-8", "replace")
        return redacted(" ".join(text.split()))[:_PREVIEW_CHARACTERS]


def redacted(text: str) -> str:
    """Give the text with everything that looks like a credential cut to its kind."""
    return _SECRET.sub(lambda match: next(filter(None, match.groups())) + "…", text)


def error_of(answer: Answer) -> RenseiError | None:
    """Give the error an answer means, or nothing for a success."""
    if answer.status in range(200, 300):
        return None
    error = _redirect(answer) if answer.status in range(300, 400) else _failure(answer)
    error.http_status, error.request_id = answer.status, answer.request_id
    return error


def _failure(answer: Answer) -> RenseiError:
    body = _error_body(answer)
    said = _said(body)
    error: RenseiError
    match answer.status:
        case 400 | 422:
            error = UsageError(f"the server refused the request: {said or 'bad request'}")
        case 401:
            error = AuthError(
                "the server does not accept this caller (401)",
                hint=said or "There is no credential, or it is wrong or expired.",
                remedy=_LOGIN,
            )
        case 403:
            error = AuthError(
                "this credential may not do that (403)",
                hint=said or "Its scopes do not cover this request.",
                remedy="ask for a key with the scope, or choose another with --auth",
            )
        case 404 | 405 if body is None:
            error = RouteMissingError(
                "this server does not have that endpoint",
                hint=f"It answered {answer.status} without saying that the session is missing.",
            )
        case 404 | 410:
            error = NotFoundError(said or "not found")
        case 409 | 412:
            error = RefusedError(f"the server refused: {_refusal(body) or said or 'conflict'}")
        case 429:
            error = RateLimitedError("the server allows no more requests now (429)", said)
        case status if status in range(500, 600):
            error = _server_error(answer, said)
        case status:
            error = RenseiError(f"the server answered {status}", said)
    return error


def _server_error(answer: Answer, said: str | None) -> ServerError:
    page = f"It sent {answer.content_type}: {answer.preview()}" if answer.body.strip() else None
    return ServerError(
        f"the server failed ({answer.status})",
        hint=said or page,
        remedy="try again in a minute",
        retryable=True,
    )


def _redirect(answer: Answer) -> RenseiError:
    target = answer.headers.get("location", "")
    if any(word in target.lower() for word in ("login", "signin", "sign-in", "auth")):
        return AuthError(
            f"the server sent the request to a login page ({_place(target)})",
            hint="It did not accept the credential, or there was none.",
            remedy=_LOGIN,
        )
    return ContractError(
        f"the server moved: {answer.status} to {_place(target)}",
        hint="Redirects are not followed, so that no credential goes to another place.",
        remedy="name the new place with --url",
    )


def _place(target: str) -> str:
    """Give where a redirect leads, without what its query may carry."""
    try:
        bare = urlsplit(target)._replace(query="", fragment="").geturl()
    except ValueError:
        bare = ""
    return redacted(bare) or "nowhere"


def _error_body(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _said(body: dict[str, Any] | None) -> str | None:
    """Give the server's own words: `message` where there is one, else `error`."""
    for value in (body or {}).get("message"), (body or {}).get("error"):
        inner = value.get("message") if isinstance(value, dict) else value
        if isinstance(inner, str) and inner.strip():
            return redacted(inner.strip())[:300]
    return None


def _refusal(body: dict[str, Any] | None) -> str | None:
    parts = [str((body or {}).get(key) or "") for key in ("refusal", "disposition")]
    return redacted(f"{parts[0]} ({parts[1]})" if parts[1] else parts[0]) if parts[0] else None
