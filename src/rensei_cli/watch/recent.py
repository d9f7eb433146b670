"""The last activities that were told, found again by their id."""

from collections import deque
from collections.abc import Sequence

from rensei_cli.api.activity import Activity

# Activities of megabytes are remembered only as far as this goes; the last one always is.
_MOST_CHARACTERS = 16 * 1024 * 1024


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
    """Give how many characters an activity holds where it holds many."""
    output = activity.raw.get("toolOutput")
    output_characters = len(output) if isinstance(output, str) else 0
    return len(activity.text) + len(activity.content) + output_characters
