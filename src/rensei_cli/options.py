"""Option types that commands share, and the options every command takes."""

import re
from enum import StrEnum
from typing import NamedTuple


class Color(StrEnum):
    """When colour is written; decided for each stream."""

    auto = "auto"
    always = "always"
    never = "never"


class TimeStyle(StrEnum):
    """How a moment is written."""

    relative = "relative"
    local = "local"
    utc = "utc"


class ActivityType(StrEnum):
    """The types of activity that servers publish."""

    thought = "thought"
    action = "action"
    response = "response"
    error = "error"
    progress = "progress"
    context = "context"


class HealthFilter(StrEnum):
    """The levels that `--health` asks for; a level admits the worse ones."""

    yellow = "yellow"
    red = "red"


class GlobalOptions(NamedTuple):
    """What was typed of the options that every command takes; `None` is not typed."""

    url: str | None = None
    auth: str | None = None
    org: str | None = None
    project: str | None = None
    token_stdin: bool = False
    json: bool = False
    no_interactive: bool = False
    verbose: bool = False
    debug: bool = False
    color: Color | None = None
    a11y: bool = False


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+|\d+(?:\.\d+)?")


def duration_seconds(text: str) -> float:
    """Give the seconds in `90`, `90s`, `10m` or `1h30m`.

    Raises:
        ValueError: The text is no duration.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError(text)
    if text[-1].isdigit():
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
