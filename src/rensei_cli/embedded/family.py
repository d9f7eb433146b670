"""How processes end: on a signal in good order, and by themselves when orphaned."""

import contextlib
import os
import signal
import stat
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)
_CHUNK = 1024


@contextlib.contextmanager
def leaving_on_signals() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `SystemExit`, so that everything is cleaned up."""
    before = {number: signal.signal(number, _leave) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_with_parent() -> None:
    """End this process when its standard input is a pipe and the other end is gone."""
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_wait_for_parent, name="parent", daemon=True).start()


def _leave(number: int, _: FrameType | None) -> None:
    for other in _ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _wait_for_parent() -> None:
    while os.read(0, _CHUNK):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
