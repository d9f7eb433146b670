"""What a watch was asked to do, as values; times in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Transport(StrEnum):
    """How the session may be seen."""

    auto = "auto"
    sse = "sse"
    poll = "poll"


class Condition(StrEnum):
    """What can end a watch before the session ends."""

    red = "red"
    yellow = "yellow"
    error = "error"
    loop = "loop"
    idle = "idle"


@dataclass(frozen=True, slots=True)
class ExitOn:
    """A condition, and for `idle` how long nothing may happen."""

    condition: Condition
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The options of a watch that decide what it does, not how it looks.

    `tail` is how much of what already happened is told (`None`: all that is held, 0: nothing).
    """

    transport: Transport = Transport.auto
    interval_seconds: float = 15.0
    timeout_seconds: float | None = None
    give_up_seconds: float = 600.0
    tail: int | None = 20
    cursor: str | None = None
    follow: bool = True
    exit_on: Sequence[ExitOn] = ()
    strict: bool = False
    outcome_is_exit_code: bool = True
