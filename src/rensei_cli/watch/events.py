"""What can happen while a session is watched; screens and records are made from nothing else."""

from enum import StrEnum
from typing import NamedTuple

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.errors import RenseiError
from rensei_cli.session.health import Health


class Cause(StrEnum):
    """Why activities are missing."""

    overflow = "overflow"
    late_start = "late_start"
    restart = "restart"


class Via(StrEnum):
    """How the session is seen at the moment."""

    connecting = "connecting"
    live = "live"
    polling = "polling"
    lost = "lost"
    file = "file"


class Verdict(StrEnum):
    """How a watch ended; only the first three are outcomes of the session."""

    completed = "completed"
    failed = "failed"
    stopped = "stopped"
    pending = "pending"
    lost = "lost"
    condition = "condition"
    detached = "detached"
    error = "error"


class Started(NamedTuple):
    """The watch began: what the session is, and from which activity on it is told.

    `not_available` is how many activities the server no longer holds, `not_shown` how many it
    holds but were not asked for, `idle_seconds` how long ago the last one was.
    """

    session: Session
    status: str | None
    via: Via
    cursor: str | None
    not_available: int | None
    not_shown: int = 0
    idle_seconds: float | None = None


class Acted(NamedTuple):
    """One activity, exactly once; `replayed` is what had happened before the watch began.

    A tuple, because a tail makes a hundred thousand of them.
    """

    activity: Activity
    replayed: bool


class StatusChanged(NamedTuple):
    """The server tells another status than before."""

    before: str | None
    after: str


class HealthChanged(NamedTuple):
    """The level or a signal changed."""

    health: Health
    before: Health | None


class Remediated(NamedTuple):
    """An operator acted on the session."""

    entry: RemediationEntry


class Gap(NamedTuple):
    """Activities between two ids that the server no longer holds; `missed` is exact.

    `after` is `None` where nothing was asked for before: then nothing that was wanted is missed.

    After a restart that renumbers, `missed` counts what the new numbering has lost: how much of
    the old numbering was never sent cannot be known.
    """

    after: str | None
    before: str
    missed: int
    cause: Cause


class ViaChanged(NamedTuple):
    """The session is seen in another way, and why; `again_seconds` is when it is tried again."""

    via: Via
    why: str
    again_seconds: float | None = None


class Updated(NamedTuple):
    """A read brought fresher facts (cost, times) without any news of its own."""

    session: Session


class Ended(NamedTuple):
    """The watch is over: always the last event."""

    verdict: Verdict
    exit_code: int
    why: str
    error: RenseiError | None = None


Event = (
    Started
    | Acted
    | StatusChanged
    | HealthChanged
    | Remediated
    | Gap
    | ViaChanged
    | Updated
    | Ended
)
