"""How values look on the wire: JSON text, instants, answers and refusals."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


def instant(at_ms: int) -> str:
    """Give epoch milliseconds as ISO 8601 in UTC with milliseconds and `Z`."""
    seconds, rest = divmod(at_ms, 1000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def to_json(value: object) -> str:
    """Give compact JSON text on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known: on this wire an absent optional has no key."""
    return {key: value for key, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status and JSON text."""

    status: int
    text: str


def answer(status: int, body: object) -> Answer:
    """Give an answer with this JSON body."""
    return Answer(status, to_json(body))


class RefusalError(Exception):
    """A request that cannot be served; whatever its piece of work changed is undone."""

    def __init__(self, status: int, error: str, message: str | None = None, /, **told: str) -> None:
        super().__init__(error, message)
        self.answer = answer(status, {**present({"error": error, "message": message}), **told})


def not_found() -> RefusalError:
    """Give the refusal for a session that is not there, or not in this project."""
    return RefusalError(404, "Session not found")


def bad_request(message: str) -> RefusalError:
    """Give the refusal for a request that says something impossible."""
    return RefusalError(400, "Bad Request", message)


def foreign() -> RefusalError:
    """Give the refusal for a worker that writes into a run that never was its own."""
    return RefusalError(403, "Forbidden", "Session is owned by another worker")
