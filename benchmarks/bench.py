"""What every benchmark needs: the programs, their environment, the server, how thorough to be."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from child import BrokenError, finished

_HERE = Path(__file__).parent
# What would make the interpreter slower, or the program another one than a user has.
_UNWANTED = ("PYTHON", "RENSEI_", "COVERAGE", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS")


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmarks; `bin` has the program to measure and its own interpreter."""

    bin: Path
    url: str
    environ: dict[str, str]
    quick: bool

    @property
    def python(self) -> str:
        """The interpreter of the program."""
        return str(self.bin / "python")

    def rensei(self, *arguments: str) -> list[str]:
        """Give the command that runs the program."""
        return [str(self.bin / "rensei"), *arguments]

    def session(self, verb: str, *arguments: str) -> list[str]:
        """Give the command that asks the server of the benchmarks."""
        return self.rensei("session", verb, *arguments, "--url", self.url)

    def pass_seconds(self) -> float:
        """Give how long an interpreter takes that does nothing: the unit of most figures."""
        return finished([self.python, "-c", "pass"], self.environ).seconds

    def steady_pass_seconds(self) -> float:
        """Give the median of five, where it stands against something that is measured once."""
        return statistics.median(self.pass_seconds() for _ in range(5))

    def server_cpu_seconds(self) -> float:
        """Give what serving has cost so far."""
        with urllib.request.urlopen(f"{self.url}/cpu") as answer:
            return float(json.load(answer))


@contextmanager
def prepared(folder: Path, *, quick: bool) -> Iterator[Bench]:
    """Give a bench whose server runs, and whose home is nobody's and is removed at the end."""
    for name in ("python", "rensei"):
        if not (folder / name).exists():
            raise BrokenError(
                f"there is no {folder / name}: `make bench` installs what it measures"
            )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_UNWANTED)}
    with tempfile.TemporaryDirectory(prefix="rensei-bench-") as home, _serving() as url:
        environ = kept | {"RENSEI_HOME": home, "TERM": "xterm-256color", "PYTHONHASHSEED": "0"}
        yield Bench(folder.absolute(), url, environ, quick)


@contextmanager
def _serving() -> Iterator[str]:
    """Give the address of a server that runs in a process of its own."""
    command = [sys.executable, str(_HERE / "firehose.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if not (url := process.stdout.readline().strip()):
                raise BrokenError("the server of the benchmarks did not start")
            yield url
        finally:
            process.stdin.close()
