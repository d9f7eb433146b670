"""What is measured, as ratios within one run: `make bench`, or `benchmarks/run.py start tail`.

Times are medians of wall time; `pass` is `python -c pass` in the same run, so that a slow machine
moves both sides. Nothing here is a test: a number is printed next to the limit it is held against.
"""

import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from firehose import ID

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
RENSEI = str(BIN / "rensei")
ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
} | {"RENSEI_HOME": str(HERE / ".home")}
EVENTS = 100_000
ROUNDS = 11

# The same work with everything imported at the top, as a program usually begins.
EAGER = (
    "import asyncio, httpx, pydantic, rich.console, rich.table, rich.panel, rich.live, typer,"
    " platformdirs, truststore, sys;"
    "from rensei_cli.render import session, listing; from rensei_cli.api import models, client;"
    "from rensei_cli.cli import main; main()"
)


@contextmanager
def server(events=0):
    """A firehose in a process of its own, and its address."""
    command = [sys.executable, str(HERE / "firehose.py"), str(events)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def seconds(*command, rounds=ROUNDS, stdout=subprocess.DEVNULL):
    """The median wall time of a command."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(command, env=ENVIRON, stdout=stdout, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def start():
    """Start-up: how many times `python -c pass` a command takes."""
    with server() as url:
        show = [RENSEI, "session", "show", ID, "--url", url]
        bare = seconds(sys.executable, "-c", "pass")
        print(f"python -c pass: {bare * 1000:.0f} ms")
        for name, limit, command in (
            ("--version", 1.5, [RENSEI, "--version"]),
            ("--help", 12, [RENSEI, "--help"]),
            ("session --help", 12, [RENSEI, "session", "--help"]),
            ("session show", 24, show),
            ("session show --json", 18, [*show, "--json"]),
            ("session list", 24, [RENSEI, "session", "list", "--url", url]),
        ):
            took = seconds(*command)
            print(f"{name:<22} {took / bare:5.1f} x pass  (limit {limit})")
        eager = seconds(sys.executable, "-c", EAGER, *show[1:])
        lazy = seconds(*show)
        print(f"{'show, lazy / eager':<22} {lazy / eager:5.2f}         (limit 0.6)")


def tail():
    """The tail: activities a second, of a stream that is as fast as it is read."""
    bare = seconds(sys.executable, "-c", "pass")
    for name, limit, options in (("watch --json", 40_000, ["--json"]), ("watch", 12_000, [])):
        rates = []
        for _ in range(3):
            with server(EVENTS) as url:
                command = [RENSEI, "session", "watch", ID, "--url", url, *options]
                began = time.perf_counter()
                subprocess.run(
                    command,
                    env=ENVIRON,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                )
                # Without the second that is waited for late words, and the start.
                rates.append(EVENTS / (time.perf_counter() - began - 1.0 - 15 * bare))
        rate = statistics.median(rates)
        scaled = rate * bare / 0.016
        print(f"{name:<22} {rate:8,.0f}/s, {scaled:8,.0f}/s at 16 ms pass  (limit {limit:,})")


def latency():
    """From the server's write to the bytes on stdout, at 50 events a second."""
    from latency import measure  # noqa: PLC0415

    median, late = measure(RENSEI, ENVIRON)
    print(f"{'latency':<22} median {median:.1f} ms, 99 of 100 {late:.1f} ms  (limits 5 and 25)")


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["start", "tail", "latency"]
    for part in wanted:
        {"start": start, "tail": tail, "latency": latency}[part]()
