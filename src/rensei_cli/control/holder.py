"""Who holds a session: the worker, its claim, its heartbeat, and whether it must be taken for live.

What cannot be read counts as live: two agents on one issue are worse than a stuck one.
"""

from datetime import datetime
from typing import NamedTuple

from rensei_cli.api.models import Session
from rensei_cli.session.lifecycle import meaning_of
from rensei_cli.session.signals import KINDS, Signal, State
from rensei_cli.session.snapshot import Snapshot

# The signals that a claim may be released on: it never began, or nobody answers.
RELEASABLE = ("ClaimStuck", "StaleHeartbeat")
_WAITING = frozenset({"queued", "parked"})

# The worker and the moment tell one claim from another: one worker may hold a session twice.
Claim = tuple[str | None, datetime | None]


def claim_of(session: Session) -> Claim | None:
    """Give what tells this claim of a session from another one, or nothing where none is told."""
    return (session.claim.worker_id, session.claim.claimed_at) if session.claim else None


def waits(status: str | None) -> bool:
    """Whether a session waits for a worker."""
    return meaning_of(status or "") in _WAITING


class Holder(NamedTuple):
    """The worker of a session; ages in seconds by the server's clock, `None` where not told."""

    worker_id: str | None
    claim: Claim | None
    claim_seconds: float | None
    heartbeat_seconds: float | None
    nobody: bool
    stuck: tuple[Signal, ...]
    estimated: bool

    @property
    def live(self) -> bool:
        """Whether its claim must not be released without force."""
        unread = self.worker_id is None or self.heartbeat_seconds is None
        return not self.stuck or (self.estimated and unread)

    @property
    def sign_of_life(self) -> str:
        """What is known of the worker's last heartbeat, in words."""
        if self.heartbeat_seconds is None:
            return "when the worker last answered cannot be read, which counts as live"
        return f"the worker answered {self.heartbeat_seconds:.0f} s ago"


def holder_of(snapshot: Snapshot) -> Holder:
    """Give who holds a session, from its claim and from what the health signals add."""
    session, claim = snapshot.session, snapshot.session.claim
    signals = {signal.name: signal for signal in snapshot.health.signals}
    beat = signals.get("StaleHeartbeat")
    told = beat.evidence.get("workerId") if beat else None
    worker_id = claim.worker_id if claim else told if isinstance(told, str) else None
    denied = session.sends("claim") and claim is None
    heartbeat = _heartbeat(snapshot, beat)
    found = (signals.get(name) for name in RELEASABLE)
    active = (one for one in found if one is not None and one.state is State.active)
    return Holder(
        worker_id=worker_id,
        claim=claim_of(session),
        claim_seconds=_age(snapshot, claim.claimed_at if claim else None),
        heartbeat_seconds=heartbeat,
        nobody=worker_id is None and (denied or waits(snapshot.status)),
        stuck=tuple(one for one in active if not _contradicted(one, heartbeat)),
        estimated=snapshot.health.source != "server",
    )


def _heartbeat(snapshot: Snapshot, beat: Signal | None) -> float | None:
    """Give the age of the last heartbeat: the claim tells it, or a server's own signal."""
    claim = snapshot.session.claim
    if claim is not None and claim.heartbeat_at is not None:
        return _age(snapshot, claim.heartbeat_at)
    reported = snapshot.health.source == "server" and beat is not None
    return beat.seconds if reported and beat else None


def _contradicted(signal: Signal, heartbeat: float | None) -> bool:
    """Tell whether a heartbeat came in time although it is said to be stale: the worker is back."""
    if signal.name != "StaleHeartbeat" or heartbeat is None:
        return False
    usual = KINDS[signal.name].limit_seconds
    return heartbeat < (usual if signal.limit_seconds is None else signal.limit_seconds)


def _age(snapshot: Snapshot, at: datetime | None) -> float | None:
    return None if at is None else max(0.0, (snapshot.now - at).total_seconds())
