"""What a server can be asked to do to a session, and what it answers, in every shape known.

Each act is one pure function that returns a `Call`; its `key` names this one act, however often it
is sent. A field of an answer that was not sent is `None`: an answer says that the act arrived, and
no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rensei_cli.api import reading
from rensei_cli.api.answer import Answer
from rensei_cli.api.calls import segment, sendable
from rensei_cli.api.exchange import Call
from rensei_cli.api.redaction import purged, redacted

T = TypeVar("T")

_ACCEPTED = 202


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAnswer:
    """The answer to a stop; `pending` is what the server still waits for after a 202."""

    http_status: int
    stopped: bool | None = None
    previous_status: str | None = None
    new_status: str | None = None
    pending: str | None = None
    receipt: Mapping[str, Any] | None = None

    @property
    def delivered(self) -> bool:
        """Whether the server said that it passed the stop on: the 202 alone says so."""
        return self.http_status == _ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswer:
    """The answer to the release of a claim."""

    http_status: int
    released: bool | None = None
    previous_status: str | None = None
    new_status: str | None = None
    previous_worker_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAnswer:
    """The answer to a prompt; `disposition` and `recovery` are about one that was not delivered."""

    http_status: int
    delivered: bool | None = None
    prompt_id: str | None = None
    status: str | None = None
    disposition: str | None = None
    refusal: str | None = None
    recovery: str | None = None


def stop(session_id: str, *, reason: str | None, key: str) -> Call[StopAnswer]:
    """Stop a session."""
    return _act(session_id, "stop", _stopped, {"reason": reason}, key)


def release_claim(
    session_id: str, *, reason: str | None, worker_id: str | None, key: str
) -> Call[ReleaseAnswer]:
    """Take a session from its worker, and where one is named, from that one only."""
    asked = {"reason": reason, "expectedWorkerId": worker_id}
    return _act(session_id, "release-claim", _released, asked, key)


def prompt(session_id: str, text: str, *, key: str) -> Call[PromptAnswer]:
    """Say something to the agent of a session."""
    return _act(session_id, "prompt", _prompted, {"prompt": text, "idempotencyKey": key}, key)


def _act(
    session_id: str,
    verb: str,
    parse: Callable[[Answer], T],
    asked: Mapping[str, str | None],
    key: str,
) -> Call[T]:
    body = {name: sendable(value) for name, value in asked.items() if value is not None}
    path = f"/api/public/sessions/{segment(session_id)}/{verb}"
    return Call("POST", path, parse, body=body, key=key)


def _stopped(answer: Answer) -> StopAnswer:
    body = _body(answer)
    receipt = body.get("receipt")
    return StopAnswer(
        http_status=answer.status,
        stopped=reading.flag(body.get("stopped")),
        previous_status=_word(body.get("previousStatus")),
        new_status=_word(body.get("newStatus")),
        pending=_word(body.get("pending")),
        receipt=purged(receipt) if isinstance(receipt, dict) else None,
    )


def _released(answer: Answer) -> ReleaseAnswer:
    # The routes of workers say `nacked` for it.
    body = _body(answer)
    return ReleaseAnswer(
        http_status=answer.status,
        released=reading.flag(reading.first(body, "released", "nacked")),
        previous_status=_word(body.get("previousStatus")),
        new_status=_word(body.get("newStatus")),
        previous_worker_id=_word(reading.first(body, "previousWorkerId", "workerId")),
    )


def _prompted(answer: Answer) -> PromptAnswer:
    body = _body(answer)
    return PromptAnswer(
        http_status=answer.status,
        delivered=reading.flag(body.get("delivered")),
        prompt_id=_word(reading.text(body.get("promptId"))),
        status=_word(reading.first(body, "status", "sessionStatus")),
        disposition=_word(body.get("disposition")),
        refusal=_word(reading.first(body, "error", "message", "code")),
        recovery=_word(body.get("recoveryAction")),
    )


def _word(value: object) -> str | None:
    """Give a word that a server may have put a secret in."""
    found = reading.word(value)
    return redacted(found) if found else None


def _body(answer: Answer) -> dict[str, Any]:
    """Give the object of an answer; one without a body is as good as an empty one."""
    if not answer.body.strip():
        return {}
    body = answer.json()
    if not isinstance(body, dict):
        raise answer.contract_error("the answer to an act")
    return body
