"""Which activities are shown: a filter hides output and never bookkeeping."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rensei_cli.watch.events import Acted, Event


@dataclass(frozen=True, slots=True)
class Filter:
    """Types, tool globs and a pattern an activity must match; what is empty admits everything."""

    types: Collection[str] = ()
    tools: Collection[str] = ()
    pattern: re.Pattern[str] | None = None

    def admits(self, event: Event) -> bool:
        """Whether an event is shown; everything but an activity always is."""
        if not isinstance(event, Acted):
            return True
        activity = event.activity
        if self.types and activity.type not in self.types:
            return False
        if self.tools and not any(fnmatchcase(activity.tool or "", glob) for glob in self.tools):
            return False
        return self.pattern is None or self.pattern.search(activity.content) is not None
