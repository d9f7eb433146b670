"""Latency: from the moment the server writes an activity to the one at which it comes out."""

import json
from dataclasses import dataclass, field

from bench import Bench
from child import BrokenError, Child
from measure import PASS_SECONDS, Figure, figure
from sessions import PER_SECOND, Kind, new_id

_LOW, _HIGH = 0.5, 0.99
# What comes while a watch has just begun still loads what it needs.
_WARM_UP = 25


@dataclass(slots=True)
class Arrivals:
    """How late each activity came, in milliseconds; both processes read one monotonic clock."""

    late: list[float] = field(default_factory=list)
    _rest: bytes = b""

    def note(self, at: float, chunk: bytes) -> None:
        """Take in what came at a moment."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            record = json.loads(line)
            if record["record"] == "activity":
                stamp = int(record["activity"]["content"].rpartition(" ")[2])
                self.late.append(at * 1000 - stamp / 1e6)


def latency(bench: Bench) -> list[Figure]:
    """Measure the median and the 99th percentile at 50 activities a second."""
    rounds, size = (1, 150) if bench.quick else (3, 300)
    medians, highs = [], []
    for _ in range(rounds):
        scale = PASS_SECONDS / bench.steady_pass_seconds()
        late = sorted(_late(bench, size))
        medians.append(late[int(len(late) * _LOW)] * scale)
        highs.append(late[int(len(late) * _HIGH)] * scale)
    name = f"latency at {PER_SECOND}/s"
    return [
        figure("latency", f"{name}, median", "ms", medians, limit=2, floor=0.1),
        figure("latency", f"{name}, 99 of 100", "ms", highs, limit=25, floor=0.3),
    ]


def _late(bench: Bench, size: int) -> list[float]:
    """Give how late each activity of one watch was, but for the first."""
    arrivals = Arrivals()
    command = bench.session("watch", new_id(Kind.steady, size), "--json", "--strict")
    with Child(command, bench.environ) as child:
        for at, chunk in child.chunks():
            arrivals.note(at, chunk)
        child.finish()
        if len(arrivals.late) != size:
            raise child.broken(f"{len(arrivals.late)} activities came out of {size}")
    if min(arrivals.late) < 0:
        raise BrokenError("the clocks of two processes differ: no latency is known")
    return arrivals.late[_WARM_UP:]
