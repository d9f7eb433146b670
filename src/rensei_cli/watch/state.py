"""What a watch knows so far; `update` is the only thing that changes it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.session.health import Health
from rensei_cli.session.loops import is_call
from rensei_cli.watch.events import (
    Acted,
    Cause,
    Ended,
    Event,
    Gap,
    HealthChanged,
    Started,
    StatusChanged,
    Updated,
    Via,
    ViaChanged,
)
from rensei_cli.watch.repeats import Repeat, Repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """The present of a watch; its size does not grow with the number of activities.

    `acted_at` and `now` are seconds of one clock, `now` being the time of the last update.
    """

    now: float = 0.0
    began: float = 0.0
    acted_at: float | None = None
    session: Session | None = None
    status: str | None = None
    health: Health | None = None
    via: Via = Via.connecting
    changes: int = 0
    why: str = ""
    last: Activity | None = None
    last_error: Activity | None = None
    repeat: Repeat | None = None
    counts: Counter[str] = field(default_factory=Counter)
    tools: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    gaps: int = 0
    missed: int = 0
    reconnects: int = 0
    not_available: int | None = None
    ended: Ended | None = None
    repeats: Repeats = field(default_factory=Repeats)

    def counting(self, reconnects: int) -> "WatchState":
        """Give the state with the number of times the stream was opened again."""
        return self if reconnects == self.reconnects else replace(self, reconnects=reconnects)


def update(state: WatchState, events: Iterable[Event], now: float) -> WatchState:
    """Give the state after events that happened at `now`."""
    acted = []
    for event in events:
        if isinstance(event, Acted):
            acted.append(event.activity)
        else:
            state = _after(state, event)
    return replace(_acted(state, acted, now) if acted else state, now=now)


def _after(state: WatchState, event: Event) -> WatchState:
    match event:
        case Updated(session):
            return replace(state, session=session)
        case Started(session, status, via, _, not_available):
            return replace(
                state, session=session, status=status, via=via, not_available=not_available
            )
        case StatusChanged(_, after):
            return replace(state, status=after)
        case HealthChanged(health):
            return replace(state, health=health)
        case Gap(_, _, missed, cause) if cause is not Cause.late_start:
            return replace(state, gaps=state.gaps + 1, missed=state.missed + missed)
        case ViaChanged(via, why):
            return replace(state, via=via, why=why, changes=state.changes + 1)
        case Ended():
            return replace(state, ended=event)
        case _:
            return state


def _acted(state: WatchState, activities: Sequence[Activity], now: float) -> WatchState:
    # The counters belong to this state alone: copying them for each of 100,000 activities would
    # cost more than everything else together.
    repeat, error, errors = state.repeat, state.last_error, 0
    for activity in activities:
        state.counts[activity.type] += 1
        if activity.is_error:
            error, errors = activity, errors + 1
        if is_call(activity):
            repeat = state.repeats.see(activity)
            state.tools[activity.tool or ""] += 1
    return replace(
        state,
        acted_at=now,
        last=activities[-1],
        last_error=error,
        errors=state.errors + errors,
        repeat=repeat,
    )
