"""The same call again and again, or two calls in turn: seen as it happens."""

from collections import deque
from typing import NamedTuple

from rensei_cli.api.activity import Activity
from rensei_cli.session.loops import identity, is_call

# From the third equal call on, a repetition is called one.
LOOP_CALLS = 3

Key = tuple[str, str]


class Repeat(NamedTuple):
    """How often the call that just happened stands in an unbroken repetition of `period` calls."""

    key: Key
    calls: int
    period: int

    @property
    def is_loop(self) -> bool:
        """Whether it has gone on long enough to be called a loop."""
        return self.calls >= LOOP_CALLS * self.period

    @property
    def is_folded(self) -> bool:
        """Whether the call says nothing new: the same again, or one of two in a long turn."""
        return self.calls > 1 if self.period == 1 else self.calls >= LOOP_CALLS * self.period


class Repeats:
    """Counts repetition call by call; thoughts in between do not break it."""

    def __init__(self) -> None:
        self._keys: deque[Key] = deque(maxlen=2)
        self._same = 0
        self._turns = 0

    def see(self, activity: Activity) -> Repeat | None:
        """Give the repetition that an activity continues or begins; nothing for no call."""
        if not is_call(activity):
            return None
        key = (activity.tool or "", identity(activity))
        last = self._keys[-1] if self._keys else None
        before = self._keys[0] if len(self._keys) == 2 else None  # noqa: PLR2004 - two calls in turn
        self._same = self._same + 1 if key == last else 1
        in_turn = key != last and key == before
        self._turns = self._turns + 1 if in_turn else 2 if key != last and last else 0
        self._keys.append(key)
        if self._same == 1 and self._turns > 2:  # noqa: PLR2004 - A, B, A
            return Repeat(key, self._turns, 2)
        return Repeat(key, self._same, 1)
