"""How the session is seen at the moment: over the stream, by polling, or not at all."""

from rensei_cli.errors import RenseiError
from rensei_cli.watch.events import Event, Via, ViaChanged
from rensei_cli.watch.link import Link


class Sight:
    """The present way of seeing a session; every change of it is news, and nothing else is."""

    def __init__(self, link: Link) -> None:
        self.via = Via.connecting
        self._link = link
        self._failed: tuple[str, float] | None = None
        self._doubted = False

    def begin(self, *, streams: bool) -> Via:
        """Give how the session is seen once the server answers; `streams` is whether it may be."""
        self.via = self._usual() if streams else Via.polling
        return self.via

    def answered(self) -> list[Event]:
        """Give that the server answers again, where it did not before."""
        doubted, self._doubted, self._failed = self._doubted, False, None
        if self.via is Via.lost:
            return self.changed(ViaChanged(self._usual(), "the server answers again"))
        return [ViaChanged(self.via, "reads are answered again")] if doubted else []

    def failed(self, error: RenseiError, pause: float) -> list[Event]:
        """Give that a read failed: no contact, or a stream whose word nothing confirms."""
        again, self._failed = self._failed is not None, (error.message, pause)
        if not self._link.is_open:
            return self.changed(ViaChanged(Via.lost, error.message, pause))
        if self._doubted or not again:
            return []
        self._doubted = True
        why = f"status and health are not confirmed: reads fail: {error.message}"
        return [ViaChanged(self.via, why, pause)]

    def cut(self, change: ViaChanged | None) -> list[Event]:
        """Give what the end of a stream changes; while reads fail too, nothing is seen at all."""
        if self._failed is None:
            return self.changed(change)
        why, pause = self._failed
        return self.changed(ViaChanged(Via.lost, why, pause))

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
