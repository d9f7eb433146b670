"""Stopping a session: requested, accepted and confirmed are three things, and never mixed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from rensei_cli.api import acts
from rensei_cli.api.acts import StopAnswer
from rensei_cli.api.client import Client
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.control.history import recorded
from rensei_cli.control.observation import Clock, Observation, observations
from rensei_cli.control.plan import Plan
from rensei_cli.control.sending import cut_short, denies, sent, traceless, without_route
from rensei_cli.errors import RenseiError, ServerError
from rensei_cli.session.lifecycle import Outcome, outcome_of

# A worker posts its last words after its session has ended.
_QUIET_READS = 2
_OK, _PENDING, _LOST = 0, 8, 9


class Stage(StrEnum):
    """How far a stop has come; `ended` is a session that was over before it."""

    planned = "planned"
    ended = "ended"
    requested = "requested"
    accepted = "accepted"
    confirmed = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan(Plan):
    """What would be stopped and why."""

    reason: str | None

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to stop."""
        return outcome_of(self.snapshot.status) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOutcome:
    """What is known of a stop so far.

    `doubt` is why the answer does not tell whether it arrived, `reported` whether the server tells
    a remediation history (`None`: it was not read since), `readable` whether the session could be
    read when it was last looked at, `quiet_reads` how many reads in a row after its end brought
    nothing new.
    """

    plan: StopPlan
    stage: Stage
    status: str | None
    answer: StopAnswer | None = None
    doubt: RenseiError | None = None
    entry: RemediationEntry | None = None
    reported: bool | None = None
    last_activity_at: datetime | None = None
    quiet_reads: int = 0
    readable: bool = True
    sent_at: float = 0.0
    seen_at: float = 0.0

    @property
    def sent(self) -> bool:
        """Whether anything was sent, and had an effect or may have had one."""
        return self.stage not in {Stage.planned, Stage.ended}

    @property
    def too_late(self) -> bool:
        """Whether the server said that the session had ended before the stop arrived."""
        return self.answer is not None and outcome_of(self.answer.previous_status) is not None

    @property
    def waiting(self) -> bool:
        """Whether the server took it, and the session still runs."""
        return self.stage is Stage.accepted and outcome_of(self.status) is None

    @property
    def changed(self) -> bool:
        """Whether the session ended by this act, as far as anybody can tell."""
        ended = outcome_of(self.status)
        return self.stage in {Stage.accepted, Stage.confirmed} and ended in {
            Outcome.stopped,
            Outcome.failed,
        }

    @property
    def waited_seconds(self) -> float:
        """The time from the request to the last look."""
        return max(0.0, self.seen_at - self.sent_at)

    @property
    def receipt(self) -> Mapping[str, Any] | None:
        """The server's receipt, as it came."""
        return self.answer.receipt if self.answer else None

    def reached(self, goal: Stage) -> bool:
        """Whether it has come as far as was asked for."""
        stages = list(Stage)
        return self.stage is Stage.ended or stages.index(self.stage) >= stages.index(goal)

    def cut_short(self) -> Self:
        """Give the outcome of an act whose answer nobody waits for any longer."""
        return self if self.answer or self.doubt else replace(self, doubt=cut_short())

    def exit_code(self, goal: Stage) -> int:
        """Give 0 where the goal is reached, 8 where that is pending, 9 where nothing is known."""
        if self.reached(goal):
            return _OK
        return _PENDING if self.readable or self.stage is Stage.accepted else _LOST


def planned(plan: StopPlan) -> StopOutcome:
    """Give what is known before anything is sent."""
    activities = plan.snapshot.activities
    return StopOutcome(
        plan=plan,
        stage=Stage.ended if plan.ended else Stage.planned,
        status=plan.snapshot.status,
        reported=plan.snapshot.remediation is not None,
        last_activity_at=activities[-1].at if activities else None,
    )


def carry_out(
    plan: StopPlan, client: Client, observer: Client, clock: Clock, *, goal: Stage, seconds: float
) -> Iterator[StopOutcome]:
    """Give the outcome each time more of it is known; the last one is final.

    `client` sends, `observer` looks (and does not insist: the next look comes anyway).

    Raises:
        RenseiError: The stop surely did not happen, or failed and left no trace.
    """
    so_far = planned(plan)
    if so_far.reached(goal):
        yield so_far
        return
    now = clock.monotonic()
    so_far = replace(so_far, stage=Stage.requested, reported=None, sent_at=now, seen_at=now)
    yield so_far
    newest = plan.snapshot.activities[-1].id if plan.snapshot.activities else None
    looks = observations(observer, plan.session_id, clock, seconds=seconds, after=newest)
    call = acts.stop(plan.session_id, reason=plan.reason, key=plan.key)
    try:
        answer = sent(client, call)
    except RenseiError as failure:
        yield _denied(so_far, failure, looks)
        return
    so_far = _answered(so_far, answer)
    yield so_far
    for seen in looks:
        so_far = _seen(so_far, seen)
        yield so_far
        if so_far.reached(goal):
            return
    if so_far.stage is Stage.requested and isinstance(so_far.doubt, ServerError):
        raise traceless(so_far.doubt, readable=so_far.readable)


def _denied(so_far: StopOutcome, failure: RenseiError, looks: Iterator[Observation]) -> StopOutcome:
    """Give the outcome of a stop that came too late; any other failure is raised again."""
    if denies(failure):
        seen = next(looks)
        if outcome_of(seen.status) is not None:
            return replace(so_far, stage=Stage.ended, status=seen.status, seen_at=seen.at)
        if seen.session is not None:
            raise without_route(failure, "stop sessions", so_far.plan.session_id)
    raise failure


def _answered(so_far: StopOutcome, answer: StopAnswer | RenseiError) -> StopOutcome:
    if isinstance(answer, RenseiError):
        return replace(so_far, doubt=answer)
    status = answer.new_status or so_far.status
    so_far = replace(so_far, answer=answer, status=status)
    taken = answer.delivered or answer.stopped or outcome_of(answer.new_status) is not None
    return replace(so_far, stage=Stage.accepted) if taken and not so_far.too_late else so_far


def _seen(so_far: StopOutcome, seen: Observation) -> StopOutcome:
    """Give the outcome after one more look."""
    told = seen.session.remediation if seen.session else None
    plan = so_far.plan
    so_far = replace(
        so_far,
        status=seen.status or so_far.status,
        readable=seen.status is not None,
        seen_at=seen.at,
        reported=so_far.reported if seen.session is None else told is not None,
        entry=recorded("stop", plan.reason, plan.snapshot, told) or so_far.entry,
    )
    if seen.activities:
        so_far = replace(so_far, last_activity_at=seen.activities[-1].at or so_far.last_activity_at)
    return _staged(so_far, seen)


def _staged(so_far: StopOutcome, seen: Observation) -> StopOutcome:
    """Give the outcome with its stage: what was seen is better founded than what was answered."""
    ended = outcome_of(seen.status)
    shown = so_far.entry is not None or (ended is Outcome.stopped and not so_far.too_late)
    accepted = so_far.stage is Stage.accepted or shown
    if ended is None:
        stage = Stage.accepted if accepted else so_far.stage
        return replace(so_far, quiet_reads=0, stage=stage)
    quiet = _quiet_reads(so_far, seen)
    if quiet < _QUIET_READS:
        return replace(
            so_far, quiet_reads=quiet, stage=Stage.accepted if accepted else so_far.stage
        )
    # Without a sign that the stop arrived, the session ended by itself.
    return replace(so_far, quiet_reads=quiet, stage=Stage.confirmed if accepted else Stage.ended)


def _quiet_reads(so_far: StopOutcome, seen: Observation) -> int:
    """Give how many reads in a row brought nothing new; one that failed brought no proof either."""
    if seen.activities:
        return 0
    # Of a server that never gave activities, the status is all there is to go by.
    proof = seen.activities is not None or so_far.plan.snapshot.activities is None
    return so_far.quiet_reads + proof
