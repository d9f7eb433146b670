"""One session in the hands of a worker: the agent's steps done and reported, messages obeyed."""

import itertools
import queue
from collections.abc import Iterator
from typing import Any

from rensei_cli.embedded.link import Link, LostError
from rensei_cli.embedded.steps import Activity, Agent, Usage, played
from rensei_cli.embedded.tools import CancelledError, Workspace

_REPORT_EVERY = 5
# Steps do not come like clockwork; the mean stays the pace.
_RHYTHM = (0.7, 1.2, 1.0, 0.8, 1.3)


Message = dict[str, str]


class Run:
    """What a worker does about one session; `obey` may be called from another thread."""

    def __init__(self, link: Link, worker_id: str, session_id: str, pace_seconds: float) -> None:
        self.session_id = session_id
        self._link, self._worker_id = link, worker_id
        self._pace_seconds = pace_seconds
        self._prompts: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._usage = Usage()
        self.workspace = Workspace()

    def obey(self, signals: list[Message], prompts: list[Message]) -> list[str]:
        """End the agent at once, or let it hear a prompt; gives the ids of this run's messages."""
        mine = [one for one in prompts if one["sessionId"] == self.session_id]
        for prompt in mine:
            self._prompts.put(prompt["prompt"])
        stops = [one["id"] for one in signals if one["sessionId"] == self.session_id]
        if stops:
            self.workspace.end()
        return [*stops, *(one["promptId"] for one in mine)]

    def work(self, agent: Agent) -> None:
        """Take the session from its claim to its end."""
        try:
            with self.workspace:
                outcome = self._outcome(agent)
            if outcome == "completed":
                self._report("finalizing")
            self._report(outcome)
        except LostError:
            return  # somebody else's by now; whatever is left to say is theirs to say

    def _outcome(self, agent: Agent) -> str:
        try:
            for number, activity in enumerate(self._paced(agent), 1):
                self._post(activity)
                if number % _REPORT_EVERY == 0:
                    self._report("running")
        except CancelledError:
            return "stopped"
        except LostError:
            raise
        except Exception as error:  # noqa: BLE001 - an agent may break on anything
            self._post({"type": "error", "content": f"{type(error).__name__}: {error}"})
            return "failed"
        return "completed"

    def _paced(self, agent: Agent) -> Iterator[Activity]:
        for activity, share in zip(played(agent, self.workspace), itertools.cycle(_RHYTHM)):
            yield activity
            yield from self._heard()
            self.workspace.pause(self._pace_seconds * share)
        yield from self._heard()

    def _heard(self) -> Iterator[Activity]:
        while not self._prompts.empty():
            prompt = self._prompts.get()
            yield {"type": "thought", "content": f"The operator says: {prompt}"}
            yield {"type": "response", "content": "Understood. I go on with that in mind."}

    def _post(self, activity: Activity) -> None:
        self._usage.add(activity)
        self._send("activity", {"activity": activity})

    def _report(self, status: str) -> None:
        self._send("status", {"status": status, **self._usage.fields()})

    def _send(self, what: str, fields: dict[str, Any]) -> None:
        path = f"/api/sessions/{self.session_id}/{what}"
        self._link.post(path, {"workerId": self._worker_id, **fields})
