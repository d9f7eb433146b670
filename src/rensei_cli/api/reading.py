"""Lenient scalars: what a server sent, or `None` where it cannot be true."""

import json
import math
from datetime import UTC, datetime
from typing import Any

# A session that "ran" for longer than this is a unit mistake: the open-source server mixes
# seconds with milliseconds and reports about 1.79e12.
LONGEST_SECONDS = 10 * 365 * 86_400
_POSSIBLE_YEARS = range(1971, 9000)


def text(value: object) -> str | None:
    """Give a text; a number becomes one, anything structured its JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def word(value: object) -> str | None:
    """Give a non-empty text on its own, stripped, or nothing."""
    return value.strip() or None if isinstance(value, str) else None


def moment(value: object) -> datetime | None:
    """Give an aware time from ISO 8601 text or an epoch in milliseconds; `None` if impossible.

    Six-digit years (`+058862-03-04T…`) come from a server that multiplies milliseconds by 1000.
    The years 1 and 1970 are the zero of some language and no time of a session; beyond 9000 a
    time can no longer be told in every zone.
    """
    try:
        parsed = _parsed(value)
    except (ValueError, OverflowError, OSError):
        return None
    return parsed if parsed and parsed.year in _POSSIBLE_YEARS else None


def _parsed(value: object) -> datetime | None:
    if isinstance(value, str):
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is UTC:
            return parsed
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 1e11:  # noqa: PLR2004
        return datetime.fromtimestamp(value / 1000, UTC)
    return None


def number(value: object) -> float | None:
    """Give a finite number, never a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None


def amount(value: object) -> float | None:
    """Give a number that is not negative: a cost, a limit in milliseconds."""
    found = number(value)
    return found + 0.0 if found is not None and found >= 0 else None  # -0.0 becomes 0.0


def count(value: object) -> int | None:
    """Give a whole number that is not negative: tokens, calls."""
    found = amount(value)
    return int(found) if found is not None else None


def seconds(value: object) -> float | None:
    """Give a duration in seconds; negative and absurd ones are `None`."""
    found = amount(value)
    return found if found is not None and found <= LONGEST_SECONDS else None


def flag(value: object) -> bool | None:
    """Give a boolean, or nothing."""
    return value if isinstance(value, bool) else None


def objects(value: object) -> list[dict[str, Any]] | None:
    """Give the objects of a list without what else it holds; `None` where it holds none of any."""
    if not isinstance(value, list):
        return None
    found = [item for item in value if isinstance(item, dict)]
    return found if found or not value else None


def first(mapping: dict[str, Any], *keys: str) -> Any:  # noqa: ANN401 - any JSON value
    """Give the value of the first key that is present and not null."""
    return next((mapping[key] for key in keys if mapping.get(key) is not None), None)
