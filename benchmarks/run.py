"""Measures an installed `rensei`: `make bench`, or `benchmarks/run.py --bin FOLDER start tail`.

Nothing here is a test: a figure is printed beside the limit it is held against, and the exit code
is 0 unless a program did not do the work that was to be measured.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import fill

import report
from bench import Bench, prepared
from child import BrokenError
from idle import idle
from instructions import instructions
from latency import latency
from measure import Figure
from startup import start
from tail import poll, tail

PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    "start": start,
    "tail": tail,
    "poll": poll,
    "latency": latency,
    "idle": idle,
    "instructions": instructions,
}
_JSON = Path(__file__).parent.parent / "build" / "bench.json"


def main() -> int:
    """Measure the chosen parts, print them, and give the exit code."""
    asked = _options().parse_args()
    if unknown := [part for part in asked.parts if part not in PARTS]:
        return _fail(f"there is no part {unknown[0]}, only {', '.join(PARTS)}")
    if asked.keep and asked.quick:
        return _fail("a quick run is too rough to be kept")
    try:
        with prepared(asked.bin, quick=asked.quick) as bench:
            figures, pass_seconds, broken = _measured(bench, asked.parts or list(PARTS))
    except BrokenError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("interrupted")
    _tell(figures, pass_seconds)
    report.write(asked.json, figures, pass_seconds)
    if broken:
        return _fail("\n".join(["THESE ARE BROKEN and have no figures:", *broken]))
    if asked.keep:
        report.keep(figures, pass_seconds)
    return 0


def _tell(figures: list[Figure], pass_seconds: float) -> None:
    before = report.baseline()
    print(*report.table(figures, before), "", sep="\n")
    for sentence in report.sentences(figures, before, pass_seconds):
        print(fill(sentence, width=report.COLUMNS))


def _measured(bench: Bench, parts: list[str]) -> tuple[list[Figure], float, list[str]]:
    """Give all figures, what a pass took between the parts, and why any part has no figures."""
    figures, passes, broken = [], [bench.steady_pass_seconds()], []
    for part in parts:
        began = time.monotonic()
        print(f"measuring {part} ...", end="", file=sys.stderr, flush=True)
        try:
            found = PARTS[part](bench)
            told = f"{time.monotonic() - began:.0f} s" if found else "cannot be measured here"
        except BrokenError as error:
            found, told = [], "BROKEN"
            broken.append(f"{part}: {error}")
        print(f" {told}", file=sys.stderr)
        figures += found
        passes.append(bench.steady_pass_seconds())
    return figures, statistics.median(passes), broken


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}; else all")
    add("--bin", type=Path, default=Path(sys.executable).parent, help="where rensei is installed")
    add("--quick", action="store_true", help="fewer rounds, and no million")
    add("--keep", action="store_true", help=f"make this run the baseline ({report.BASELINE.name})")
    add("--json", type=Path, default=_JSON, metavar="FILE", help="where to write the figures")
    return parser


def _fail(why: str) -> int:
    print(f"benchmarks: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
