"""The four health signals: what they are, what is known of each, and what they are judged by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.session.lifecycle import Outcome, meaning_of
from rensei_cli.session.loops import Run


class State(StrEnum):
    """What is known of one signal."""

    active = "active"
    clear = "clear"
    unknown = "unknown"
    not_applicable = "not_applicable"


class Kind(NamedTuple):
    """A signal's documented severity and the open-source supervisor's default limit."""

    severity: str
    limit_seconds: float


# Severities as the product documents them; limits are the defaults of the open-source supervisor
# (one tool for 10 min, 5 min claimed, 45 min without a state write, 90 s without a heartbeat). The
# hosted platform's are unpublished, so they serve estimates only.
KINDS = {
    "ToolLoopStuck": Kind("blocking", 600),
    "ClaimStuck": Kind("blocking", 300),
    "LongRunning": Kind("advisory", 2700),
    "StaleHeartbeat": Kind("advisory", 90),
}


_WITHOUT_WORKER = frozenset({"queued", "parked", *Outcome})
# What was called may be a megabyte; as evidence its beginning is enough.
_SAMPLE_CHARACTERS = 400


class Signal(NamedTuple):
    """One signal: its state, how long against which limit, and what shows it."""

    name: str
    severity: str
    state: State
    since: datetime | None = None
    seconds: float | None = None
    limit_seconds: float | None = None
    evidence: Mapping[str, Any] = MappingProxyType({})


class Facts(NamedTuple):
    """What an evaluation looks at; `activities` is `None` where they could not be read."""

    session: Session
    status: str | None
    activities: Sequence[Activity] | None
    now: datetime

    @property
    def applicable(self) -> bool:
        """Whether the signals apply: only to a session that a worker holds, or may hold."""
        return meaning_of(self.status or "unknown") not in _WITHOUT_WORKER

    @property
    def last_at(self) -> datetime | None:
        """When the session last did anything that can be seen."""
        return next((at for item in reversed(self.activities or ()) if (at := item.at)), None)

    def age(self, since: datetime | None) -> float | None:
        """Give the seconds since a moment, by the server's clock."""
        return None if since is None else max(0.0, (self.now - since).total_seconds())


def loop_evidence(run: Run, facts: Facts) -> dict[str, Any]:
    """Give what shows whether an agent repeats itself or only works with one tool."""
    evidence: dict[str, Any] = {
        "tool": run.tool,
        "calls": run.calls,
        "identical": run.identical,
        "distinct": run.distinct,
        "sample": run.sample[:_SAMPLE_CHARACTERS],
    }
    if run.seconds is not None:
        evidence["seconds"] = run.seconds
    if (age := facts.age(run.last_at)) is not None:
        evidence["lastCallSecondsAgo"] = age
    return evidence
