"""What a watch has passed on: where its story stands, and by what it is recognised."""

from collections.abc import Sequence

from rensei_cli.api.activity import Activity, number_of
from rensei_cli.watch.identity import is_same, named
from rensei_cli.watch.recent import Recent

# Servers hold 200; a renumbered server can repeat at most what it held.
_REMEMBERED = 512


class Told:
    """The story so far; `cursor` is the id of its last activity."""

    def __init__(self, cursor: str | None) -> None:
        self.cursor = cursor
        self._recent = Recent(_REMEMBERED)
        self._begins_here = False

    @property
    def recent(self) -> Sequence[Activity]:
        """The last activities, oldest first."""
        return self._recent.items

    @property
    def counts(self) -> bool:
        """Whether the server numbers its activities, so that a hole has a size."""
        return bool(self.recent) and all(item.number is not None for item in self.recent)

    @property
    def is_named(self) -> bool:
        """Whether the story stands at an id that is no number."""
        return self.cursor is not None and number_of(self.cursor) is None

    @property
    def last_number(self) -> int | None:
        """The number of the last activity, 0 before a first one, nothing where none is known."""
        if self.cursor is None:
            return 0 if self._begins_here else None
        return number_of(self.cursor)

    def begin(self) -> None:
        """Note that there was nothing: the story begins with what comes next."""
        self._begins_here = True

    def add(self, activities: Sequence[Activity]) -> None:
        """Note what is told; all of it at once, because a tail passes on a thousand together."""
        if activities:
            self.cursor = next((item.id for item in reversed(activities) if item.id), self.cursor)
            self._recent.extend(activities)

    def move(self, activity: Activity) -> None:
        """Stand at an activity that was told before, or that the watch began behind."""
        self.cursor = activity.id
        self._recent.extend([activity])

    def recognises(self, activity: Activity) -> bool:
        """Whether this very activity was told under its id."""
        same = self._recent.under(activity.id)
        return same is not None and is_same(same, activity)

    def contradicts(self, activity: Activity) -> bool:
        """Whether another activity was told under its id."""
        same = self._recent.under(activity.id)
        return same is not None and not is_same(same, activity)

    def names(self) -> set[tuple[str, ...]]:
        """Give by what the last activities are known again, their ids included."""
        return set(map(named, self.recent))
