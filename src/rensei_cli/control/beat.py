"""The last sign of life of a session's worker, and whether it had fallen silent at the end."""

from dataclasses import dataclass
from datetime import datetime

from rensei_cli.api.models import Session
from rensei_cli.session.health import Health
from rensei_cli.session.signals import KINDS, State

_STALE = "StaleHeartbeat"


@dataclass(frozen=True, slots=True)
class Beat:
    """When a worker was last heard of, by the server's clock, and for how long it may be silent."""

    at: datetime
    limit_seconds: float

    def silence_until(self, session: Session) -> float | None:
        """Give for how long the worker had been silent when its session ended, if for too long.

        Then nobody has shown that its agent ended: the server gave the worker up.
        """
        ended = session.timeline.completed or session.timestamp
        silent = (ended - self.at).total_seconds() if ended else 0.0
        return silent if silent > self.limit_seconds else None


def beat_of(session: Session) -> Beat | None:
    """Give the last heartbeat that a session's claim tells of; an ended session has none."""
    claim = session.claim
    if claim is None or claim.heartbeat_at is None:
        return None
    told = [one for one in session.health.signals if one.name == _STALE] if session.health else []
    limit_ms = next((one.threshold_ms for one in told if one.threshold_ms is not None), None)
    usual = KINDS[_STALE].limit_seconds
    return Beat(claim.heartbeat_at, usual if limit_ms is None else limit_ms / 1000)


def silence_told(health: Health) -> float | None:
    """Give for how long a worker has been silent where the health says that it is for too long."""
    stale = (one for one in health.signals if one.name == _STALE and one.state is State.active)
    return next((one.seconds for one in stale), None)
