"""Option types that commands share, and the options every command takes."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalOptions:
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
