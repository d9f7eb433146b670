"""A worker as a process of its own: takes issues, starts an agent for each, and tells of it.

`python -m rensei_cli.embedded.worker --url URL --credentials FILE --agent mending`
"""

import argparse
import contextlib
import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rensei_cli.embedded.agent import AGENTS
from rensei_cli.embedded.family import leave_with_parent, leaving_on_signals
from rensei_cli.embedded.leash import Leash
from rensei_cli.embedded.link import Link, LostError
from rensei_cli.embedded.run import Run
from rensei_cli.embedded.tasks import task_for

_BEAT_SECONDS = 0.4
_POLL_SECONDS = 0.3
_MOST_WANTED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a worker is there for.

    One that stays takes one session after the other; one that is `prolific` enqueues the next
    issue with each that it takes, leaving out those that are somebody else's (`spared`).
    """

    url: str
    key: str
    agent: str
    identifiers: tuple[str, ...]
    pace_seconds: float
    stays: bool = False
    prolific: bool = False
    spared: tuple[str, ...] = ()


class Worker:
    """Registers, beats in a thread of its own, and takes a session, or one after the other."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._link = Link(post.url, post.key)
        # The newest last; a session of any of them may come back.
        self._identifiers = list(post.identifiers)
        self._worker_id = ""
        self._run: Run | None = None

    def live(self) -> None:
        """Work on one session, or without end."""
        self._register()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        while not self._worked() or self._post.stays:
            time.sleep(_POLL_SECONDS)

    def _worked(self) -> bool:
        """Take a session that waits, if there is one; true when it is done, or lost."""
        try:
            work = self._link.get(self._path("poll") + self._query())["work"]
        except LostError:
            self._register()  # the platform has forgotten us: it was started anew
            return False
        return any(self._took(one) for one in work)

    def _took(self, work: dict[str, Any]) -> bool:
        session_id, identifier = work["sessionId"], work["identifier"]
        try:
            self._link.post(f"/api/sessions/{session_id}/claim", {"workerId": self._worker_id})
        except LostError:
            return False  # another worker was faster
        if self._post.prolific:
            self._enqueue_after(identifier)
        agent = Leash(self._post.agent, identifier, self._post.pace_seconds)
        self._run = Run(self._link, self._worker_id, session_id, agent)
        self._run.work()
        self._run = None
        return True

    def _enqueue_after(self, identifier: str) -> None:
        """See to it that there is an issue to take when this one is done."""
        following = next_identifier(identifier)
        while following in self._post.spared:
            following = next_identifier(following)
        if following not in self._identifiers:
            self._identifiers = [*self._identifiers[-_MOST_WANTED:], following]
            self._link.post("/api/sessions", issue(following))

    def _beat(self) -> None:
        """Say every now and then that this worker lives, and obey what is said in return."""
        link, received = Link(self._post.url, self._post.key), list[str]()
        while True:
            run = self._run  # what is said may be old; it is never said to a run begun since
            with contextlib.suppress(LostError):
                answer = link.post(self._path("heartbeat"), {"acknowledged": received})
                received = run.obey(answer["signals"], answer["prompts"]) if run else []
            time.sleep(_BEAT_SECONDS)

    def _register(self) -> None:
        name = f"{self._post.agent} ({os.getpid()})"
        self._worker_id = self._link.post("/api/workers/register", {"name": name})["workerId"]

    def _path(self, what: str) -> str:
        return f"/api/workers/{self._worker_id}/{what}"

    def _query(self) -> str:
        narrowed = self._identifiers if self._post.identifiers else []
        return "?" + urlencode([("identifier", one) for one in narrowed])


def issue(identifier: str) -> dict[str, str]:
    """Give the body that enqueues an issue of the demo."""
    return {
        "identifier": identifier,
        "issueTitle": task_for(identifier).title,
        "workType": "bugfix",
        "provider": "demo",
        "branch": f"agent/{identifier.lower()}",
    }


def next_identifier(identifier: str) -> str:
    """Give the issue after one, as trackers number them."""
    prefix, _, number = identifier.rpartition("-")
    return f"{prefix}-{int(number) + 1}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Work until there is nothing left to do, a signal comes, or the parent is gone."""
    parser = argparse.ArgumentParser(prog="python -m rensei_cli.embedded.worker")
    parser.add_argument("--url", required=True)
    parser.add_argument("--credentials", required=True, type=Path)
    parser.add_argument("--agent", required=True, choices=sorted(AGENTS))
    parser.add_argument("--identifier", action="append", default=[])
    parser.add_argument("--pace", type=float, default=1.6, help="mean seconds between two steps")
    parser.add_argument("--stay", action="store_true", help="take another session after each")
    parser.add_argument("--prolific", action="store_true", help="enqueue the next issue with each")
    parser.add_argument("--spare", action="append", default=[], help="an issue not to enqueue")
    given = parser.parse_args(arguments)
    leave_with_parent()
    post = Post(
        url=given.url,
        key=json.loads(given.credentials.read_text())["workerKey"],
        agent=given.agent,
        identifiers=tuple(given.identifier),
        pace_seconds=given.pace,
        stays=given.stay,
        prolific=given.prolific,
        spared=tuple(given.spare),
    )
    with leaving_on_signals():
        try:
            Worker(post).live()
        except (LostError, OSError) as error:
            raise SystemExit(f"This worker gives up: {error}") from error


if __name__ == "__main__":
    main()
