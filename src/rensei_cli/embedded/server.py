"""The HTTP server: uvicorn, told when to end instead of asking ten times a second."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from rensei_cli.embedded.config import Config

_GRACE_SECONDS = 2.0
_PAUSE_SECONDS = 0.001


class Server(uvicorn.Server):
    """Serves one socket until it is told to end; signals are its owner's affair."""

    def __init__(
        self, app: ASGIApp, on_started: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
            )
        )
        self._on_started, self._on_end = on_started, on_end
        self.ending = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to end."""
        self._on_started()
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, let answers be finished, and cut off what is left after two seconds."""
        for server in self.servers:
            server.close()
        self._on_end()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._emptied(), _GRACE_SECONDS)
        for task in list(self.server_state.tasks):
            task.cancel()
        for listener in sockets or []:
            listener.close()

    async def _emptied(self) -> None:
        """Close each connection once, those too that are being accepted at this moment."""
        told = set[object]()
        busy = True
        while busy:
            for connection in self.server_state.connections - told:
                told.add(connection)
                connection.shutdown()
            await asyncio.sleep(_PAUSE_SECONDS)
            busy = bool(self.server_state.connections or self.server_state.tasks)


def listener(config: Config) -> socket.socket:
    """Give the bound socket of a platform; port 0 is any free one.

    Raises:
        OSError: The port is taken.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # Named in full, or asyncio would not take it for TCP and leave Nagle's 40 ms in every answer.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((config.host, config.port))
    except OSError:
        bound.close()
        raise
    return bound


def url(config: Config, bound: socket.socket) -> str:
    """Give the address others reach a bound socket by."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{bound.getsockname()[1]}"
