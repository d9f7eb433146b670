"""Figures: what was measured, in which unit, how sure it is, and what it is held against."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# How long `python -c pass` takes where the limits in seconds were set.
PASS_SECONDS = 0.016
# How far a median moves from one run to the next on a machine that other programs use as well,
# however close together the samples of one run are; relative.
TIMES_FLOOR, MEMORY_FLOOR, INSTRUCTIONS_FLOOR = 0.06, 0.03, 0.01
# Rates of several programs that share the cores move further.
RATES_FLOOR, RIVALS_FLOOR = 0.1, 0.2
# What is known from one run only, without samples that could tell.
ONCE_FLOOR = 0.12
# The CPU of one run of 100,000 by polls: three runs in a row differed by as much.
POLLS_FLOOR = 0.25
_MANY_SAMPLES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured; `noise` is relative to the value.

    `limit` is the most it may be, or with `more_is_better` the least. `rival` is what another
    program reaches in the same unit. What `is_ours` is told when it changes.
    """

    part: str
    name: str
    unit: str
    value: float
    noise: float
    limit: float | None = None
    more_is_better: bool = False
    rival: str = ""
    is_ours: bool = True
    samples: Sequence[float] = ()

    @property
    def is_within(self) -> bool | None:
        """Whether the limit is kept; `None` where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.more_is_better else self.value <= self.limit


def figure(
    part: str,
    name: str,
    unit: str,
    samples: Sequence[float],
    *,
    limit: float | None = None,
    more_is_better: bool = False,
    floor: float = TIMES_FLOOR,
    rival: str = "",
    is_ours: bool = True,
) -> Figure:
    """Give the median of samples as a figure."""
    return Figure(
        part=part,
        name=name,
        unit=unit,
        value=statistics.median(samples),
        noise=noise(samples, floor),
        limit=limit,
        more_is_better=more_is_better,
        rival=rival,
        is_ours=is_ours,
        samples=tuple(samples),
    )


def noise(samples: Sequence[float], floor: float) -> float:
    """Give the half width of the middle half of the samples, relative to their median.

    The middle half, because one sample that met another program's work says nothing about ours; of
    few samples it is the half width of all. It is never below the floor: the samples of one run
    share what distinguishes it from the next run.
    """
    middle = statistics.median(samples)
    if not middle:
        return floor
    low, high = min(samples), max(samples)
    if len(samples) >= _MANY_SAMPLES:
        low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return max(floor, (high - low) / 2 / abs(middle))


def in_turn(rounds: int, works: Sequence[Callable[[], T]]) -> list[list[T]]:
    """Do all works in turn, round after round, and give the results of each work.

    In turn, because the machine's mood changes within a minute and should meet all of them.
    """
    results = [[work() for work in works] for _ in range(rounds)]
    return [list(of_one) for of_one in zip(*results, strict=True)]
