"""One session in the hands of a worker: its agent's activities reported, messages obeyed."""

from typing import Any

from rensei_cli.embedded.leash import Leash
from rensei_cli.embedded.link import Link, LostError
from rensei_cli.embedded.play import COMPLETED, FAILED
from rensei_cli.embedded.steps import Activity, Usage

_REPORT_EVERY = 5

Message = dict[str, str]


class Run:
    """What a worker does about one session; `obey` may be called from another thread."""

    def __init__(self, link: Link, worker_id: str, session_id: str, agent: Leash) -> None:
        self._link, self._worker_id, self._session_id = link, worker_id, session_id
        self._agent = agent
        self._usage = Usage()

    def obey(self, signals: list[Message], prompts: list[Message]) -> list[str]:
        """End the agent at once, or let it hear a prompt; gives the ids of this run's messages."""
        mine = [one for one in prompts if one["sessionId"] == self._session_id]
        for prompt in mine:
            self._agent.say(prompt["prompt"])
        stops = [one["id"] for one in signals if one["sessionId"] == self._session_id]
        if stops:
            self._agent.end()
        return [*stops, *(one["promptId"] for one in mine)]

    def work(self) -> None:
        """Take the session from its claim to its end; nothing of the agent is left by then."""
        try:
            with self._agent:
                self._pass_on()
            self._conclude(self._agent.exit_status)
        except LostError:
            return  # somebody else's by now; whatever is left to say is theirs to say

    def _pass_on(self) -> None:
        for number, activity in enumerate(self._agent.activities(), 1):
            self._post(activity)
            if number % _REPORT_EVERY == 0:
                self._report("running")

    def _conclude(self, exit_status: int | None) -> None:
        if exit_status is None:
            self._report("stopped")
        elif exit_status == COMPLETED:
            self._report("finalizing")
            self._report("completed")
        else:
            if exit_status != FAILED:
                self._post({"type": "error", "content": f"The agent died: status {exit_status}"})
            self._report("failed")

    def _post(self, activity: Activity) -> None:
        self._usage.add(activity)
        self._send("activity", {"activity": activity})

    def _report(self, status: str) -> None:
        self._send("status", {"status": status, **self._usage.fields()})

    def _send(self, what: str, fields: dict[str, Any]) -> None:
        path = f"/api/sessions/{self._session_id}/{what}"
        self._link.post(path, {"workerId": self._worker_id, **fields})
