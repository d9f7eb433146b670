"""Everything that can go wrong, as one tree; `cli.main` alone turns it into an exit code.

RenseiError              error          1   anything not below
├── UsageError           usage          2   a bad option, value or id
├── AuthError            auth           4   no or invalid credential, or a missing scope
├── NotFoundError        not_found      5   no such session in this scope
├── RefusedError         refused        7   the server or a precondition said no
├── DeclinedError        declined       1   the person who was asked said no
├── CancelledError       cancelled    130   Ctrl-C before anything was sent
├── RouteMissingError    route_missing  1   this server does not have that endpoint
├── RateLimitedError     rate_limited   1   too many requests, for longer than we wait
├── ServerError          server_error   1   5xx after retries
├── UnreachableError     unreachable    1   no connection, no such name, no answer in time
└── ContractError        contract       1   an answer that is not what the endpoint promises
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(eq=False)
class RenseiError(Exception):
    """A failure with what happened (`message`), why (`hint`) and what to do next (`remedy`).

    `retry_after_seconds` is the pause the server asked for, where it did.
    """

    message: str
    hint: str | None = None
    remedy: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    retryable: bool = False
    retry_after_seconds: float | None = None

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        return self.message

    def document(self) -> dict[str, Any]:
        """Give the error as `--json` prints it."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "hint": self.hint,
                "try": self.remedy,
                "httpStatus": self.http_status,
                "requestId": self.request_id,
                "retryable": self.retryable,
                "retryAfterSeconds": self.retry_after_seconds,
                "exitCode": self.exit_code,
            }
        }


class UsageError(RenseiError):
    """A bad option, value or id."""

    code = "usage"
    exit_code = 2


class AuthError(RenseiError):
    """No or invalid credential (401), or a missing scope (403)."""

    code = "auth"
    exit_code = 4


class NotFoundError(RenseiError):
    """No such session in this scope."""

    code = "not_found"
    exit_code = 5


@dataclass(eq=False)
class RefusedError(RenseiError):
    """A precondition does not hold.

    `refusal` is the server's typed refusal as it sent it, secrets removed.
    """

    refusal: Mapping[str, Any] | None = None

    code = "refused"
    exit_code = 7

    def document(self) -> dict[str, Any]:
        """Give the error as `--json` prints it, with the server's refusal where there is one."""
        document = super().document()
        document["error"]["refusal"] = self.refusal
        return document


class DeclinedError(RenseiError):
    """The person who was asked said no; nothing was sent."""

    code = "declined"


class CancelledError(RenseiError):
    """Ctrl-C came before anything was sent."""

    code = "cancelled"
    exit_code = 130


class RouteMissingError(RenseiError):
    """The server answers, but does not have this endpoint."""

    code = "route_missing"


class RateLimitedError(RenseiError):
    """The server asks for a longer pause than a command should make."""

    code = "rate_limited"


class ServerError(RenseiError):
    """The server failed, also after retries."""

    code = "server_error"


@dataclass(eq=False)
class UnreachableError(RenseiError):
    """The server could not be reached or did not answer in time.

    `never_sent` is true when no connection came about, so that nothing can have happened, and
    `slow` when a limit of time ran out.
    """

    never_sent: bool = False
    slow: bool = False

    code = "unreachable"


class ContractError(RenseiError):
    """The answer is not what the endpoint promises: HTML, a truncated body, another shape."""

    code = "contract"
