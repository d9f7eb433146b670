"""The program, a platform, workers and their agents: each a process or a thread of its own."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from crew import busy, family, hire, living, until

from rensei_cli.embedded.platform import Thresholds

__all__ = ["busy", "family", "hire", "living", "until"]
_STALE_MS = 2000


@dataclass(slots=True)
class Operator:
    """Somebody at a terminal without a terminal: runs `rensei …` as it is installed."""

    environ: dict[str, str]
    undo: ExitStack = field(repr=False)

    def start(self, *argv: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "rensei_cli", "session", *argv],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.undo.callback(process.communicate)
        self.undo.callback(process.kill)
        return process

    def json(self, *argv: str) -> tuple[int, dict[str, Any]]:
        process = self.start(*argv, "--json")
        stdout, _ = process.communicate(timeout=60)
        return process.returncode, json.loads(stdout)


@pytest.fixture
def world(platform, tmp_path):
    """A platform that gives a silent worker up after two seconds, and keeps a log."""
    thresholds = Thresholds(stale_heartbeat_ms=_STALE_MS)
    return platform(thresholds=thresholds, log=tmp_path / "acts.jsonl")


@pytest.fixture
def operator(rensei, world):
    where = {"RENSEI_HOME": str(rensei.home), "RENSEI_API_URL": world.platform.url}
    with ExitStack() as undo:
        yield Operator({**os.environ, **where}, undo)


@pytest.fixture
def logged(tmp_path):
    """The acts of the platform's log, in the order of their commits."""
    file = tmp_path / "acts.jsonl"
    return lambda: [json.loads(line) for line in file.read_text().splitlines()]
