"""What a server says of a failure: short, on one line, without secrets."""

from collections.abc import Mapping
from typing import Any

from rensei_cli.api.redaction import redacted

_LONGEST = 300


def said_in(body: Mapping[str, Any] | None) -> str | None:
    """Give the server's own words on one line: `message` where there is one, else `error`."""
    for key in ("message", "error", "detail"):
        value = (body or {}).get(key)
        if found := line(value.get("message") if isinstance(value, dict) else value):
            return found
    return None


def line(value: object, most: int = _LONGEST) -> str | None:
    """Give a server's text as one line without secrets, cut where no one would read on."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return redacted(text)[:most] or None
