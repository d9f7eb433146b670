"""The beginning of a watch: what had happened before it, as much of it as was asked for."""

from collections.abc import Sequence
from typing import NamedTuple

from rensei_cli.watch.events import Acted, Event, Gap, Started, Via
from rensei_cli.watch.feed import Feed, Item
from rensei_cli.watch.known import Known
from rensei_cli.watch.plan import Plan


class Beginning(NamedTuple):
    """The first events of a watch, and when by our clock the session last did anything."""

    events: list[Event]
    acted_at: float


def beginning(
    plan: Plan, known: Known, feed: Feed, items: Sequence[Item], *, via: Via, now: float
) -> Beginning:
    """Give the beginning that follows from the first answer."""
    gaps = [item for item in items if isinstance(item, Gap)]
    held = [item for item in items if not isinstance(item, Gap)]
    acted = held
    if plan.cursor is None and plan.tail is not None:
        acted = held[max(0, len(held) - plan.tail) :]
    last = feed.recent[-1] if feed.recent else None
    idle = (known.idle_seconds(now, last) or 0.0) if last else None
    gone = sum(gap.missed for gap in gaps) if feed.counts or not items else None
    not_shown = len(held) - len(acted)
    started = Started(known.session, known.status, via, feed.cursor, gone, not_shown, idle)
    told: list[Event] = [started, *gaps, *(Acted(item, True) for item in acted)]
    return Beginning(told, now - (idle or 0.0))
