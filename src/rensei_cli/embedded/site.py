"""What a platform stands on before it runs: its socket and its folder."""

import contextlib
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rensei_cli import paths, private
from rensei_cli.embedded import server as web
from rensei_cli.embedded.config import Config
from rensei_cli.embedded.trouble import Cause, blamed

_TRIES = 40
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Site:
    """What a platform stands on."""

    config: Config
    environ: Mapping[str, str]
    clock: Callable[[], float]
    bound: socket.socket
    folder: Path


@contextlib.contextmanager
def prepared(
    config: Config, environ: Mapping[str, str], clock: Callable[[], float]
) -> Iterator[Site]:
    """Give a platform its socket and its folder; a platform in memory leaves no folder behind.

    Raises:
        StartError: There is none.
    """
    with contextlib.ExitStack() as undo:
        with blamed(Cause.port, config.port):
            bound = undo.enter_context(contextlib.closing(web.listener(config)))
        if config.in_memory:
            with blamed(Cause.temporary, "the folder for temporary files"):
                folder = Path(tempfile.mkdtemp(prefix="rensei-"))
            undo.callback(_remove, folder)
        else:
            folder = config.data or paths.data_dir(environ)
            with blamed(Cause.data, folder):
                private.made(folder)
        yield Site(config, environ, clock, bound, folder)


def _remove(folder: Path) -> None:
    """Remove a folder in which somebody may still be writing their last."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_PAUSE_SECONDS)
