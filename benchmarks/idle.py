"""Idle: what a watch with its pinned line costs while nothing happens, by Linux's own clock."""

import sys
import threading
import time

from bench import Bench
from child import BrokenError, Child
from measure import Figure, figure
from sessions import MARK, SHOWN

_SETTLE_SECONDS = 4.0


def idle(bench: Bench) -> list[Figure]:
    """Measure a watch at a terminal of 100 columns for 15 seconds, in percent of a core."""
    if sys.platform != "linux":
        return []
    seconds = 5.0 if bench.quick else 15.0
    with Child(bench.session("watch", SHOWN), bench.environ, terminal=True) as child:
        written = _drained(child)
        time.sleep(_SETTLE_SECONDS)
        before = _cpu_seconds(child.process.pid)
        time.sleep(seconds)
        used = _cpu_seconds(child.process.pid) - before
        if not any(MARK in chunk for chunk in written):
            raise child.broken("it drew no activity")
    return [
        figure("idle", "idle watch, pinned", "% CPU", [used / seconds * 100], limit=1, floor=0.5)
    ]


def _drained(child: Child) -> list[bytes]:
    """Read what is drawn, beside the measurement, and give where it is kept."""
    written: list[bytes] = []

    def drain() -> None:
        written.extend(chunk for _, chunk in child.chunks())

    threading.Thread(target=drain, daemon=True).start()
    return written


def _cpu_seconds(pid: int) -> float:
    """Give what a running program has used; `/proc` would tell hundredths of a second only."""
    try:
        # What `clock_getcpuclockid` gives, which Python has for threads alone.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        raise BrokenError("the idle watch ended by itself") from None
