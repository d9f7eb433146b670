"""Which activities are shown: a filter hides output and never bookkeeping."""

import re
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from rensei_cli.watch.events import Acted, Event


class Filter(NamedTuple):
    """Types, tool globs and a pattern an activity must match; what is empty admits everything."""

    types: Collection[str] = ()
    tools: Collection[str] = ()
    pattern: re.Pattern[str] | None = None

    def of(self, events: Sequence[Event]) -> Iterable[Event]:
        """Give the events that are shown; everything but an activity always is."""
        if not (self.types or self.tools or self.pattern):
            return events
        return (event for event in events if not isinstance(event, Acted) or self._admits(event))

    def _admits(self, event: Acted) -> bool:
        activity = event.activity
        if self.types and activity.type not in self.types:
            return False
        if self.tools and not any(fnmatchcase(activity.tool or "", glob) for glob in self.tools):
            return False
        return self.pattern is None or self.pattern.search(activity.content) is not None
