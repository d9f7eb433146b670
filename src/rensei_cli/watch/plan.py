"""What a watch was asked to do, and the times it keeps, as values; times in seconds."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


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


class ExitOn(NamedTuple):
    """A condition, and for `idle` how long nothing may happen."""

    condition: Condition
    seconds: float = 0.0


class Plan(NamedTuple):
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


class Pace(NamedTuple):
    """The times a watch keeps by itself.

    A stream is silent after three times the 15 s at which the platform's own pages poll; one that
    lived longer than `healthy` was cut by a proxy or a deployment and is not broken. `settle` is
    how long after a session's end it is asked once more, because workers post their last words
    late; `patience` how long a stream may be behind a read before what lies between is lost.
    """

    backoff_seconds: Sequence[float] = (1.0, 2.0, 4.0, 8.0, 15.0)
    soonest_seconds: float = 0.25
    settle_seconds: float = 1.0
    patience_seconds: float = 3.0
    silence_seconds: float = 45.0
    retry_seconds: float = 60.0
    healthy_seconds: float = 5.0
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 15.0
