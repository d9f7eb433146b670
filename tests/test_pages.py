"""Every shell block of the page about scripting, run as it is written."""

import os
import re
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from hands import eventually

from rensei_cli.embedded.platform import Thresholds

PAGE = (Path(__file__).parent.parent / "docs" / "scripting.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def stuck(platform):
    """A platform with sessions whose worker is silent, and one that has ended."""
    world = platform(thresholds=Thresholds(stale_heartbeat_ms=300, claim_ms=0))
    silent = world.worker("gone")
    session = world.enqueue("ENG-119")
    world.claim(session, silent)
    world.act(session, silent)
    world.claim(world.enqueue("ENG-121"), silent)
    health = f"/api/public/sessions/{session}"
    eventually(
        lambda: (
            world.call("GET", health, operator=True)["session"]["healthSummary"]["color"]
            == "yellow"
        )
    )
    ended = world.enqueue("ENG-112")
    world.call("POST", f"/api/public/sessions/{ended}/stop", {"reason": "old"}, operator=True)
    return world


@pytest.fixture
def at_work(stuck):
    """A worker that beats, and ends its session soon: completed, or stopped when it is told to."""
    session, worker, over = stuck.enqueue("ENG-124"), stuck.worker("live"), threading.Event()
    stuck.claim(session, worker)
    stuck.act(session, worker)
    stuck.act(session, worker, type="action", toolName="Bash", content="Bash: make", isError=True)

    def work():
        for _ in range(25):
            beat = stuck.call("POST", f"/api/workers/{worker}/heartbeat", {"acknowledged": []})
            if over.wait(0.08):
                return None
            if beat["signals"]:
                return stuck.status(session, worker, "stopped")
        stuck.status(session, worker, "finalizing")
        stuck.status(session, worker, "completed")
        return None

    with ExitStack() as undo:
        thread = threading.Thread(target=work)
        undo.callback(thread.join)
        undo.callback(over.set)
        thread.start()
        yield session


@pytest.fixture
def shell(tmp_path, rensei):
    """Run a block in an empty folder, every command of it this project's own."""

    def ran(block):
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env={"PATH": path, "RENSEI_HOME": str(rensei.home), **rensei.environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return ran


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("block", BLOCKS, ids=range(1, len(BLOCKS) + 1))
def test_a_block_runs_as_written(shell, tmp_path, block):
    done = shell(block)

    kept = [file for file in tmp_path.iterdir() if file.suffix in {".json", ".jsonl"}]
    assert done.returncode == 0, done.stderr
    assert done.stdout or any(file.stat().st_size for file in kept), done.stderr
    assert "Traceback" not in done.stderr
    assert "jq: error" not in done.stderr
