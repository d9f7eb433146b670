"""An embedded platform, running: in the foreground, or in a thread for tests."""

import asyncio
import contextlib
import os
import signal
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
from rensei_cli.embedded.site import Site, prepared
from rensei_cli.embedded.stream import Hub
from rensei_cli.embedded.sweep import sweep
from rensei_cli.embedded.trouble import Cause, StartError, blamed
from rensei_cli.embedded.wire import instant

__all__ = ["Cause", "Config", "Running", "StartError", "Thresholds", "running", "serve"]


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
        StartError: The port is taken, the data is in use or cannot be kept, or there is no log.
    """

    def started(platform: Running, end: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        ready(platform)

    with leaving_on_signals(), prepared(config, environ, clock) as site:
        asyncio.run(_live(site, started))


@contextlib.contextmanager
def running(
    config: Config, *, environ: Mapping[str, str], clock: Callable[[], float] = time.time
) -> Iterator[Running]:
    """Run a platform in a thread for as long as the block lasts.

    Raises:
        StartError: As with `serve`.
    """
    came: Future[tuple[Running, Callable[[], object]]] = Future()

    def started(platform: Running, end: Callable[[], None]) -> None:
        came.set_result((platform, partial(asyncio.get_running_loop().call_soon_threadsafe, end)))

    with prepared(config, environ, clock) as site:
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


def _in_thread(site: Site, started: _Started, came: "Future[Any]") -> None:
    try:
        asyncio.run(_live(site, started))
    except Exception as error:
        if came.done():
            raise
        came.set_exception(error)


async def _live(site: Site, started: _Started) -> None:
    """Run one platform from its first answer to its last."""
    loop, hub = asyncio.get_running_loop(), Hub(site.config.stream_buffer)
    keys_path, keys = _keys(site)

    def announce(events: Sequence[Event]) -> None:
        if events:
            loop.call_soon_threadsafe(hub.publish, events)

    path = None if site.config.in_memory else site.folder / "platform.db"
    cards = paths.platforms_dir(site.environ)
    with contextlib.ExitStack() as undo:
        with blamed(Cause.log, site.config.log):
            journal = undo.enter_context(contextlib.closing(Journal(site.config.log)))
        with blamed(Cause.data, path):
            database = Database(path, site.config, site.clock, announce, journal.write)
        undo.callback(database.close)
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
        undo.callback(ticking.cancel)
        # Told of by its first answer, or not at all.
        with blamed(Cause.state, cards):
            undo.enter_context(announced(cards, _card(platform, site.clock())))
        await server.serve(sockets=[site.bound])


def _keys(site: Site) -> tuple[Path, auth.Credentials]:
    cause = Cause.temporary if site.config.in_memory else Cause.data
    with blamed(cause, site.folder):
        return auth.credentials(site.folder)


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
