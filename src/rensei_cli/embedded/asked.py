"""What a request asks for, read with limits; what cannot be read is refused."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from rensei_cli.embedded import reads
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import Answer, RefusalError, bad_request
from rensei_cli.embedded.writes import Intent

MOST_BYTES = 1 << 20
_DEEPEST = 64
_HEX = frozenset("0123456789abcdef")
_LARGEST = 2**53
_LONGEST_REASON = 1024

Deed = Callable[[Unit], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, taken apart."""

    route: str
    path_id: str
    body: dict[str, Any] = field(default_factory=dict)
    project: str | None = None
    source: str = "cli"
    key: str | None = None

    def session(self, unit: Unit) -> Session:
        """Give the session of the path, if this request's project has it."""
        return reads.session(unit, self.path_id, self.project)

    def text(self, name: str) -> str | None:
        """Give a text of the body, `None` when there is none."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request(f"{name} must be a string")
        return value

    def needed(self, name: str) -> str:
        """Give a text of the body that must be there and say something."""
        value = self.text(name)
        if value is None or not value.strip():
            raise bad_request(f"{name} is required")
        return value

    def whole(self, name: str, least: int = 0, most: int = _LARGEST) -> int | None:
        """Give a whole number of the body, `None` when there is none."""
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise bad_request(f"{name} must be a whole number from {least} to {most}")
        return value

    def amount(self, name: str) -> float | None:
        """Give a number of the body that is not negative, `None` when there is none."""
        value = self.body.get(name)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value < _LARGEST
        ):
            raise bad_request(f"{name} must be a number, 0 or more")
        return float(value)

    def intent(self, actor: str = "operator") -> Intent:
        """Give who wants it, by which way and why."""
        reason = self.text("reason")
        if reason is not None and len(reason) > _LONGEST_REASON:
            raise bad_request(f"reason may have {_LONGEST_REASON} characters at most")
        return Intent(self.source, actor, reason)


def session_id(text: str) -> str:
    """Give a public session id as it was sent.

    Raises:
        RefusalError: 400 when it is not 16 lower-case hex digits.
    """
    if len(text) != 16 or not _HEX.issuperset(text):  # noqa: PLR2004 - the length of an id
        raise RefusalError(400, "Invalid session ID format")
    return text


def project(request: Request) -> str | None:
    """Give the project a request is limited to."""
    query = request.query_params
    return query.get("project") or query.get("projectId") or request.headers.get("x-rensei-project")


async def raw_body(request: Request) -> bytes:
    """Give the body, never reading more than a mebibyte of it.

    Raises:
        RefusalError: 413.
    """
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MOST_BYTES:
            raise RefusalError(413, "Payload Too Large", "A body may have 1 MiB at most")
    return bytes(received)


def parsed(raw: bytes) -> dict[str, Any]:
    """Give the JSON object of a body; an empty body and `null` are an empty object.

    Raises:
        RefusalError: 400 for anything else.
    """
    try:
        value = json.loads(raw.decode()) if raw.strip() else None
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object")
    _check(value, _DEEPEST)
    return value


def _check(value: object, depth: int) -> None:
    """Refuse what could be read but not be stored or given back."""
    if depth == 0:
        raise bad_request("The body is nested too deeply")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth - 1)
            _check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth - 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise bad_request("The body has a number that is not finite")
    elif isinstance(value, str) and not _is_text(value):
        raise bad_request("The body has half of a surrogate pair")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
