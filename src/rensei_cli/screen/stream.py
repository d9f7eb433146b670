"""What the screens of a watch do with the streams they write to."""

import select
from typing import TextIO

from rensei_cli.watch.events import ViaChanged
from rensei_cli.watch.filter import Filter
from rensei_cli.watch.state import WatchState

# How often a pipe is looked at for its reader, who may leave while there is no news.
LOOK_SECONDS = 1.0


class Unpinned:
    """What the screens share that only ever add lines: for them time is no news."""

    refresh_seconds: float | None = LOOK_SECONDS

    def __init__(self, stdout: TextIO, stderr: TextIO, chosen: Filter | None = None) -> None:
        self._stdout, self._stderr = stdout, stderr
        self._chosen = chosen or Filter()

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing, but leave when nobody reads any more."""
        del state, now
        still_read(self._stdout)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands."""
        from rensei_cli.render.digest import via_sentence  # noqa: PLC0415 - few need it

        self.say(via_sentence(event))

    def say(self, text: str) -> None:
        """Tell a person something that is no news of the session."""
        put(self._stderr, f"rensei: {text}\n")


def put(stream: TextIO, text: str) -> None:
    """Write what arrived together at once, if it is anything."""
    if text:
        stream.write(text)
        stream.flush()


def still_read(stream: TextIO) -> None:
    """Notice that the reader of a pipe has gone, which otherwise only the next write would.

    Raises:
        BrokenPipeError: Nobody will read what is written.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # not a file of the system's
        return
    watched = select.poll()
    watched.register(number, 0)
    if any(event & select.POLLERR for _, event in watched.poll(0)):
        raise BrokenPipeError
