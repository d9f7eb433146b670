"""What the stream told ahead of the story, until a read has decided what lies before it."""

from collections import deque
from collections.abc import Iterable

from rensei_cli.api.activity import Activity
from rensei_cli.watch.recent import weight

# From so many on, or so long ones, the stream should be made to wait for a read; what comes
# beyond the last number all the same is left to that read.
_MANY, _MANY_CHARACTERS = 2_000, 16 * 1024 * 1024
_MOST = 20_000
# As many as servers hold; more of them a read has to tell.
_MOST_UNPLACED = 200


class Held:
    """Activities by their numbers, behind a hole that the stream or a read may fill."""

    def __init__(self) -> None:
        self._items: dict[int, Activity] = {}
        self._unplaced: deque[Activity] = deque(maxlen=_MOST_UNPLACED)
        self._characters = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether the stream should wait for a read before it sends more."""
        return len(self._items) > _MANY or self._characters > _MANY_CHARACTERS

    def put(self, activity: Activity) -> None:
        """Hold an activity of the stream; one without a number waits apart, in its order."""
        if activity.number is None:
            self._unplaced.append(activity)
        elif len(self._items) < _MOST:
            self.put_all((activity,))

    def put_all(self, activities: Iterable[Activity]) -> None:
        """Hold the numbered activities of a read."""
        for activity in activities:
            number = activity.number or 0
            self._given({number} & self._items.keys())
            self._items[number] = activity
            self._characters += weight(activity)

    def forget_unplaced(self) -> None:
        """Let go of what has no number: a read has told what there is."""
        self._unplaced.clear()

    def everything(self) -> tuple[list[Activity], list[Activity]]:
        """Give up all that has a number, in order, and all that has none."""
        unplaced, self._unplaced = self._unplaced, deque(maxlen=_MOST_UNPLACED)
        return self._given(sorted(self._items)), list(unplaced)

    def clear(self) -> None:
        """Let go of everything."""
        self._items.clear()
        self._unplaced.clear()
        self._characters = 0

    def count_before(self, number: int) -> int:
        """Give how many stand before a number."""
        return sum(held < number for held in self._items)

    def before(self, number: int) -> list[Activity]:
        """Give up what stands before a number, in order."""
        return self._given(sorted(held for held in self._items if held < number))

    def following(self, last: int | None) -> list[Activity]:
        """Give up what continues the story after its last number; what lies before it is old."""
        if last is None:
            return []
        old: list[int] = []
        new: list[int] = []
        for number in sorted(self._items):
            if number > last + 1:
                break
            (new if number == last + 1 else old).append(number)
            last = max(last, number)
        self._given(old)
        return self._given(new)

    def _given(self, numbers: Iterable[int]) -> list[Activity]:
        found = [self._items.pop(number) for number in numbers]
        self._characters -= sum(map(weight, found))
        return found
