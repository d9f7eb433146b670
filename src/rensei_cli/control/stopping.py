"""Carrying out a stop: send it once, and look until it is confirmed or time is up."""

from collections.abc import Iterator
from dataclasses import replace

from rensei_cli.api import acts
from rensei_cli.api.acts import StopAnswer
from rensei_cli.api.client import Client
from rensei_cli.control.beat import beat_of
from rensei_cli.control.history import recorded
from rensei_cli.control.observation import Clock, Observation, observations
from rensei_cli.control.sending import denies, sent, traceless, without_route
from rensei_cli.control.stop import Stage, StopOutcome, StopPlan, planned
from rensei_cli.errors import RenseiError, RouteMissingError, ServerError
from rensei_cli.session.lifecycle import Outcome, outcome_of

# A worker posts its last words after its session has ended.
_QUIET_READS = 2


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
        if seen.session is not None or isinstance(failure, RouteMissingError):
            raise without_route(failure, "stop sessions", so_far.plan)
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
        beat=(beat_of(seen.session) if seen.session else None) or so_far.beat,
        readable=seen.status is not None,
        seen_at=seen.at,
        reported=so_far.reported if seen.session is None else told is not None,
        entry=recorded("stop", plan.reason, plan.snapshot, told) or so_far.entry,
    )
    if seen.activities:
        so_far = replace(so_far, last_activity_at=seen.activities[-1].at or so_far.last_activity_at)
    if seen.session and so_far.beat and outcome_of(seen.status) is not None:
        so_far = replace(so_far, silent_seconds=so_far.beat.silence_until(seen.session))
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
