"""The log of who wrote what: every act that was answered, in the order of the commits."""

import json
import logging
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rensei_cli.embedded.wire import Answer, instant, present, to_json

# What a request names as its worker goes into the log only if it looks like one.
_WORKER = re.compile(r"[\w.-]{1,64}", re.ASCII)
# Elsewhere it is nobody's business to name one.
_BY_WORKERS = ("claim", "status", "activity")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a worker, an operator or a webhook, and the HTTP status it was answered with."""

    at: int
    act: str
    session_id: str | None
    worker_id: str | None
    status: int

    def line(self) -> str:
        """Give the act as a line of JSON."""
        fields = {
            "at": instant(self.at),
            "act": self.act,
            "sessionId": self.session_id,
            "workerId": self.worker_id,
            "status": self.status,
        }
        return to_json(present(fields)) + "\n"


def act_of(at: int, route: str, session_id: str, worker: object, given: Answer) -> Act:
    """Give what a request did; what it does not name itself, its answer may name."""
    act, told = route.rpartition("/")[2], json.loads(given.text)
    named = (
        worker if act in _BY_WORKERS else None,
        told.get("workerId"),
        told.get("previousWorkerId"),
    )
    workers = (one for one in named if isinstance(one, str) and _WORKER.fullmatch(one))
    return Act(
        at=at,
        act="enqueue" if act == "sessions" else act,
        session_id=session_id or told.get("sessionId"),
        worker_id=next(workers, None),
        status=given.status,
    )


class Journal:
    """The file of the log, its owner's alone; without a path nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._descriptor = None if path is None else _opened(path)

    def write(self, acts: Sequence[Act]) -> None:
        """Add acts; what cannot be written is told, for they have happened all the same."""
        if self._descriptor is None or not acts:
            return
        rest = "".join(act.line() for act in acts).encode()
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            _log.error("The log of acts has a gap: %s", error)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _opened(path: Path) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)  # it may have been there before, open to others
    return descriptor
