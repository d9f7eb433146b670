"""The tail: how many activities a second a watch writes, and how large it grows with them.

A rate is counted between the first and the last activity that came out, so that neither the start
nor the second that a watch waits at the end is in it. Polling waits by design: there it is the
seconds of CPU that count, without those of a watch that sees one activity.
"""

import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench import Bench
from child import Child, Usage
from measure import (
    MEMORY_FLOOR,
    ONCE_FLOOR,
    PASS_SECONDS,
    POLLS_FLOOR,
    RATES_FLOOR,
    RIVALS_FLOOR,
    Figure,
    figure,
    in_turn,
)
from sessions import MARK, Kind, new_id

FEW, MANY, MILLION = 10_000, 100_000, 1_000_000
_MIB = 1 << 20
_MOST_MIB, _MOST_GROWTH = 70, 1.15


@dataclass(frozen=True, slots=True)
class Screen:
    """One form in which a watch writes, and the least it has to reach with 100,000 events.

    `mark` stands in it once for each activity and nowhere else.
    """

    name: str
    options: tuple[str, ...] = ()
    mark: bytes = MARK
    terminal: bool = False
    limit: float | None = None


JSON = Screen("watch --json", ("--json",), b'"replayed"', limit=40_000)
LINES = Screen("watch, lines", limit=12_000)
PINNED = Screen("watch, pinned", terminal=True)


@dataclass(frozen=True, slots=True)
class Run:
    """One tail: its rate at 16 ms a pass, what it took, and what the server took meanwhile."""

    rate: float
    usage: Usage
    server_cpu_seconds: float = 0.0


def tail(bench: Bench) -> list[Figure]:
    """Measure streams: 100,000 events in several rounds, and a million once, with the memory."""
    works = [partial(_watched, bench, screen, MANY) for screen in (JSON, LINES)]
    rival = partial(_rival, bench, MANY) if shutil.which("curl") and shutil.which("jq") else None
    results = in_turn(2 if bench.quick else 4, works + ([rival] if rival else []))
    runs, rivals = results[:2], results[2:]
    figures = []
    for screen, several in zip((JSON, LINES), runs, strict=True):
        figures.append(_rate(screen, MANY, several, rivals[0] if rivals else ()))
    if rivals:
        figures.append(_times_as_fast(runs[0], rivals[0]))
    figures.append(_server_share(runs[0]))
    return figures + [one for screen in (JSON, LINES, PINNED) for one in _long(bench, screen)]


def poll(bench: Bench) -> list[Figure]:
    """Measure polling: activities for each second of CPU."""
    sizes = [MANY] if bench.quick else [MANY, MILLION]
    wanted = [(JSON, size) for size in sizes] + [(LINES, MANY)]
    figures = []
    for screen, size in wanted:
        bare = bench.steady_pass_seconds()
        start = _watched(bench, screen, 1, Kind.paged).usage.cpu_seconds
        took = _watched(bench, screen, size, Kind.paged).usage.cpu_seconds - start
        rate = size / took * bare / PASS_SECONDS
        name = f"{screen.name}, polls {size:,}"
        figures.append(
            figure("poll", name, "/CPU s", [rate], more_is_better=True, floor=POLLS_FLOOR)
        )
    return figures


def _long(bench: Bench, screen: Screen) -> list[Figure]:
    """Measure a million activities, and how much larger a watch is after them than after few.

    A terminal gets a tenth of them: what it kept of each would show by then.
    """
    few = _watched(bench, screen, FEW).usage.peak_bytes
    size = MANY if bench.quick or screen.terminal else MILLION
    run = _watched(bench, screen, size)
    many, name = run.usage.peak_bytes, f"{screen.name}, {size:,}"
    rates = [] if bench.quick and screen is not PINNED else [_rate(screen, size, [run])]
    return [
        *rates,
        figure("tail", f"{name}, peak", "MiB", [many / _MIB], limit=_MOST_MIB, floor=MEMORY_FLOOR),
        figure(
            "tail",
            f"{name} / {FEW:,}",
            "x peak",
            [many / few],
            limit=_MOST_GROWTH,
            floor=MEMORY_FLOOR,
        ),
    ]


def _rate(screen: Screen, size: int, runs: Sequence[Run], rivals: Sequence[Run] = ()) -> Figure:
    rival = f"curl|jq {statistics.median(run.rate for run in rivals):,.0f}" if rivals else ""
    return figure(
        "tail",
        f"{screen.name}, {size:,}",
        "/s",
        [run.rate for run in runs],
        limit=screen.limit if size == MANY else None,
        more_is_better=True,
        rival=rival if screen is JSON else "",
        floor=RATES_FLOOR if len(runs) > 1 else ONCE_FLOOR,
    )


def _times_as_fast(runs: Sequence[Run], rivals: Sequence[Run]) -> Figure:
    ratios = [ours.rate / theirs.rate for ours, theirs in zip(runs, rivals, strict=True)]
    name = "watch --json / curl|jq"
    return figure("tail", name, "x", ratios, limit=1, more_is_better=True, floor=RIVALS_FLOOR)


def _server_share(runs: Sequence[Run]) -> Figure:
    """Give how busy the server was beside the watch: it must not be what is measured."""
    shares = [run.server_cpu_seconds / run.usage.cpu_seconds for run in runs]
    return figure("tail", "server's CPU / watch --json's", "", shares, limit=0.25, is_ours=False)


def _watched(bench: Bench, screen: Screen, size: int, kind: Kind = Kind.flood) -> Run:
    """Follow a new session to its end; a loss is an exit code (`--strict`), and so an error."""
    options = [*screen.options, "--strict", *(["--interval", "1"] if kind is Kind.paged else [])]
    command = bench.session("watch", new_id(kind, size), *options)
    served, before = bench.server_cpu_seconds(), bench.steady_pass_seconds()
    with Child(command, bench.environ, terminal=screen.terminal) as child:
        rate = counted(child, screen.mark, size)
        usage = child.finish()
    bare = (before + bench.steady_pass_seconds()) / 2
    return Run(rate * bare / PASS_SECONDS, usage, bench.server_cpu_seconds() - served)


def _rival(bench: Bench, size: int) -> Run:
    """Do with the tools of every shell what `watch --json` does."""
    url = f"{bench.url}/api/sessions/{new_id(Kind.flood, size)}/stream"
    line = f"curl -sN {url} | sed -n 's/^data: //p' | jq -c ."
    bare = bench.steady_pass_seconds()
    with Child(["/bin/sh", "-c", line], bench.environ) as child:
        rate = counted(child, MARK, size)
        return Run(rate * bare / PASS_SECONDS, child.finish())


def counted(child: Child, mark: bytes, size: int) -> float:
    """Read all that a program writes, and give its activities a second.

    Raises:
        BrokenError: Not every activity came out exactly once.
    """
    seen, rest, first, began, ended = 0, b"", 0, 0.0, 0.0
    for at, chunk in child.chunks():
        text = rest + chunk
        rest = text[1 - len(mark) :]
        if here := text.count(mark):
            seen, ended = seen + here, at
            if not first:
                first, began = here, at
    if seen != size:
        child.finish()
        raise child.broken(f"{seen:,} activities came out of {size:,}")
    return (seen - first) / (ended - began) if ended > began else 0.0
