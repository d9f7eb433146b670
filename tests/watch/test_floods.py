"""More than anybody can take in: megabytes at once, terminals and disks that are full."""

import contextlib
import json
import os
import re
import resource
import select
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from hands import DEADLINE, eventually
from ring import Ring
from scripted import ID, Scripted, frame, serving
from terminal import Terminal

from rensei_cli.api.sse import MAX_FRAME_BYTES
from rensei_cli.watch.plan import Plan, Transport

QUICK = {"soonest_seconds": 0.02, "settle_seconds": 0.05, "first_pause_seconds": 0.01}
MEGABYTE, CHUNK = 1_000_000, 65_536
WIDE = "and so on " * 80


@pytest.fixture
def serve():
    with ExitStack() as undo:
        yield lambda *args, **kwargs: undo.enter_context(serving(Scripted(*args, **kwargs)))


def test_an_event_of_fifty_megabytes_is_refused_aloud_and_read_instead(serve, follow_at):
    server = serve()
    big = server.ring.post("x" * 50 * MEGABYTE)
    server.ring.held.clear()

    def stream(visit):
        data = frame(big)
        # A little more than is taken: what comes after it, nobody reads, and it may be cut off.
        cut = MAX_FRAME_BYTES + 4 * CHUNK
        try:
            visit.open(*(data[start : start + CHUNK] for start in range(0, cut, CHUNK)))
        finally:
            server.ring.held.append(big)  # from now on reads tell of it
            server.finish()
        visit.wait()

    server.stream = stream
    watching = follow_at(server.url, ID, Plan(interval_seconds=0.1, tail=None), **QUICK)
    assert watching.end(60) == 0
    assert "larger than 32 MiB" in watching.of("transport")[-1]["why"]
    assert [len(said) for said in watching.said] == [50 * MEGABYTE]
    assert not watching.of("gap")


def test_a_hundred_thousand_activities_in_one_answer_are_told_in_order(serve, follow_at):
    server = serve(ring=Ring(holds=100_000))
    for _ in range(100_000):
        server.ring.post()
    server.finish()
    plan = Plan(transport=Transport.poll, tail=None)
    watching = follow_at(server.url, ID, plan, **QUICK)
    assert watching.end(60) == 0
    assert watching.ids == [str(number) for number in range(1, 100_001)]


def flood(count, script):
    """Give a stream of so many activities, and where it has come to."""
    sent = []

    def stream(visit):
        visit.open()
        for _ in range(count):
            visit.wfile.write(frame(script.ring.post(f"line {len(sent)} {WIDE}")))
            sent.append(None)
        script.finish()
        visit.wait()

    script.stream = stream
    return sent


@pytest.fixture
def terminal(rensei):
    with ExitStack() as undo:

        def start(url):
            environ = {"RENSEI_HOME": str(rensei.home), "RENSEI_API_URL": url}
            argv = ["session", "watch", ID, "--interval", "1", "--color", "never"]
            screen = Terminal(argv, 100, environ)
            undo.callback(screen.close)
            return screen

        yield start


def peak_mebibytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def drained(screen):
    """Give all that a program has yet to write to its terminal, up to its end."""
    parts, give_up_at = [], time.monotonic() + 5 * DEADLINE
    while time.monotonic() < give_up_at:
        select.select([screen.master], [], [], 1.0)
        try:
            data = os.read(screen.master, 65_536)
        except OSError:
            break
        parts.append(data)
    return b"".join(parts).decode("utf-8", "replace")


def stuck(screen, sent, count):
    """Wait until a flood stands still because nobody reads the terminal."""

    def stands():
        before = len(sent)
        select.select([], [], [], 0.25)
        return before > 100 and len(sent) == before

    screen.shows("» live")
    eventually(stands)
    assert len(sent) < count


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_terminal_that_is_read_late_gets_everything_and_the_server_waits(serve, terminal):
    server, count = serve(ring=Ring(holds=100_000)), 20_000
    sent = flood(count, server)
    screen = terminal(server.url)
    stuck(screen, sent, count)
    assert peak_mebibytes(screen.process.pid) < 100
    text = screen.bytes.decode("utf-8", "replace") + drained(screen)
    assert screen.process.wait(DEADLINE) == 0
    told = [int(number) for number in re.findall(r" thought  line (\d+) and so on", text)]
    assert told == list(range(count))


def test_ctrl_c_ends_a_watch_whose_terminal_nobody_reads(serve, terminal):
    server, count = serve(ring=Ring(holds=100_000)), 20_000
    sent = flood(count, server)
    screen = terminal(server.url)
    stuck(screen, sent, count)
    screen.type("\x03")
    with contextlib.suppress(subprocess.TimeoutExpired):
        screen.process.wait(1.0)
    if screen.process.poll() is None:  # what it still wanted to say, nobody reads either
        screen.type("\x03")
    assert screen.process.wait(DEADLINE) == 130


def test_a_disk_that_fills_up_leaves_a_recording_that_can_be_played(serve, rensei, tmp_path):
    server, file = serve(), tmp_path / "run.jsonl"
    for _ in range(40):
        server.ring.post()
    server.finish()
    command = [sys.executable, "-m", "rensei_cli", "session", "watch", ID, "--json", "--tail", "99"]
    environ = {"RENSEI_HOME": str(rensei.home), "RENSEI_API_URL": server.url}
    done = subprocess.run(
        [*command, "--save", str(file)],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(record["record"] == "activity" for record in records) == 40
    assert (done.returncode, records[-1]["exitCode"]) == (1, 1)
    assert done.stderr.count("incomplete") == 1
    assert file.stat().st_size == 4096
    played = rensei("session", "watch", "--from", str(file), "--speed", "0", "--json")
    assert played.exit == 9
    assert "line 5" in played.stdout
