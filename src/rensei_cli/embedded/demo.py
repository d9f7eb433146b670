"""A world to look at: the embedded platform and its agents, all of them real processes."""

import contextlib
import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rensei_cli.embedded import auth
from rensei_cli.embedded.crew import Crew
from rensei_cli.embedded.link import Link, LostError
from rensei_cli.embedded.worker import issue

# Short enough to see every signal within a minute; claims are kept, so that the evidence stays.
_SETTINGS: dict[str, Any] = {
    "in_memory": True,
    "claim_ttl_seconds": 3600.0,
    "thresholds": {
        "stale_heartbeat_ms": 8_000,
        "tool_loop_ms": 20_000,
        "claim_ms": 12_000,
        "long_running_ms": 600_000,
    },
}
# Whose workers are no good, and who finishes their issues once an operator has released them.
_BAD = ("silent", "unclaimed")
_STANDBY = ["--agent", "quick", "--pace", "0.2", "--stay"]
_LOOK_SECONDS = 0.1
_BEFORE_SILENCE = 6
_BEFORE_RECALL = 3
# The issue that is worked on for as long as nobody stops it.
_STEADY = "ENG-128"


@dataclass(frozen=True, slots=True)
class Role:
    """One session of the demo: its issue, its agent, the seconds between two steps, and more."""

    identifier: str
    agent: str
    pace_seconds: float = 1.6
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that is to happen once its moment has come."""

    has_come: Callable[[], bool]
    act: Callable[[], None]


ROLES = {
    "live": Role("ENG-124", "mending", more=("--stay", "--prolific", "--spare", _STEADY)),
    "looping": Role("ENG-117", "repeating", 1.0),
    "silent": Role("ENG-119", "falling-silent", 0.4),
    "unclaimed": Role("ENG-121", "never-starting"),
    "completed": Role("ENG-112", "quick", 0.1),
    "failed": Role("ENG-114", "breaking", 0.3),
    "stopped": Role("ENG-115", "mending", 0.6),
    "steady": Role(_STEADY, "tending", 2.0, more=("--stay",)),
}


class World:
    """The demo while it runs: where it is, and which session plays which role."""

    def __init__(self, url: str, credentials_path: Path, crew: Crew) -> None:
        self.url, self.credentials_path = url, credentials_path
        self.ids: dict[str, str] = {}
        keys = json.loads(credentials_path.read_text())
        self._key, self._secret = keys["operatorKey"], keys["webhookSecret"]
        self._crew, self._closing = crew, threading.Event()
        self._director = threading.Thread(target=self._direct, name="director")

    @property
    def pids(self) -> dict[str, int]:
        """The process id of the platform, of each role's worker, and of the standby's."""
        return self._crew.pids

    def open(self) -> None:
        """Enqueue the sessions and start their workers, the one to watch first."""
        with contextlib.closing(Link(self.url, self._key)) as link:
            for name, role in ROLES.items():
                enqueued = link.post("/api/sessions", issue(role.identifier))
                self.ids[name] = enqueued["sessionId"]
                what = ["--agent", role.agent, "--identifier", role.identifier]
                how = ["--pace", str(role.pace_seconds), *role.more]
                self._crew.start_worker(name, *self._where, *what, *how)
        self._director.start()

    def wait_until_working(self, timeout: float) -> bool:
        """Tell whether the live session is being worked on, within so many seconds."""
        give_up_at = time.monotonic() + timeout
        with contextlib.closing(Link(self.url, self._key)) as link:
            while time.monotonic() < give_up_at:
                if self._session(link, "live")["status"] == "working":
                    return True
                time.sleep(_LOOK_SECONDS)
        return False

    def wait(self) -> None:
        """Return when the platform has ended by itself; until then only a signal ends the wait."""
        self._crew.wait("platform")

    def close(self) -> None:
        """End every process and remove every file; may be called again."""
        self._closing.set()
        if self._director.is_alive():
            self._director.join()
        self._crew.close()
        shutil.rmtree(self.credentials_path.parent, ignore_errors=True)

    @property
    def _where(self) -> list[str]:
        return ["--url", self.url, "--credentials", str(self.credentials_path)]

    def _direct(self) -> None:
        """Play what befalls sessions: a tracker calls one back, another loses its worker.

        The standby comes when the bad workers have their sessions: it would take them first.
        """
        with (
            contextlib.suppress(OSError, LostError),
            contextlib.closing(Link(self.url, self._key, patience_seconds=0)) as link,
        ):
            self._play(
                Cue(
                    lambda: self._heard(link, "stopped") >= _BEFORE_RECALL,
                    lambda: self._call_back(link),
                ),
                Cue(
                    lambda: self._heard(link, "silent") >= _BEFORE_SILENCE,
                    lambda: self._crew.kill("silent"),
                ),
                Cue(
                    lambda: all(self._was_claimed(link, role) for role in _BAD),
                    self._stand_by,
                ),
            )

    def _play(self, *cues: Cue) -> None:
        """Do each thing once its moment has come, until the demo ends."""
        waiting = list(cues)
        while waiting and not self._closing.wait(_LOOK_SECONDS):
            for cue in [one for one in waiting if one.has_come()]:
                waiting.remove(cue)
                # An operator may have been faster, and the platform refuse what was to happen.
                with contextlib.suppress(LostError):
                    cue.act()

    def _heard(self, link: Link, role: str) -> int:
        path = f"/api/public/session-activities?sessionId={self.ids[role]}"
        return len(link.get(path)["activities"])

    def _was_claimed(self, link: Link, role: str) -> bool:
        lifecycle = self._session(link, role)["lifecycle"]
        return any(entry["status"] == "claimed" for entry in lifecycle)

    def _stand_by(self) -> None:
        issues = [("--identifier", ROLES[role].identifier) for role in _BAD]
        self._crew.start_worker("standby", *self._where, *_STANDBY, *itertools.chain(*issues))

    def _call_back(self, link: Link) -> None:
        wish = {
            "sessionId": self.ids["stopped"],
            "signal": "stop",
            "reason": "The issue was closed in the tracker",
        }
        signature = auth.signature(self._secret, json.dumps(wish).encode())
        link.post("/webhook", wish, **{"X-Rensei-Signature": signature})

    def _session(self, link: Link, role: str) -> dict[str, Any]:
        found: dict[str, Any] = link.get(f"/api/public/sessions/{self.ids[role]}")["session"]
        return found


@contextlib.contextmanager
def demo(environ: Mapping[str, str]) -> Iterator[World]:
    """Run the demo for as long as the block lasts; nothing of it remains afterwards.

    Raises:
        OSError: The platform did not start.
    """
    with contextlib.closing(Crew(environ)) as crew:
        card = crew.start_platform(_SETTINGS)
        with contextlib.closing(World(card["url"], Path(card["credentials"]), crew)) as world:
            world.open()
            yield world
