"""A worker as a process of its own: takes issues, lets an agent work on them, and tells of it.

`python -m rensei_cli.embedded.worker --url URL --credentials FILE --agent mending --identifier ENG-1`
"""

import argparse
import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rensei_cli.embedded.agent import AGENTS
from rensei_cli.embedded.family import leave_with_parent, on_signal_exit
from rensei_cli.embedded.link import Link, LostError
from rensei_cli.embedded.run import Run
from rensei_cli.embedded.tasks import task_for

_BEAT_SECONDS = 0.4
_POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a worker is there for."""

    url: str
    key: str
    agent: str
    identifiers: tuple[str, ...]
    pace_seconds: float
    endless: bool = False


class Worker:
    """Registers, beats in a thread of its own, and takes one session after the other."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._link = Link(post.url, post.key)
        self._identifiers = list(post.identifiers)
        self._worker_id = ""
        self._run: Run | None = None

    def live(self) -> None:
        """Work: one session, or without end."""
        self._register()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        while not self._worked() or self._post.endless:
            time.sleep(_POLL_SECONDS)

    def _worked(self) -> bool:
        """Take a session that waits, if there is one; true when it is done."""
        try:
            work = self._link.get(self._path("poll") + self._query())["work"]
        except LostError:
            self._register()  # the platform has forgotten us: it was started anew
            return False
        return any(self._took(one) for one in work)

    def _took(self, work: dict[str, Any]) -> bool:
        session_id, identifier = work["sessionId"], work["identifier"]
        self._run = Run(self._link, self._worker_id, session_id, self._post.pace_seconds)
        with contextlib.suppress(LostError), self._run.workspace:
            self._link.post(f"/api/sessions/{session_id}/claim", {"workerId": self._worker_id})
            if self._post.endless:
                self._enqueue_after(identifier)
            self._run.work(AGENTS[self._post.agent](task_for(identifier)))
            return True
        return False
