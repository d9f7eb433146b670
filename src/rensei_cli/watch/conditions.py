"""What ends a watch before the session ends, because its user asked for it."""

from collections.abc import Iterable

from rensei_cli.session.health import Level
from rensei_cli.watch.events import Acted, Event, HealthChanged
from rensei_cli.watch.plan import Condition, Plan
from rensei_cli.watch.repeats import Repeats

_BAD = {
    Level.red: frozenset({Condition.red, Condition.yellow}),
    Level.yellow: frozenset({Condition.yellow}),
}


class Conditions:
    """The `--exit-on` of one watch, and since when nothing has happened."""

    def __init__(self, plan: Plan) -> None:
        self._acted_at: float | None = None
        self._wanted = frozenset(item.condition for item in plan.exit_on)
        limits = [one.seconds for one in plan.exit_on if one.condition is Condition.idle]
        self._idle_seconds = min(limits, default=None)
        self._repeats = Repeats()

    def acted(self, at: float) -> None:
        """Note when the session last did anything; until then it cannot be called idle."""
        self._acted_at = at

    def idle_at(self) -> float | None:
        """Give when the session would have been idle for too long."""
        if self._idle_seconds is None or self._acted_at is None:
            return None
        return self._acted_at + self._idle_seconds

    def fired(self, events: Iterable[Event]) -> str | None:
        """Give why the watch ends, in words, or nothing."""
        if not self._wanted:
            return None
        return next((why for event in events if (why := self._why(event))), None)

    def _why(self, event: Event) -> str | None:
        if isinstance(event, HealthChanged):
            bad = self._wanted & _BAD.get(event.health.level, frozenset())
            return f"the health is {event.health.level}" if bad else None
        return self._noticed(event) if isinstance(event, Acted) else None

    def _noticed(self, event: Acted) -> str | None:
        """Judge an activity; what happened before the watch only begins a repetition."""
        activity, replayed = event
        looping = None
        if Condition.loop in self._wanted:
            repeat = self._repeats.see(activity)
            looping = repeat is not None and repeat.is_loop
        if replayed:
            return None
        if Condition.error in self._wanted and activity.type == "error":
            return "an error was reported"
        return "the agent repeats itself" if looping else None
