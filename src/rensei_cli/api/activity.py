"""One activity of a run, in either of the two spellings that servers use.

A page holds 200 of them and a tail a hundred thousand: they are plain frozen values built in one
pass, and what is not shown is not converted.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from rensei_cli.api import reading
from rensei_cli.api.answer import Answer
from rensei_cli.api.decoding import value_of

# What fits 64 bits; longer digits are a name and not a count.
_MOST_DIGITS = 18


class Activity(NamedTuple):
    """A thought, action, response, error, progress or context, and the object it came in.

    `text` is that object as it came, where its JSON can be printed without being made again.
    """

    id: str
    type: str
    content: str
    tool: str | None
    raw: dict[str, Any]
    text: str = ""

    @property
    def at(self) -> datetime | None:
        """When it happened, by the server's clock; `None` where the time is impossible."""
        sent = self.raw.get("timestamp")
        return reading.moment(self.raw.get("createdAt") if sent is None else sent)

    @property
    def number(self) -> int | None:
        """The id as a number, where the server counts them."""
        return number_of(self.id)

    @property
    def tool_input(self) -> dict[str, Any]:
        """What the tool was called with, as far as it was published."""
        found = self.raw.get("toolInput")
        if isinstance(found, dict):
            return found
        body = self.raw.get("body")
        return {} if body is None else _call_in_body(body)[1]

    @property
    def tool_output(self) -> str | None:
        """What the tool gave back, as far as it was published."""
        return reading.text(self.raw.get("toolOutput"))

    @property
    def is_error(self) -> bool:
        """Whether it is an error, or a tool call that failed."""
        return self.type == "error" or self.raw.get("isError") is True

    @property
    def took(self) -> timedelta | None:
        """How long the tool ran."""
        found = reading.amount(self.raw.get("durationMs"))
        seconds = reading.seconds(found / 1000) if found is not None else None
        return timedelta(seconds=seconds) if seconds is not None else None


class ActivityPage(NamedTuple):
    """The activities of one read, oldest first, and the status the server gave with them."""

    activities: tuple[Activity, ...]
    cursor: str | None
    status: str | None


def number_of(text: str) -> int | None:
    """Give an id or a cursor as a number, where the server counts."""
    counted = text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS
    return int(text) if counted else None


def read_activity(raw: dict[str, Any], text: str = "") -> Activity:
    """Give the activity an object holds, whichever spelling it uses."""
    found, kind = raw.get("id"), raw.get("type")
    content, tool = raw.get("content"), raw.get("toolName")
    if content is None:
        body = raw.get("body")
        called, arguments = _call_in_body(body) if kind == "action" else (None, {})
        tool = tool or called
        content = f"{called}: {summary(arguments)}" if called else body
    return Activity(
        found if isinstance(found, str) else reading.text(found) or "",
        reading.word(kind) or "unknown",
        content if isinstance(content, str) else reading.text(content) or "",
        tool if isinstance(tool, str) and tool else None,
        raw,
        text,
    )


def summary(arguments: dict[str, Any]) -> str:
    """Give the one argument of a tool call that tells most about it."""
    for key in ("command", "file_path", "path", "pattern", "query", "url"):
        if isinstance(arguments.get(key), str):
            return str(arguments[key])
    return reading.text(arguments) or "" if arguments else ""


def read_page(answer: Answer) -> ActivityPage:
    """Give the page in an answer, or a `ContractError`."""
    body = answer.json()
    items = reading.objects(body.get("activities")) if isinstance(body, dict) else None
    if items is None:
        raise answer.contract_error("a page of activities")
    return ActivityPage(
        activities=tuple(read_activity(item) for item in items),
        cursor=reading.text(body.get("cursor")),
        status=reading.word(body.get("sessionStatus")),
    )


def _call_in_body(body: object) -> tuple[str | None, dict[str, Any]]:
    """Give tool and arguments of an action whose body is JSON text, as one page documents."""
    if not (isinstance(body, str) and body.startswith("{")):
        return None, {}
    try:
        call = value_of(body)
    except ValueError:
        return None, {}
    arguments = call.get("input")
    return reading.word(call.get("tool")), arguments if isinstance(arguments, dict) else {}
