"""When to try again, and after how long: a pure function of what happened."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# What the official clients of comparable services agree on: four tries, half a second doubling.
MAX_TRIES = 4
# Who did not answer within the limit is asked once more: a person waits for each of these in full.
MAX_SLOW_TRIES = 2
FIRST_SECONDS = 0.5
LONGEST_SECONDS = 8.0
# A person waits this long between the tries of one request; who asks for more is reported.
PATIENCE_SECONDS = 20.0

RETRIED = frozenset({408, 429, 500, 502, 503, 504})


def backoff_seconds(attempt: int, rng: random.Random) -> float:
    """Give the pause after the given failed attempt (from 1), between half and all of its step."""
    step = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** (attempt - 1))
    return step * (0.5 + rng.random() / 2)


def asked_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give the pause the server asks for, in seconds.

    `Retry-After-Ms`, `Retry-After` (seconds or a date), else `X-RateLimit-Reset`, which the
    open-source server sends as seconds from now and others as an epoch. It sends it with every
    answer: with requests remaining, the end of the window is nothing to wait for.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    after = headers.get("retry-after")
    if (seconds := _number(after)) is not None:
        return seconds
    if after:
        return _until(after, now)
    if _number(headers.get("x-ratelimit-remaining")):
        return None
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is not None and reset > 1e9:  # noqa: PLR2004 - an epoch, not a duration
        return max(0.0, reset - now.timestamp())
    return reset


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e12 else None  # noqa: PLR2004 - beyond 30,000 years is nonsense
