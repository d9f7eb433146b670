"""How the session is seen at the moment: over the stream, by polling, or not at all."""

from rensei_cli.errors import RenseiError
from rensei_cli.watch.events import Event, Via, ViaChanged
from rensei_cli.watch.link import Link


class Sight:
    """The present way of seeing a session; every change of it is news, and nothing else is."""

    def __init__(self, link: Link) -> None:
        self.via = Via.connecting
        self._link = link

    def begin(self, *, streams: bool) -> Via:
        """Give how the session is seen once the server answers; `streams` is whether it may be."""
        self.via = self._usual() if streams else Via.polling
        return self.via

    def answered(self) -> list[Event]:
        """Give that the server answers again, where it did not before."""
        if self.via is not Via.lost:
            return []
        return self.changed(ViaChanged(self._usual(), "the server answers again"))

    def failed(self, error: RenseiError, pause: float) -> list[Event]:
        """Give that a read failed, where the stream does not show that the server is there."""
        return (
            [] if self._link.is_open else self.changed(ViaChanged(Via.lost, error.message, pause))
        )

    def changed(self, change: ViaChanged | None) -> list[Event]:
        """Give a change that is one."""
        if change is None or change.via is self.via:
            return []
        self.via = change.via
        return [change]

    def _usual(self) -> Via:
        if self._link.is_open:
            return Via.live
        return Via.connecting if self._link.is_hopeful else Via.polling
