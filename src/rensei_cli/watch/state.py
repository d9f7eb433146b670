"""What a watch knows so far; `update` is the only thing that changes it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rensei_cli.api.activity import Activity
from rensei_cli.api.models import Session
from rensei_cli.session.health import Health
from rensei_cli.session.loops import is_call
from rensei_cli.watch.events import (
    Acted,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """The present of a watch; its size does not grow with the number of activities.

    What ends in `_at` and `now` are seconds of one clock, `now` being the time of the last update
    and `at` the same moment by the calendar; `via` holds since `seen_at`, and `session` is what
    was read at `read_at`.
    """

    now: float = 0.0
    at: datetime | None = None
    began: float = 0.0
    acted_at: float | None = None
    session: Session | None = None
    status: str | None = None
    health: Health | None = None
    via: Via = Via.connecting
    changes: int = 0
    seen_at: float = 0.0
    read_at: float = 0.0
    last: Activity | None = None
    last_error: Activity | None = None
    counts: Counter[str] = field(default_factory=Counter)
    tools: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    gaps: int = 0
    missed: int = 0
    reconnects: int = 0
    not_available: int | None = None
    ended: Ended | None = None

    def of(self, session: Session) -> "WatchState":
        """Give the same of a session of which no read has told anything."""
        return replace(self, session=session)


def begun(now: float) -> WatchState:
    """Give what is known when a watch begins."""
    return WatchState(now=now, began=now, seen_at=now)


def update(
    state: WatchState,
    events: Iterable[Event],
    now: float,
    *,
    at: datetime | None = None,
    reconnects: int = 0,
) -> WatchState:
    """Give the state after events that happened at `now`, and `at` by the calendar."""
    acted = []
    state = replace(state, now=now, at=at, reconnects=reconnects)
    for event in events:
        if isinstance(event, Acted):
            acted.append(event)
        else:
            state = _after(state, event)
    return _acted(state, acted) if acted else state


def _after(state: WatchState, event: Event) -> WatchState:
    match event:
        case Updated(session):
            return replace(state, session=session, read_at=state.now)
        case Started(session, status, via, _, not_available, _, idle):
            return replace(
                state,
                session=session,
                status=status,
                via=via,
                seen_at=state.now,
                read_at=state.now,
                not_available=not_available,
                acted_at=None if idle is None else state.now - idle,
            )
        case StatusChanged(_, after):
            return replace(state, status=after)
        case HealthChanged(health):
            return replace(state, health=health)
        case Gap(after, _, missed) if after is not None:
            return replace(state, gaps=state.gaps + 1, missed=state.missed + missed)
        case ViaChanged(via):
            return replace(state, via=via, seen_at=state.now, changes=state.changes + 1)
        case Ended():
            return replace(state, ended=event)
        case _:
            return state


def _acted(state: WatchState, events: Sequence[Acted]) -> WatchState:
    # The counters belong to this state alone: copying them for each of 100,000 activities would
    # cost more than everything else together.
    activities = [event.activity for event in events]
    state.counts.update([activity.type for activity in activities])
    state.tools.update([item.tool or "" for item in activities if is_call(item)])
    failed = [activity for activity in activities if activity.is_error]
    return replace(
        state,
        acted_at=state.acted_at if events[-1].replayed else state.now,
        last=activities[-1],
        last_error=failed[-1] if failed else state.last_error,
        errors=state.errors + len(failed),
    )
