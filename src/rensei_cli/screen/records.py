"""A watch for a program: one JSON record a line."""

from collections.abc import Iterable, Iterator, Sequence

from rensei_cli.output import dumps
from rensei_cli.screen.stream import Unpinned, put
from rensei_cli.session.document import activity_text
from rensei_cli.watch.events import Acted, Event
from rensei_cli.watch.record import body, head
from rensei_cli.watch.state import WatchState


class JsonLines(Unpinned):
    """One record a line, written and flushed with what arrived together."""

    def show(self, events: Sequence[Event], state: WatchState) -> None:
        """Write the records of news."""
        put(self._stdout, "".join(_lines(self._chosen.of(events), state)))

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
