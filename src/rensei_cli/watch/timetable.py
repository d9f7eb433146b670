"""When a watch reads: regularly, at once when there is a reason, more rarely while reads fail."""

import random
from typing import NamedTuple

from rensei_cli.errors import RenseiError
from rensei_cli.watch.feed import Feed
from rensei_cli.watch.plan import Pace

# A stream may have told what no read ever brings: after so many the reads are right.
_MOST_FUTILE = 4


class Read(NamedTuple):
    """A read to send: the activities after a cursor and, where `detail`, the session too."""

    after: str | None
    detail: bool


class Timetable:
    """The reads of one watch: when the next is due, and since when there is no contact."""

    def __init__(
        self, interval_seconds: float, pace: Pace, *, now: float, rng: random.Random | None
    ) -> None:
        self.failures = 0
        self.contact_at = now
        self._interval, self._pace = interval_seconds, pace
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._read_at = self._detail_at = now
        self._last_at = now - pace.soonest_seconds
        self._reading = self._again = self._again_detail = False
        self._futile = 0
        self._doubts = False

    def next_at(self) -> float | None:
        """Give when the next read is due; nothing while one is on its way."""
        return None if self._reading else self._read_at

    @property
    def is_asking(self) -> bool:
        """Whether a read is on its way, whose answer may change what is wanted."""
        return self._reading

    def take(self, now: float, feed: Feed) -> Read | None:
        """Give the read that is due, which is then on its way."""
        if self._reading or now < self._read_at:
            return None
        self._reading = True
        return Read(feed.after, now >= self._detail_at)

    def answered(self, now: float) -> None:
        """Note that a read came back, with whatever answer."""
        self._reading = False
        self._last_at = now

    def succeeded(self, now: float) -> None:
        """Note that a read brought what was asked for."""
        self.contact_at = now
        self.failures = 0

    def failed(self, now: float, error: RenseiError) -> float:
        """Put the next read off, and give by how much: as the server asks, else more and more."""
        self.failures += 1
        steps = self._pace.backoff_seconds
        pause = steps[min(self.failures, len(steps)) - 1] * (0.75 + self._rng.random() / 2)
        asked = error.retry_after_seconds
        pause = max(pause if asked is None else asked, self._pace.soonest_seconds)
        self._read_at = self._detail_at = now + pause
        return pause

    def soon(self, now: float, *, detail: bool = False) -> None:
        """Read as soon as may be, without disturbing a server that fails or repeats itself."""
        self._again = self._again or self._reading
        self._again_detail = self._again_detail or (detail and self._reading)
        if detail:
            self._detail_at = min(self._detail_at, now)
        if not self.failures and self._futile <= 1:
            soonest = max(now, self._last_at + self._pace.soonest_seconds)
            self._read_at = min(self._read_at, soonest)

    def spare(self, now: float, asked_seconds: float | None) -> None:
        """Leave the session alone for as long as the server asks, and go on with activities."""
        self._detail_at = max(self._detail_at, now + (asked_seconds or 0.0))

    def plan(self, now: float, *, detailed: bool, feed: Feed) -> None:
        """Put the next read where the interval and what is still missing want it."""
        self._doubts = feed.in_doubt
        self._futile = self._futile + 1 if feed.needs_read and not feed.in_doubt else 0
        self._read_at = now + self._interval
        if detailed:
            self._detail_at = now if self._again_detail else self._read_at
        if feed.needs_read or self._again:
            # What one more read did not bring will take its time.
            pause = self._pace.soonest_seconds * 2.0 ** min(self._futile, 20)
            pause = 0.0 if self._futile == 1 else pause
            pause = self._pace.patience_seconds if feed.in_doubt else pause
            self._read_at = now + min(self._interval, pause)
        self._again = self._again_detail = False

    @property
    def is_looking(self) -> bool:
        """Whether the last read left something open that the next ones may still find."""
        return self._doubts or 0 < self._futile <= _MOST_FUTILE

    def settle(self, now: float, seconds: float) -> None:
        """Look again, at all of it, after the session's end."""
        self._detail_at = now
        self._read_at = min(self._read_at, now + seconds)
