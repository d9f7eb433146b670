"""Every line about a session in the README, typed as written on a terminal where a yes is said."""

import contextlib
import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rensei_cli.embedded.platform import Thresholds

PAGE = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
LINES = list(
    dict.fromkeys(
        line.removeprefix(".venv/bin/")
        for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
        if re.search(r"(?:^|\| )(?:\.venv/bin/)?rensei (?:session|doctor|auth status)", line)
        and "--auth work" not in line  # of the block below
    )
)
# What the page promises: done, refused, live still; and a doctor who finds something.
OUTCOMES = {0, 7, 8}


@pytest.fixture
def world(platform):
    """The sessions that the page names, each with a worker that is silent from the start."""
    world = platform(thresholds=Thresholds(stale_heartbeat_ms=1))
    for issue in ("ENG-117", "ENG-119", "ENG-124", "ENG-128"):
        session, worker = world.enqueue(issue), world.worker(issue)
        world.claim(session, worker)
        world.act(session, worker, type="action", toolName="Bash", content="Bash: make test")
    return world


@pytest.fixture
def standby(world):
    """A worker that takes whatever is released."""
    worker, over = world.worker("standby"), threading.Event()

    def work():
        while not over.wait(0.1):
            for session in listed(world):
                if session["status"] == "queued":
                    world.claim(session["id"], worker)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def folder(tmp_path, rensei, world):
    """A folder with a change that nobody has committed, and a run that was saved."""
    assert listed(world)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "notes.txt").write_text("one more line")
    subprocess.run(["git", "add", "-N", "notes.txt"], cwd=tmp_path, check=True)
    saved = str(tmp_path / "run.jsonl")
    rensei("session", "watch", "ENG-117", "--no-follow", "--save", saved)
    return tmp_path


def typed(line, environ, folder):
    """Give the exit code of a line, and what it leaves on a terminal where a yes was typed."""
    master, slave = pty.openpty()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env={"PATH": path, "TERM": "xterm", **environ},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    os.write(master, b"y\n")
    screen = b""
    with contextlib.suppress(OSError):  # the last one has let go of the terminal
        while data := os.read(master, 65536):
            screen += data
    os.close(master)
    return process.wait(60), screen.decode()


@pytest.mark.usefixtures("standby")
@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_readme_does_what_it_says(world, rensei, folder, line):
    if "watch ENG-124" in line:  # it ends with its session
        (session,) = (one["id"] for one in listed(world) if one["identifier"] == "ENG-124")
        override = f"/api/public/sessions/{session}/status-override"
        world.call("POST", override, {"status": "completed"}, operator=True)

    environ = {"RENSEI_HOME": str(rensei.home), **rensei.environ}
    code, screen = typed(line, environ, folder)

    assert code in OUTCOMES | ({1} if line == "rensei doctor" else set()), screen
    assert "error: this is a mistake" not in screen
    assert "jq: error" not in screen
    assert len(screen.split()) > 3 or "jq" in line, screen


def test_the_contexts_of_the_readme_come_and_go_as_it_says(world, rensei, folder):
    [block] = re.findall(
        r"^(rensei auth login --name work .*?)^```$", PAGE, re.DOTALL | re.MULTILINE
    )
    environ = {"RENSEI_HOME": str(rensei.home)}
    world.enqueue("ENG-130", project="web")

    said = []
    for line in block.replace("https://rensei.example.com", world.platform.url).splitlines():
        code, screen = typed(line, environ, folder)
        assert code == 0, screen
        said.append(screen)

    login, contexts, _, sessions, logout = said
    assert "logged in" in login
    assert "work" in contexts
    assert "ENG-130" in sessions
    assert "ENG-117" not in sessions
    assert "work" in logout
    assert "work" not in typed("rensei auth list", environ, folder)[1]


def listed(world):
    return world.call("GET", "/api/public/sessions", operator=True)["sessions"]
