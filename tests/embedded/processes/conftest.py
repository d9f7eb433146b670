"""Workers and their agents are real processes; a platform of the test's own gives them work."""

import json
import time

import pytest
from crew import busy, family, hire, living, until

__all__ = ["busy", "family", "hire", "living", "until"]


@pytest.fixture
def site(start, tmp_path):
    """With the moment of the start as its time, and a log."""
    site = start(log=tmp_path / "acts.jsonl")
    site.clock.now = time.time()
    return site


@pytest.fixture
def logged(tmp_path):
    """The acts of the log, in its order."""

    def read():
        return [json.loads(line) for line in (tmp_path / "acts.jsonl").read_text().splitlines()]

    return read
