"""The last activities that were told, found again by their id."""

from collections import deque
from collections.abc import Iterable, Sequence

from rensei_cli.api.activity import Activity


class Recent:
    """As many of the last activities as are given room for."""

    def __init__(self, room: int) -> None:
        self._items: deque[Activity] = deque(maxlen=room)
        self._by_id: dict[str, Activity] = {}
        self._room = room

    @property
    def items(self) -> Sequence[Activity]:
        """The activities, oldest first."""
        return self._items

    def add(self, activity: Activity) -> None:
        """Remember one more, and forget the oldest where there is no room."""
        if len(self._items) == self._room:
            oldest = self._items[0]
            if self._by_id.get(oldest.id) is oldest:
                del self._by_id[oldest.id]
        self._items.append(activity)
        self._by_id[activity.id] = activity

    def extend(self, activities: Iterable[Activity]) -> None:
        """Remember several."""
        for activity in activities:
            self.add(activity)

    def under(self, activity_id: str) -> Activity | None:
        """Give the activity that was last told under an id."""
        return self._by_id.get(activity_id)
