"""When a watch is over, and with which exit code."""

from collections.abc import Iterable

from rensei_cli.errors import RenseiError
from rensei_cli.session.lifecycle import exit_code, outcome_of
from rensei_cli.watch.conditions import Conditions
from rensei_cli.watch.events import Ended, Event, Gap, Verdict
from rensei_cli.watch.plan import Plan


class Ending:
    """Looks for the end of one watch; `ended` is it, once it has come."""

    def __init__(self, plan: Plan, now: float) -> None:
        self.ended: Ended | None = None
        self.conditions = Conditions(plan)
        self._plan, self._began = plan, now
        self._missed = 0
        self._final = False

    @property
    def deadline(self) -> float | None:
        """When the time is up, where there is a limit."""
        limit = self._plan.timeout_seconds
        return None if limit is None else self._began + limit

    def end(
        self, verdict: Verdict, code: int, why: str, error: RenseiError | None = None
    ) -> list[Event]:
        """Give the end; with `--strict` a loss has an exit code of its own."""
        if self._plan.strict and self._missed and verdict is not Verdict.error:
            code, why = 10, f"{why}; {self._missed} activities were missed"
        self.ended = self.ended or Ended(verdict, code, why, error)
        return [self.ended]

    def fail(self, error: RenseiError) -> list[Event]:
        """Give the end of a watch that cannot go on."""
        return self.end(Verdict.error, error.exit_code, error.message, error)

    def settled(self, status: str | None, *, news: bool) -> list[Event]:
        """Give the end, once the session has ended and one more read brought nothing."""
        outcome, was_final = outcome_of(status), self._final
        self._final = outcome is not None
        if outcome is not None and was_final and not news:
            code = exit_code(status) if self._plan.outcome_is_exit_code else 0
            return self.end(Verdict(outcome.value), code, f"the session {outcome}")
        if outcome is None and not self._plan.follow:
            return self.end(Verdict.detached, 0, "only what has happened was asked for")
        return []

    def timed(self, now: float) -> list[Event]:
        """Give the end that time alone brings."""
        idle_at = self.conditions.idle_at()
        if self.deadline is not None and now >= self.deadline:
            return self.end(Verdict.pending, 8, "the time was up")
        if idle_at is not None and now >= idle_at:
            return self.end(Verdict.condition, 10, "nothing happened for the time given")
        return []

    def count(self, events: Iterable[Event]) -> None:
        """Note what is missing of what was asked for."""
        gaps = [event for event in events if isinstance(event, Gap) and event.after is not None]
        self._missed += sum(gap.missed for gap in gaps)

    def concluded(self, events: list[Event]) -> list[Event]:
        """Give events, and the end where one of them fires a condition."""
        fired = None if self.ended else self.conditions.fired(events)
        return events + self.end(Verdict.condition, 10, fired) if fired else events
