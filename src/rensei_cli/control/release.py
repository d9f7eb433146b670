"""Releasing a claim: who holds the session, whether it may be taken away, and who has it after."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rensei_cli.api import acts
from rensei_cli.api.acts import ReleaseAnswer
from rensei_cli.api.client import Client
from rensei_cli.api.models import Session
from rensei_cli.api.redaction import redacted
from rensei_cli.control.claim import ReleasePlan, explained
from rensei_cli.control.history import recorded
from rensei_cli.control.holder import claim_of, waits
from rensei_cli.control.observation import Clock, Observation, observations
from rensei_cli.control.observed import Observed
from rensei_cli.control.sending import sent, traceless
from rensei_cli.errors import RenseiError, ServerError
from rensei_cli.session.lifecycle import outcome_of

_OK, _REFUSED, _PENDING, _LOST = 0, 7, 8, 9


class Fate(StrEnum):
    """What became of the session: `unknown` where the server does not tell who holds it."""

    queued = "queued"
    claimed = "claimed"
    ended = "ended"
    unchanged = "unchanged"
    unknown = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOutcome(Observed):
    """What is known of a release so far; `worker_id` is who holds the session now."""

    plan: ReleasePlan
    fate: Fate = Fate.unchanged
    worker_id: str | None = None
    sent: bool = False
    answer: ReleaseAnswer | None = None

    @property
    def released(self) -> bool | None:
        """Whether the claim was released: the server's word, or what was seen after its answer.

        Without an answer, that somebody else has the session does not tell by whose act.
        """
        if self.answer is not None and self.answer.released is not None:
            return self.answer.released
        free = self.answer is not None and self.fate in {Fate.queued, Fate.claimed}
        if self.sent and (free or self.entry is not None):
            return True
        return None if self.sent else False

    @property
    def previous_worker_id(self) -> str | None:
        """Who held the session before."""
        told = self.answer.previous_worker_id if self.answer else None
        return told or self.holder_id

    @property
    def another(self) -> str | None:
        """Whose claim the server says that it released, where it was not the one asked for."""
        told = self.answer.previous_worker_id if self.answer and self.released else None
        return told if told and self.holder_id not in {None, told} else None

    @property
    def holder_id(self) -> str | None:
        """Whose claim was to be released."""
        found = self.plan.holder.worker_id
        return redacted(found) if found else None

    @property
    def settled(self) -> bool:
        """Whether more looks would tell nothing new."""
        return self.fate in {Fate.claimed, Fate.ended} or self.released is False

    @property
    def exit_code(self) -> int:
        """Give 0 released, 7 not released, 8 without a sign of it in time, 9 where nothing is."""
        if self.released is False:
            return _REFUSED
        if self.released is None and not self.readable:
            return _LOST
        if self.released is None:
            # It is free all the same; and nobody holds what has ended.
            free = _OK if self.fate in {Fate.queued, Fate.claimed} else _PENDING
            return _REFUSED if self.fate is Fate.ended else free
        return _PENDING if self.fate is Fate.unchanged and self.readable else _OK


def planned(plan: ReleasePlan) -> ReleaseOutcome:
    """Give what is known before anything is sent."""
    return ReleaseOutcome(
        plan=plan,
        status=plan.snapshot.status,
        worker_id=plan.holder.worker_id,
        reported=plan.snapshot.remediation is not None,
    )


def carry_out(
    plan: ReleasePlan, client: Client, observer: Client, clock: Clock, *, seconds: float
) -> Iterator[ReleaseOutcome]:
    """Give the outcome each time more of it is known; the last one is final.

    The holder that was seen is named in the request, so that a claim which changes hands on the
    way is not released. `client` sends, `observer` looks.

    Raises:
        RenseiError: The release surely did not happen, or failed and left no trace.
    """
    now = clock.monotonic()
    so_far = replace(planned(plan), sent=True, fate=Fate.unknown, reported=None)
    so_far = replace(so_far, sent_at=now, seen_at=now)
    yield so_far
    looks = observations(observer, plan.session_id, clock, seconds=seconds, after=None)
    holder = plan.holder.worker_id
    call = acts.release_claim(plan.session_id, reason=plan.reason, worker_id=holder, key=plan.key)
    try:
        answer = sent(client, call)
    except RenseiError as failure:
        raise explained(plan, failure, looks) from None
    if isinstance(answer, RenseiError):
        so_far = replace(so_far, doubt=answer)
    else:
        so_far = replace(so_far, answer=answer, status=answer.new_status or so_far.status)
    yield so_far
    for seen in looks:
        so_far = _seen(so_far, seen)
        yield so_far
        if so_far.settled:
            return
    if so_far.released is None and isinstance(so_far.doubt, ServerError):
        raise traceless(so_far.doubt, readable=so_far.readable)


def _seen(so_far: ReleaseOutcome, seen: Observation) -> ReleaseOutcome:
    """Give the outcome after one more look."""
    plan, session = so_far.plan, seen.session
    if session is None:
        return replace(so_far, readable=seen.status is not None, seen_at=seen.at)
    holder = session.claim.worker_id if session.claim else None
    return replace(
        so_far,
        status=seen.status,
        fate=_fate(plan, seen.status, session),
        worker_id=redacted(holder) if holder else None,
        readable=True,
        seen_at=seen.at,
        reported=session.remediation is not None,
        entry=recorded("claim", plan.reason, plan.snapshot, session.remediation) or so_far.entry,
    )


def _fate(plan: ReleasePlan, status: str | None, session: Session) -> Fate:
    if outcome_of(status) is not None:
        return Fate.ended
    claim = claim_of(session)
    if claim is None and (session.sends("claim") or waits(status)):
        return Fate.queued
    if claim is None:
        return Fate.unknown
    return Fate.unchanged if claim == plan.holder.claim else Fate.claimed
