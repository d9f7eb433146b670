"""The lines that `session watch --json` prints, as types: `docs/schemas` is made from them.

Keys are camelCase as on the wire. Adding a field keeps the version, removing or renaming raises it.
"""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict  # comes with pydantic, which needs this one before 3.12

from rensei_cli.session.schema import ActivityDocument, EntryDocument, HealthDocument


class _Record(TypedDict):
    """What every line begins with: `at` is the time of this machine."""

    schema: Literal["rensei.watch/1"]
    at: str
    session: str | None


class StartRecord(_Record):
    """The first line: from where on the session is told, and what came before that."""

    record: Literal["start"]
    cursor: str | None
    transport: str
    status: str | None
    notAvailable: int | None
    notShown: int
    idleSeconds: float | None
    identifier: str | None
    title: str | None
    provider: str | None


class ActivityRecord(_Record):
    """One activity; `replayed` had happened before the watch began."""

    record: Literal["activity"]
    activity: ActivityDocument
    replayed: bool


# `from` cannot be written as a field of a class.
_Moved = TypedDict("_Moved", {"from": str | None, "to": str})


class StatusRecord(_Record, _Moved):
    """The server tells another status than before."""

    record: Literal["status"]


class HealthRecord(_Record, HealthDocument):
    """The level or a signal changed."""

    record: Literal["health"]


class RemediationRecord(_Record):
    """An operator acted on the session."""

    record: Literal["remediation"]
    entry: EntryDocument


class GapRecord(_Record):
    """Activities that the server no longer holds; `missed` is how many."""

    record: Literal["gap"]
    after: str | None
    before: str
    missed: int
    cause: Literal["overflow", "late_start", "restart"]


class TransportRecord(_Record):
    """The session is seen in another way; `againSeconds` is when the better one is tried again."""

    record: Literal["transport"]
    state: Literal["connecting", "live", "polling", "lost", "file"]
    why: str
    againSeconds: float | None


class EndRecord(_Record):
    """The last line: what became of the session, and of the watch."""

    record: Literal["end"]
    outcome: Literal[
        "completed", "failed", "stopped", "pending", "lost", "condition", "detached", "error"
    ]
    exitCode: int
    why: str
    status: str | None
    lastId: str | None
    counts: dict[str, int]
    tools: dict[str, int]
    errors: int
    gaps: int
    missed: int
    reconnects: int
    durationSeconds: float
    costUsd: float | None


WatchRecord = Annotated[
    StartRecord
    | ActivityRecord
    | StatusRecord
    | HealthRecord
    | RemediationRecord
    | GapRecord
    | TransportRecord
    | EndRecord,
    Field(discriminator="record", description="One line of `session watch --json`."),
]
