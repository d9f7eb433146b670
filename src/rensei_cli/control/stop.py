"""Stopping a session: requested, accepted and confirmed are three things, and never mixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rensei_cli.api.acts import StopAnswer
from rensei_cli.control.beat import Beat, beat_of, silence_told
from rensei_cli.control.observed import Observed
from rensei_cli.control.plan import Plan
from rensei_cli.session.lifecycle import Outcome, outcome_of

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
class StopOutcome(Observed):
    """What is known of a stop so far.

    `quiet_reads` is how many reads in a row after its end brought nothing new, `beat` when its
    worker was last heard of, `silent_seconds` for how long it had been silent at the end, if for
    too long.
    """

    plan: StopPlan
    stage: Stage
    answer: StopAnswer | None = None
    last_activity_at: datetime | None = None
    quiet_reads: int = 0
    beat: Beat | None = None
    silent_seconds: float | None = None

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
    def unproven(self) -> bool:
        """Whether nobody has shown that the agent ended: its worker had fallen silent."""
        return self.changed and self.silent_seconds is not None

    @property
    def receipt(self) -> Mapping[str, Any] | None:
        """The server's receipt, as it came."""
        return self.answer.receipt if self.answer else None

    def reached(self, goal: Stage) -> bool:
        """Whether it has come as far as was asked for."""
        stages = list(Stage)
        return self.stage is Stage.ended or stages.index(self.stage) >= stages.index(goal)

    def exit_code(self, goal: Stage) -> int:
        """Give 0 where the goal is reached, 8 where that is pending, 9 where nothing is known."""
        if self.reached(goal):
            return _OK
        return _PENDING if self.readable else _LOST


def planned(plan: StopPlan) -> StopOutcome:
    """Give what is known before anything is sent."""
    activities = plan.snapshot.activities
    return StopOutcome(
        plan=plan,
        stage=Stage.ended if plan.ended else Stage.planned,
        status=plan.snapshot.status,
        reported=plan.snapshot.remediation is not None,
        last_activity_at=activities[-1].at if activities else None,
        beat=beat_of(plan.snapshot.session),
        silent_seconds=silence_told(plan.snapshot.health),
    )
