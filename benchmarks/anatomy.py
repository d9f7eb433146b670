"""Where the time of one `session show` goes, as a picture: `python benchmarks/anatomy.py`.

Each stage is a program that does all of the ones before as well; what it takes longer is its own.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import Bench, prepared
from child import finished
from measure import in_turn
from sessions import SHOWN

ROUNDS = 15
_WIDTH = 40
# What `rensei` does around everything, so that the stages add up to it.
_PROGRAM = "import gc; gc.set_threshold(50_000); import {}; gc.freeze()"
_LOADED = {
    "Python itself": "sys",
    "typer": "typer",
    "our commands": "rensei_cli.cli",
    "httpx": "rensei_cli.api, httpx, httpcore",
    "our client and models": "rensei_cli.api.client, rensei_cli.session.document",
    "Rich and our page": "rich.console, rensei_cli.render.session",
}


def stages(bench: Bench) -> dict[str, list[str]]:
    """Give the command that ends with each stage; the last one is the whole."""
    modules = list(_LOADED.values())
    loads = {
        name: [bench.python, "-c", _PROGRAM.format(", ".join(modules[: count + 1]))]
        for count, name in enumerate(_LOADED)
    }
    return loads | {"three requests, one page": bench.session("show", SHOWN)}


def picture(taken: dict[str, list[float]]) -> Iterator[str]:
    """Give a line for each stage: its own milliseconds, its part of the whole, a bar."""
    medians = {name: statistics.median(seconds) * 1000 for name, seconds in taken.items()}
    whole, before = max(medians.values()), 0.0
    for name, until in medians.items():
        start, end = (round(_WIDTH * at / whole) for at in (before, until))
        bar = " " * start + "█" * max(1, end - start)
        yield f"{name:<24}{until - before:6.0f} ms {(until - before) / whole:5.0%}  {bar}"
        before = until
    bare = medians["Python itself"]
    yield f"{'in all':<24}{whole:6.0f} ms   {whole / bare:.1f} times Python itself"


def main() -> None:
    """Measure all stages in turn and print the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", type=Path, default=Path(sys.executable).parent)
    with prepared(parser.parse_args().bin, quick=False) as bench:
        commands = stages(bench)
        works = [partial(finished, command, bench.environ) for command in commands.values()]
        in_turn(1, works)  # fills the caches, and is not counted
        results = in_turn(ROUNDS, works)
    taken = {
        name: [one.seconds for one in several]
        for name, several in zip(commands, results, strict=True)
    }
    print(*picture(taken), sep="\n")


if __name__ == "__main__":
    main()
