"""A watch for a program: one JSON record a line."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from rensei_cli.output import dumps
from rensei_cli.screen.stream import LOOK_SECONDS, put, still_read, tell
from rensei_cli.session.document import activity_text
from rensei_cli.watch.events import Acted, Event, ViaChanged
from rensei_cli.watch.filter import Filter
from rensei_cli.watch.record import body, head
from rensei_cli.watch.state import WatchState


class JsonLines:
    """One record a line, written and flushed with what arrived together."""

    refresh_seconds: float | None = LOOK_SECONDS

    def __init__(self, stdout: TextIO, stderr: TextIO, chosen: Filter | None = None) -> None:
        self._stdout, self._stderr = stdout, stderr
        self._chosen = chosen or Filter()

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the records of news."""
        put(self._stdout, "".join(_lines(self._chosen.of(events), state)))

    def tick(self, state: WatchState, now: float) -> None:
        """Write nothing, for time is no news; but leave when nobody reads any more."""
        del state, now
        still_read(self._stdout)

    def notice(self, event: ViaChanged) -> None:
        """Tell a person how it stands; there is no record before the start."""
        from rensei_cli.render.digest import via_sentence  # noqa: PLC0415 - few need it

        self.say(via_sentence(event))

    def say(self, text: str) -> None:
        """Tell a person something that is no news of the session."""
        tell(self._stderr, text)

    def close(self, state: WatchState) -> None:
        """Write nothing: the record of the end was the last."""


def _lines(events: Iterable[Event], state: WatchState) -> Iterator[str]:
    """Give the lines of events: what all records of a kind begin with is written once."""
    begun: dict[str, str] = {"activity": dumps(head("activity", state))[:-1]}
    for event in events:
        if isinstance(event, Acted) and (text := activity_text(event.activity)):
            replayed = "true" if event.replayed else "false"
            yield f'{begun["activity"]},"activity":{text},"replayed":{replayed}}}\n'
            continue
        found = body(event, state)
        if found is None:
            continue
        kind, facts = found
        if kind not in begun:
            begun[kind] = dumps(head(kind, state))[:-1]
        yield f"{begun[kind]},{dumps(facts)[1:]}\n"
