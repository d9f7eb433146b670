"""Faults between a watch and its server: a TCP proxy that does to connections what it is told."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Fate:
    """What befalls the answer to a request, counted in its bytes and in seconds."""

    cut_after: int | None = None
    silent_after: int | None = None
    delay: float = 0.0
    twice: bool = False
    refused: bool = False


FAIR = Fate()


@dataclass(slots=True)
class Proxy:
    """Forwards connections to a port; `fate` is asked with every request."""

    target: tuple[str, int]
    fate: Callable[[bytes], Fate] = lambda _request: FAIR
    streams: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def cut(self) -> None:
        """Cut every connection there is."""
        for pair in self._pairs:
            _cut(*pair)

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _carry(self, client: socket.socket) -> None:
        with (
            client,
            contextlib.suppress(OSError),
            socket.create_connection(self.target) as server,
        ):
            self._pairs.append((client, server))
            line = Line(client, server, self.closing)
            threading.Thread(target=self._ask, args=(line,), daemon=True).start()
            line.answer()
            _cut(client, server)

    def _ask(self, line: "Line") -> None:
        with contextlib.suppress(OSError):
            while request := line.client.recv(65536):
                self.streams += b"/stream" in request
                line.fate, line.sent = self.fate(request), 0
                if line.fate.refused:
                    break
                line.server.sendall(request)
        _cut(line.client, line.server)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True)
class Line:
    """One connection, and what befalls the answers to its last request."""

    client: socket.socket
    server: socket.socket
    closing: threading.Event
    fate: Fate = FAIR
    sent: int = 0

    def answer(self) -> None:
        while chunk := self.server.recv(65536):
            fate = self.fate
            if fate.delay and self.closing.wait(fate.delay):
                return
            if fate.silent_after is not None and self.sent + len(chunk) > fate.silent_after:
                self.client.sendall(chunk[: max(0, fate.silent_after - self.sent)])
                self.closing.wait()
                return
            if fate.cut_after is not None and self.sent + len(chunk) >= fate.cut_after:
                self.client.sendall(chunk[: fate.cut_after - self.sent])
                return
            self.client.sendall(chunk * 2 if fate.twice and self.sent else chunk)
            self.sent += len(chunk)


@contextlib.contextmanager
def between(url: str) -> Iterator[Proxy]:
    """Give a proxy in front of a server for as long as the block lasts."""
    parts = urlsplit(url)
    proxy = Proxy((parts.hostname or "", parts.port or 0))
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
