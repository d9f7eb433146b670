"""Instructions: the steadiest of all figures, counted by valgrind where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from bench import Bench
from child import BrokenError
from measure import INSTRUCTIONS_FLOOR, Figure, figure
from sessions import SHOWN
from startup import tab

_VALGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
_COLLECTED = re.compile(r"Collected : (\d+)")


def instructions(bench: Bench) -> list[Figure]:
    """Count what each command executes, as a ratio to `python -c pass`, one run each."""
    if not shutil.which("valgrind"):
        return []
    bare = _count(bench, ["-c", "pass"], {})
    show, completion = bench.session("show", SHOWN), tab(bench)
    commands: tuple[tuple[str, list[str], dict[str, str]], ...] = (
        ("--version", bench.rensei("--version"), {}),
        ("--help", bench.rensei("--help"), {}),
        ("session --help", bench.rensei("session", "--help"), {}),
        (completion.name, completion.command, completion.environ),
        ("show --json", [*show, "--json"], {}),
        ("show, 200 activities", show, {}),
    )
    return [
        figure(
            "instructions",
            f"instructions, {name}",
            "x pass",
            [_count(bench, command, environ) / bare],
            floor=INSTRUCTIONS_FLOOR,
        )
        for name, command, environ in commands
    ]


def _count(bench: Bench, command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Give how many instructions the interpreter executes for a command."""
    done = subprocess.run(
        [*_VALGRIND, bench.python, *command],
        env={**bench.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    collected = _COLLECTED.search(done.stderr)
    if done.returncode or not collected:
        raise BrokenError(f"valgrind could not count {command}: {done.stderr[-600:]}")
    return int(collected[1])
