"""Rows of the database as values; all times are epoch milliseconds."""

from dataclasses import dataclass

from rensei_cli.embedded import lifecycle

SESSION = """
SELECT s.id, s.tracker_id, s.project, s.identifier, s.title, s.work_type, s.provider, s.branch,
  s.priority, s.status, s.parked, s.created_at, s.queued_at, s.started_at, s.completed_at,
  s.updated_at, s.worker_id, s.stop_requested_at, s.last_tool, s.last_tool_at, s.tool_calls,
  s.cost_usd, s.input_tokens, s.output_tokens, s.revision, s.newest_activity, s.active_signals,
  w.heartbeat_at
FROM sessions s LEFT JOIN workers w ON w.id = s.worker_id
"""


@dataclass(frozen=True, slots=True)
class Session:
    """One session as stored, in the order of `SESSION`, with its worker's last heartbeat."""

    id: str
    tracker_id: str
    project: str
    identifier: str
    title: str | None
    work_type: str
    provider: str | None
    branch: str | None
    priority: int
    status: str
    parked: int
    created_at: int
    queued_at: int
    started_at: int | None
    completed_at: int | None
    updated_at: int
    worker_id: str | None
    stop_requested_at: int | None
    last_tool: str | None
    last_tool_at: int | None
    tool_calls: int
    cost_usd: float | None
    input_tokens: int | None
    output_tokens: int | None
    revision: int
    newest_activity: int
    active_signals: str
    heartbeat_at: int | None

    @property
    def public(self) -> str:
        """The status in the public's words."""
        return lifecycle.public(self.status, bool(self.parked))

    @property
    def claimed_at(self) -> int | None:
        """When the present worker claimed it."""
        return self.started_at if self.worker_id else None

    def silent_ms(self, now: int) -> int | None:
        """Give how long its worker has not been heard, `None` when there is none."""
        return None if self.heartbeat_at is None else now - self.heartbeat_at
