"""An embedded platform, running: in the foreground, or in a thread for tests."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rensei_cli import paths
from rensei_cli.embedded import auth
from rensei_cli.embedded import server as web
from rensei_cli.embedded.app import application
from rensei_cli.embedded.config import Config, Thresholds
from rensei_cli.embedded.core import Core
from rensei_cli.embedded.database import Database, Event
from rensei_cli.embedded.discovery import announced
from rensei_cli.embedded.family import leaving_on_signals
from rensei_cli.embedded.journal import Journal
from rensei_cli.embedded.stream import Hub
from rensei_cli.embedded.sweep import sweep
from rensei_cli.embedded.wire import instant

_TRIES = 40
_PAUSE_SECONDS = 0.05
__all__ = ["Config", "Running", "Thresholds", "running", "serve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A platform that answers: where, and with which keys; `store` takes facts directly.

    `streams` tells how many readers follow a session.
    """

    url: str
    credentials_path: Path
    operator_key: str = field(repr=False)
    worker_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    store: Database = field(repr=False)
    streams: Hub = field(repr=False)

    def sweep(self) -> None:
        """Do now what the platform does at every tick."""
        self.store.submit(sweep).result()


def serve(
    config: Config,
    *,
    environ: Mapping[str, str],
    ready: Callable[[Running], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Run a platform until SIGINT or SIGTERM; `ready` is called once it answers.

    Raises:
        OSError: The port is taken, the data is in use by another platform, or there is no log.
    """

    def started(platform: Running, end: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        ready(platform)

    with leaving_on_signals(), _prepared(config, environ, clock) as site:
        asyncio.run(_live(site, started))


@contextlib.contextmanager
def running(
    config: Config, *, environ: Mapping[str, str], clock: Callable[[], float] = time.time
) -> Iterator[Running]:
    """Run a platform in a thread for as long as the block lasts.

    Raises:
        OSError: The port is taken, or the data is in use by another platform.
    """
    came: Future[tuple[Running, Callable[[], object]]] = Future()

    def started(platform: Running, end: Callable[[], None]) -> None:
        came.set_result((platform, partial(asyncio.get_running_loop().call_soon_threadsafe, end)))

    with _prepared(config, environ, clock) as site:
        thread = threading.Thread(target=_in_thread, args=(site, started, came), name="platform")
        thread.start()
        try:
            platform, end = came.result()
            try:
                yield platform
            finally:
                end()
        finally:
            thread.join()


_Started = Callable[[Running, Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class _Site:
    """What a platform stands on."""

    config: Config
    environ: Mapping[str, str]
    clock: Callable[[], float]
    bound: socket.socket
    folder: Path


@contextlib.contextmanager
def _prepared(
    config: Config, environ: Mapping[str, str], clock: Callable[[], float]
) -> Iterator[_Site]:
    """Give a platform its socket and its folder; a platform in memory leaves no folder behind."""
    with contextlib.ExitStack() as undo:
        bound = undo.enter_context(contextlib.closing(web.listener(config)))
        if config.in_memory:
            folder = Path(tempfile.mkdtemp(prefix="rensei-"))
            undo.callback(_remove, folder)
        else:
            folder = config.data or paths.data_dir(environ)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield _Site(config, environ, clock, bound, folder)


def _remove(folder: Path) -> None:
    """Remove a folder in which somebody may still be writing their last."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_PAUSE_SECONDS)


def _in_thread(site: _Site, started: _Started, came: "Future[Any]") -> None:
    try:
        asyncio.run(_live(site, started))
    except Exception as error:
        if came.done():
            raise
        came.set_exception(error)


async def _live(site: _Site, started: _Started) -> None:
    """Run one platform from its first answer to its last."""
    loop, hub = asyncio.get_running_loop(), Hub(site.config.stream_buffer)
    keys_path, keys = auth.credentials(site.folder)

    def announce(events: Sequence[Event]) -> None:
        if events:
            loop.call_soon_threadsafe(hub.publish, events)

    path = None if site.config.in_memory else site.folder / "platform.db"
    with (
        contextlib.closing(Journal(site.config.log)) as journal,
        contextlib.closing(
            Database(path, site.config, site.clock, announce, journal.write)
        ) as database,
    ):
        platform = Running(
            url=web.url(site.config, site.bound),
            credentials_path=keys_path,
            store=database,
            streams=hub,
            **asdict(keys),
        )
        app = application(Core(site.config, database, keys, hub))
        server = web.Server(app, lambda: started(platform, server.ending.set), hub.close)
        ticking = asyncio.create_task(_tick(database, site.config.tick_seconds))
        with announced(paths.platforms_dir(site.environ), _card(platform, site.clock())):
            await server.serve(sockets=[site.bound])
        ticking.cancel()


async def _tick(database: Database, seconds: float) -> None:
    while True:
        await database.run(sweep)
        await asyncio.sleep(seconds)


def _card(platform: Running, now: float) -> dict[str, Any]:
    """Give what others on this machine may know of a running platform."""
    return {
        "url": platform.url,
        "pid": os.getpid(),
        "credentials": str(platform.credentials_path),
        "startedAt": instant(int(now * 1000)),
    }
