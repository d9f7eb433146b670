"""JSON as servers send it: as much of it as can be read."""

import json
import re
from itertools import accumulate
from typing import Any

# Pairs of backslashes are consumed, so that `\\ud800` stays a backslash and five letters.
_HALF = re.compile(
    r"(?:\\\\)++|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
# Deeper than anybody means it, and shallow enough for whoever walks through it later: Python gives
# up at about 1,000 levels, of which some are its caller's.
_DEEPEST = 200
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_STEPS = bytes(set(range(256)) - set(b"[{]}"))
# A text is one mark, so that no bracket in it counts; it may lack its end.
_MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


def json_in(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Give what the JSON of an answer holds; U+FFFD replaces what is no character.

    Raises:
        ValueError: It is not JSON.
    """
    return value_of(body.decode("utf-8-sig", "replace"))


def value_of(written: str) -> Any:  # noqa: ANN401 - any JSON value
    """Give what JSON holds, even where it holds one thing that cannot be read.

    U+FFFD stands for half a character, "…" for what is nested beyond 200 levels, and a text for a
    number of more digits than Python reads (4,300).

    Raises:
        ValueError: It is not JSON.
    """
    if may_have_halves(written):
        written = _HALF.sub(lambda found: "\\ufffd" if found[1] else found[0], written)
    if is_deep(written):
        written = _shallow(written)
    try:
        return json.loads(written)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(written, parse_int=_integer)


def may_have_halves(written: str) -> bool:
    """Whether there may be half a character in JSON: an escape that is no character of its own."""
    return "\\" in written and ("\\ud" in written or "\\uD" in written)


def is_deep(written: str) -> bool:
    """Whether JSON is nested more deeply than it is read; a short text cannot be."""
    if len(written) <= 2 * _DEEPEST or written.count("[") + written.count("{") <= _DEEPEST:
        return False
    # All that stands between two texts, in steps down and up.
    plain = written.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    steps = "".join(plain).encode("ascii", "ignore").translate(_STEPS, _NO_STEPS)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > _DEEPEST


def _shallow(written: str) -> str:
    """Give JSON in which "…" stands for what is nested too deeply."""
    kept: list[str] = []
    depth = begins = 0
    for found in _MARK.finditer(written):
        mark = written[found.start()]
        if mark in "[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept += written[begins : found.start()], '"…"'
        elif mark in "]}":
            if depth == _DEEPEST + 1:
                begins = found.end()
            depth -= 1
    if depth <= _DEEPEST:
        kept.append(written[begins:])
    return "".join(kept)


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits
