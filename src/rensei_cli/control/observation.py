"""Looking at a session after an act, until what became of it is known or time is up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from rensei_cli.api import calls
from rensei_cli.api.activity import Activity, ActivityPage
from rensei_cli.api.client import Client
from rensei_cli.api.models import Session
from rensei_cli.errors import RenseiError
from rensei_cli.session.lifecycle import reconciled

# Two requests a look: for 30 s these are well below the 60 a minute of the open-source server.
_PAUSES_SECONDS = (*repeat(0.5, 4), *repeat(1.0, 6))
_LATER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of an act, in seconds."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one look at a session told; what could not be read is `None`, and `failure` says why.

    `activities` are those that are new since the look before.
    """

    status: str | None
    session: Session | None
    activities: tuple[Activity, ...] | None
    failure: RenseiError | None
    at: float


def observations(
    client: Client, session_id: str, clock: Clock, *, seconds: float, after: str | None
) -> Iterator[Observation]:
    """Give looks at a session, the first at once and the last when the seconds are over.

    `after` is the newest activity that is known already.
    """
    end = clock.monotonic() + seconds
    for pause in chain(_PAUSES_SECONDS, repeat(_LATER_SECONDS)):
        seen = _look(client, session_id, clock, after)
        if seen.activities:
            after = seen.activities[-1].id
        yield seen
        left = end - clock.monotonic()
        if left <= 0:
            return
        asked = seen.failure.retry_after_seconds if seen.failure else None
        clock.sleep(min(max(pause, asked or 0.0), left))


def _look(client: Client, session_id: str, clock: Clock, after: str | None) -> Observation:
    pending = client.start(calls.session(session_id))
    page = client.start(calls.activities(session_id, after=after)).outcome()
    detail = pending.outcome()
    told = page if isinstance(page, ActivityPage) else None
    # What is told of another session says nothing of this one.
    ours = isinstance(detail, Session) and detail.id in {None, session_id}
    session = detail if isinstance(detail, Session) and ours else None
    said = {
        "detail": session.status if session else None,
        "activities": told.status if told else None,
    }
    return Observation(
        status=reconciled(said)[0],
        session=session,
        activities=None if told is None else _since(told.activities, after),
        failure=next((one for one in (detail, page) if isinstance(one, RenseiError)), None),
        at=clock.monotonic(),
    )


def _since(held: tuple[Activity, ...], after: str | None) -> tuple[Activity, ...]:
    """Give the activities after a known one: some servers give everything whatever was asked."""
    ids = [activity.id for activity in held]
    return held[ids.index(after) + 1 :] if after in ids else held
