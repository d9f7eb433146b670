"""The JSON that `--json` prints, as types: the schemas in `docs/schemas` are made from them.

Keys are camelCase as on the wire. Adding a field keeps a version, removing or renaming raises it.
"""

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # comes with pydantic, which needs this one before 3.12

# What a server sends beside the fields it is known for is passed on.
_OPEN = with_config(ConfigDict(extra="allow"))


class SignalDocument(TypedDict):
    """One health signal; durations in milliseconds, `null` where unknown."""

    name: str
    severity: str
    state: Literal["active", "clear", "unknown", "not_applicable"]
    since: str | None
    durationMs: int | None
    thresholdMs: int | None
    evidence: dict[str, Any]


class HealthDocument(TypedDict):
    """The health: reported by the server, or estimated by this program."""

    level: Literal["red", "yellow", "green", "unknown", "none"]
    source: Literal["server", "estimate"]
    disagreement: str | None
    signals: list[SignalDocument]


class EntryDocument(TypedDict):
    """One operator action."""

    id: str | None
    action: str
    timestamp: str | None
    source: str | None
    actor: str | None
    reason: str | None
    previousStatus: str | None
    newStatus: str | None


class RemediationDocument(TypedDict):
    """The operator actions; `reported: false` means the server tells none, not that none were."""

    reported: bool
    entries: list[EntryDocument]


class PhaseDocument(TypedDict):
    """A status, when it was entered and how long it held."""

    status: str
    enteredAt: str | None
    durationSeconds: int | None
    current: bool


@_OPEN
class ActivityDocument(TypedDict):
    """One activity in the published spelling; what else the server sent stands beside it."""

    id: str
    type: str
    toolName: str | None
    content: str
    timestamp: str | None
    toolInput: NotRequired[Any]
    toolOutput: NotRequired[Any]
    isError: NotRequired[Any]
    durationMs: NotRequired[Any]


class ConflictDocument(TypedDict):
    """A field about which the server's own routes disagree."""

    field: str
    values: dict[str, str]
    shown: str


class MissingDocument(TypedDict):
    """A part that could not be read, and why."""

    part: str
    why: str


@_OPEN
class TimelineDocument(TypedDict):
    """When a run entered its phases."""

    created: str | None
    queued: str | None
    started: str | None
    completed: str | None


@_OPEN
class RunDocument(TypedDict):
    """A run in the names of the wire, `null` where unknown or impossible; `duration` in seconds.

    `timeline`, `claim` and `lifecycle` stand here only where the server sent them: a claim of
    `null` is its word that nobody holds the session.
    """

    id: str | None
    identifier: str | None
    status: str | None
    workType: str | None
    startedAt: str | None
    duration: float | None
    costUsd: float | None
    provider: str | None
    project: str | None
    branch: str | None
    issueTitle: str | None
    inputTokens: int | None
    outputTokens: int | None
    url: str | None
    timeline: NotRequired[TimelineDocument]
    claim: NotRequired[dict[str, Any] | None]
    lifecycle: NotRequired[list[dict[str, Any]] | None]


class SessionDocument(TypedDict):
    """What `session show --json` prints."""

    schema: Literal["rensei.session/1"]
    fetchedAt: str
    session: RunDocument
    currentActivity: ActivityDocument | None
    health: HealthDocument
    remediation: RemediationDocument
    lifecycle: list[PhaseDocument]
    activities: list[ActivityDocument]
    activitiesNotAvailable: int | None
    conflicts: list[ConflictDocument]
    unavailable: list[MissingDocument]


class ListedHealth(TypedDict):
    """The health as one word, and how the server contradicts itself about it."""

    health: Literal["red", "yellow", "green", "unknown", "none"]
    healthDisagreement: str | None


@_OPEN
class ListedDocument(RunDocument, ListedHealth):
    """One session of the list, with its health as one word."""


class ListDocument(TypedDict):
    """What `session list --json` prints; `total` counts what the server listed."""

    schema: Literal["rensei.sessions/1"]
    fetchedAt: str
    sessions: list[ListedDocument]
    count: int
    total: int
