"""What the events of a session's stream mean, in every shape that is known or likely."""

import json
import math
from typing import Any, NamedTuple

from rensei_cli.api import decoding, reading
from rensei_cli.api.activity import Activity, read_activity
from rensei_cli.api.reports import (
    HealthReport,
    RemediationEntry,
    read_health,
    read_remediation,
)
from rensei_cli.api.sse import ServerEvent

_ENVELOPES = ("payload", "data")
_WHITE = " \t\n\r"


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ValueError(written)
    return number


def _no_json(constant: str) -> float:
    raise ValueError(constant)


# What `json.loads` does besides takes as long again, and there are a hundred thousand of them.
_strictly = json.JSONDecoder(parse_float=_finite, parse_constant=_no_json).raw_decode


class StatusHint(NamedTuple):
    """A status the stream tells; it is believed only when a read confirms it."""

    status: str


Message = Activity | StatusHint | HealthReport | RemediationEntry


def read_message(event: ServerEvent) -> tuple[Message, ...]:
    """Give what an event tells; one that is not understood tells nothing."""
    try:
        body, text = _json(event.data)
    except ValueError:
        return ()
    if not isinstance(body, dict):
        return ()
    if event.event == "activity":
        inner = body.get("activity")
        if isinstance(inner, dict):
            return (_activity(inner, event.id),)
        return (_activity(body, event.id, text),)
    return _of_kind(event.event or str(body.get("type", "")), body, event.id)


def _json(data: bytes) -> tuple[Any, str]:
    """Give what data holds, read as leniently as the answers to reads, and its text.

    The text is empty where it cannot be printed as it came: that takes strict JSON on one line,
    in ASCII without a control character.
    """
    text = data.decode("utf-8", "replace").strip(_WHITE)
    try:
        value, end = _strict(text)
    except ValueError:
        return decoding.value_of(text), ""
    if end < len(text):
        raise ValueError("there is more than one value")
    printable = text.isascii() and not ("\n" in text or "\t" in text or "\x7f" in text)
    return value, text if printable else ""


def _strict(text: str) -> tuple[Any, int]:
    if decoding.may_have_halves(text) or decoding.is_deep(text):
        raise ValueError("it takes more than a decoder to read it")
    return _strictly(text)


def _of_kind(kind: str, body: dict[str, Any], event_id: str) -> tuple[Message, ...]:
    if kind == "health":
        report = read_health(body)
        return (report,) if report else ()
    if kind == "remediation":
        return read_remediation([body]) or ()
    status = reading.word(reading.first(body, "sessionStatus", "status"))
    hint = (StatusHint(status),) if status else ()
    if isinstance(body.get("activities"), list):
        return (*_activities(body["activities"]), *hint)
    if isinstance(body.get("activity"), dict):
        return (_activity(body["activity"], event_id), *hint)
    for key in _ENVELOPES:
        if isinstance(body.get(key), dict):
            return _enveloped(kind, body[key], event_id)
    if "content" in body or "body" in body:
        return (_activity(body, event_id),)
    return hint


def _enveloped(kind: str, body: dict[str, Any], event_id: str) -> tuple[Message, ...]:
    """Give what an envelope holds; one in another is not opened."""
    if kind == "activity":
        return (_activity(body, event_id),)
    bare = {key: value for key, value in body.items() if key not in _ENVELOPES}
    return _of_kind(kind or str(body.get("type", "")), bare, event_id)


def _activities(items: list[Any]) -> tuple[Activity, ...]:
    return tuple(read_activity(item) for item in items if isinstance(item, dict))


def _activity(raw: dict[str, Any], event_id: str, text: str = "") -> Activity:
    if raw.get("id") is None and event_id:
        raw, text = {**raw, "id": event_id}, ""
    return read_activity(raw, text)
