"""Where the time goes, as two pictures: one `session show`, and one event of a stream.

`python benchmarks/anatomy.py`, or with `--bin FOLDER` of an installed wheel, as `make bench` makes
one. Each stage of `show` is a program that does all of the ones before as well; what it takes
longer is its own.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import event
from bench import Bench, prepared
from child import finished
from measure import in_turn
from sessions import SHOWN

ROUNDS = 21
_WIDTH = 36
# What `rensei` does around everything, so that the stages add up to it.
_PROGRAM = "import gc; gc.set_threshold(50_000); import {}; gc.freeze()"
_LOADED = {
    "Python itself": "sys",
    "typer": "typer",
    "our commands": "rensei_cli.cli",
    "httpx": "rensei_cli.api.http, httpcore",
    "our client and models": "rensei_cli.api.client, rensei_cli.session.document",
    "Rich and our page": "rich.console, rensei_cli.render.session",
}
_SHOW = "three requests, one page"


def stages(bench: Bench) -> dict[str, list[str]]:
    """Give the command that ends with each stage; the last one is the whole."""
    modules = list(_LOADED.values())
    loads = {
        name: [bench.python, "-c", _PROGRAM.format(", ".join(modules[: count + 1]))]
        for count, name in enumerate(_LOADED)
    }
    return loads | {_SHOW: bench.session("show", SHOWN)}


def show_milliseconds(bench: Bench) -> dict[str, float]:
    """Give what each stage of `show` takes, in milliseconds: the median of its share of a round."""
    commands = stages(bench)
    works = [partial(finished, command, bench.environ) for command in commands.values()]
    in_turn(1, works)  # fills the caches, and is not counted
    ends = [[one.seconds for one in several] for several in in_turn(ROUNDS, works)]
    before = [[0.0] * ROUNDS, *ends]
    return {
        name: statistics.median(end - start for start, end in zip(*pair, strict=True)) * 1000
        for name, pair in zip(commands, zip(before, ends, strict=False), strict=True)
    }


def picture(taken: Mapping[str, float], unit: str) -> Iterator[str]:
    """Give a line for each stage, one after the other, and one for all of them."""
    whole, start = sum(taken.values()), 0.0
    for name, took in taken.items():
        left, right = (round(_WIDTH * at / whole) for at in (start, start + took))
        bar = " " * left + "█" * max(1, right - left)
        yield f"{name:<26}{took:6.1f} {unit} {took / whole:5.0%}  {bar}"
        start += took
    yield f"{'in all':<26}{whole:6.1f} {unit}"


def main() -> None:
    """Measure both and print the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", type=Path, default=Path(sys.executable).parent)
    with prepared(parser.parse_args().bin, quick=False) as bench:
        print("one `session show`, to a pipe", *picture(show_milliseconds(bench), "ms"), sep="\n")
    of_event = event.stages()
    lines = of_event.pop("people's lines")
    print("\none event of `watch --json`", *picture(of_event, "µs"), sep="\n")
    of_event["people's lines"] = lines
    del of_event["JSON lines"]
    print("\none event of `watch`, to a pipe", *picture(of_event, "µs"), sep="\n")


if __name__ == "__main__":
    main()
