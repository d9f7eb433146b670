"""A watch that is also kept in a file."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rensei_cli.errors import RenseiError
from rensei_cli.output import written
from rensei_cli.screen.records import JsonLines
from rensei_cli.watch.events import Ended, Event, ViaChanged
from rensei_cli.watch.state import WatchState

if TYPE_CHECKING:
    from rensei_cli.screen.lines import PinnedLines, PlainLines


class Saving:
    """A screen that also keeps every record in a file, whatever it hides.

    What the file held before goes with the first news: a watch that never sees its session leaves
    it alone. A file that cannot be written any more does not end the watch: that is told once, and
    the exit code of a watch that would have ended well tells it too.
    """

    def __init__(
        self, screen: "JsonLines | PlainLines | PinnedLines", file: TextIO, path: Path
    ) -> None:
        self._screen, self._file, self._path = screen, file, path
        self._records = JsonLines(file, file)
        self._begun = self.failed = False

    @property
    def refresh_seconds(self) -> float | None:
        """How often the screen wants to tell that time passes."""
        return self._screen.refresh_seconds

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Keep and show news; first keep it, because its failure belongs to the end."""
        seen = self._begun or any(not isinstance(event, Ended) for event in events)
        if seen and not self.failed:
            self._keep(events, state)
        if self.failed:
            events = [_judged(event) for event in events]
        self._screen.show(events, state)

    def _keep(self, events: Sequence[Event], state: WatchState) -> None:
        try:
            with written(str(self._path)):
                self._begin()
                self._records.show(events, state)
        except (RenseiError, BrokenPipeError) as failure:
            self.failed = True
            why = getattr(failure, "message", "nobody reads it any more")
            self._screen.say(f"the recording is incomplete, the watch goes on: {why}")

    def _begin(self) -> None:
        """Empty the file once; a pipe or a device holds nothing of before."""
        if not self._begun and stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            self._file.truncate(0)
        self._begun = True

    def tick(self, state: WatchState, now: float) -> None:
        """Show that time passes."""
        self._screen.tick(state, now)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        self._screen.notice(event)

    def close(self, state: WatchState) -> None:
        """Close the screen."""
        self._screen.close(state)


def _judged(event: Event) -> Event:
    """Give an event, an end without fault as that of a watch which was not kept."""
    if isinstance(event, Ended) and event.exit_code == 0:
        return event._replace(exit_code=1, why=f"{event.why}; the recording is incomplete")
    return event
