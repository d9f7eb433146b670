"""What may stand between a client and a server: a front that speaks TLS, and a forward proxy."""

import asyncio
import base64
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.contextmanager
def listening(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve connections in a thread of their own and give the port."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # a broken handshake is no news

    talks = set()

    async def bound(reader, writer):
        talks.add(asyncio.current_task())  # the loop holds no task that waits for nothing
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()

    starting = asyncio.start_server(bound, "127.0.0.1", 0, ssl=context)
    server = loop.run_until_complete(starting)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def pumped(*ends: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Carry bytes both ways until one side ends."""
    (one, to_one), (other, to_other) = ends

    async def carry(source, sink):
        with contextlib.suppress(OSError):
            while chunk := await source.read(65536):
                sink.write(chunk)
                await sink.drain()

    ways = [asyncio.ensure_future(carry(*way)) for way in ((one, to_other), (other, to_one))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:  # also where the end of a test cuts it off
        for way in ways:
            way.cancel()
        to_other.close()


@dataclass(slots=True)
class Front:
    """A server behind TLS: where, and how many bytes of a request ever came through."""

    port: int = 0
    received: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@contextlib.contextmanager
def encrypted(url: str, context: ssl.SSLContext) -> Iterator[Front]:
    """Put a plain server behind TLS."""
    target, front = urlsplit(url), Front()

    async def talk(reader, writer):
        front.received.append(first := await reader.read(65536))
        if first:
            there = await asyncio.open_connection(target.hostname, target.port)
            there[1].write(first)
            await pumped((reader, writer), there)

    with listening(talk, context) as front.port:
        yield front


@dataclass(slots=True)
class Forward:
    """A forward proxy: it resolves every name to one server, and keeps what it was told.

    `user` is what it wants to be shown; `answer` is what it says instead of forwarding, where
    empty bytes are silence; with `holds` it hands an answer on only when that is complete, and
    with `renames` the server is called by its own address, which an embedded platform insists on.
    """

    target: tuple[str, int]
    user: str | None = None
    answer: bytes | None = None
    holds: bool = False
    renames: bool = False
    port: int = 0
    heads: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        return [head.partition("\r\n")[0] for head in self.heads]

    async def talk(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self.answer is not None:
            writer.write(self.answer)
            await (writer.drain() if self.answer else asyncio.Event().wait())
        elif self.user and not self._is_shown(head):
            writer.write(b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n")
        else:
            await self._forwarded(head, reader, writer)

    def _is_shown(self, head: str) -> bool:
        proof = base64.b64encode(self.user.encode()).decode()
        return f"\r\nproxy-authorization: basic {proof.lower()}\r\n" in head.lower()

    async def _forwarded(self, head: str, reader, writer) -> None:
        there = await asyncio.open_connection(*self.target)
        if head.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            host = "{}:{}".format(*self.target) if self.renames else None
            there[1].write(_direct(head, host).encode())
        if self.holds and "/stream " in head:
            await there[0].read(-1)  # which never ends
        await pumped((reader, writer), there)


def _direct(head: str, host: str | None) -> str:
    """Give a request as the server itself is to see it."""
    first, *fields = head.split("\r\n")
    method, url, version = first.split(" ")
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    kept = [one for one in fields if not one.lower().startswith(("proxy-", "connection:"))]
    kept.insert(0, "Connection: close")  # the next request has a head of its own to be read
    if host:
        kept = [f"Host: {host}" if one.lower().startswith("host:") else one for one in kept]
    return "\r\n".join([f"{method} {path} {version}", *kept])


@contextlib.contextmanager
def forwarding(url: str, **how) -> Iterator[Forward]:
    """Run a forward proxy in front of one server."""
    target = urlsplit(url)
    proxy = Forward((target.hostname or "", target.port or 0), **how)
    with listening(proxy.talk) as proxy.port:
        yield proxy
