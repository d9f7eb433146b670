"""The last activities that were told, found again by their id."""

from collections import deque
from collections.abc import Sequence

from rensei_cli.api.activity import Activity

# Activities of megabytes are remembered only as far as this goes; the last one always is.
_MOST_CHARACTERS = 16 * 1024 * 1024
# An activity, the input of its tool, what that input lists: where the long texts are.
_DEPTH = 3


class Recent:
    """As many of the last activities as are given room for."""

    def __init__(self, room: int) -> None:
        self._items: deque[Activity] = deque(maxlen=room)
        self._by_id: dict[str, Activity] | None = {}
        # What the items hold at most: what was forgotten for want of room is not taken off.
        self._characters = 0

    @property
    def items(self) -> Sequence[Activity]:
        """The activities, oldest first."""
        return self._items

    def extend(self, activities: Sequence[Activity]) -> None:
        """Remember more, and forget the oldest where there is no room."""
        self._items.extend(activities)
        self._by_id = None
        self._characters += sum(map(weight, activities))
        if self._characters > _MOST_CHARACTERS:
            self._lighten()

    def under(self, activity_id: str) -> Activity | None:
        """Give the activity that was last told under an id."""
        if self._by_id is None:  # it is made when it is asked for: a stream in order never asks
            self._by_id = {item.id: item for item in self._items}
        return self._by_id.get(activity_id)

    def _lighten(self) -> None:
        """Forget the oldest until what is left is light enough."""
        self._characters = sum(map(weight, self._items))
        while self._characters > _MOST_CHARACTERS and len(self._items) > 1:
            self._characters -= weight(self._items.popleft())


def weight(activity: Activity) -> int:
    """Give about how many characters an activity holds."""
    if activity.text:
        return 2 * len(activity.text)
    return len(activity.content) + _length(activity.raw, _DEPTH)


def _length(value: object, depth: int) -> int:
    if isinstance(value, str):
        return len(value)
    if not depth or not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return sum(_length(item, depth - 1) for item in inner)
