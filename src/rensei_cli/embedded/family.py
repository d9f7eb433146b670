"""How processes end: on a signal in good order, by themselves when orphaned, a session as one."""

import contextlib
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)
_CHUNK = 65_536
_LOOK_SECONDS = 0.01
_PROC = Path("/proc")


@contextlib.contextmanager
def leaving_on_signals() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `SystemExit`, so that everything is cleaned up."""
    before = {number: signal.signal(number, _leave) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_with_parent(hear: Callable[[bytes], object] = lambda _: None) -> None:
    """End this process when its standard input is a pipe and the other end is gone.

    Until then `hear` gets each line that comes in, in a thread of its own.
    """
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_listen, args=(hear,), name="parent", daemon=True).start()


def end_session(leader: int, processes: Callable[[], Iterable[int]] | None = None) -> None:
    """End all processes of a session but this one; returns once none of them lives.

    Its parent may be gone and its group another: a process keeps its session, unless it makes
    one of its own.
    """
    listed = processes or (processes_by_proc if _PROC.is_dir() else processes_by_ps)
    while living := _members(leader, listed()):
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_LOOK_SECONDS)


def processes_by_proc() -> Iterator[int]:
    """Give every process that lives, as Linux tells; one that only waits to be noticed does not."""
    for status in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if status.read_bytes().rpartition(b") ")[2][:1] != b"Z":
                yield int(status.parent.name)


def processes_by_ps() -> Iterator[int]:
    """Give every process that lives, as `ps` tells anywhere else."""
    command = ["/bin/ps", "-A", "-o", "pid=,stat="]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 - no input
    for pid, state in map(str.split, told.splitlines()):
        if not state.startswith("Z"):
            yield int(pid)


def _leave(number: int, _: FrameType | None) -> None:
    for other in _ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _listen(hear: Callable[[bytes], object]) -> None:
    rest = b""
    while chunk := os.read(0, _CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            hear(line)
    os.kill(os.getpid(), signal.SIGTERM)


def _members(leader: int, processes: Iterable[int]) -> list[int]:
    """Give those of the processes that are of a session, this one left out."""
    found = []
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            if pid != os.getpid() and os.getsid(pid) == leader:
                found.append(pid)
    return found
