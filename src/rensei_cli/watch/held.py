"""What the stream told ahead of the story, until a read has decided what lies before it."""

from collections.abc import Iterable

from rensei_cli.api.activity import Activity
from rensei_cli.watch.recent import weight

# From so many on, or so long ones, the stream should be made to wait for a read; what comes
# beyond the last number all the same is left to that read.
_MANY, _MANY_CHARACTERS = 2_000, 16 * 1024 * 1024
_MOST = 20_000


class Held:
    """Activities by their numbers, behind a hole that the stream or a read may fill."""

    def __init__(self) -> None:
        self._items: dict[int, Activity] = {}
        self._characters = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether the stream should wait for a read before it sends more."""
        return len(self._items) > _MANY or self._characters > _MANY_CHARACTERS

    def put(self, activity: Activity) -> None:
        """Hold an activity of the stream; one without a number cannot be placed."""
        if activity.number is not None and len(self._items) < _MOST:
            self.put_all((activity,))

    def put_all(self, activities: Iterable[Activity]) -> None:
        """Hold the numbered activities of a read."""
        for activity in activities:
            number = activity.number or 0
            self._given({number} & self._items.keys())
            self._items[number] = activity
            self._characters += weight(activity)

    def clear(self) -> None:
        """Let go of everything."""
        self._items.clear()
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
