"""What an agent does, step by step, and what the platform is told of it."""

import time
import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from rensei_cli.embedded.tools import Result, Workspace, elapsed_ms

_MOST_CONTENT = 200
_CHARACTERS_PER_TOKEN = 4
# Dollars for a million tokens: the list price of a mid-sized model of 2025.
_INPUT_PRICE, _OUTPUT_PRICE = 3.0, 15.0


@dataclass(frozen=True, slots=True)
class Say:
    """Words: a thought, a progress note, a response."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """A tool call."""

    tool: str
    given: dict[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the agent wants to keep in mind."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Time in which nothing is heard of the agent."""

    seconds: float


Step = Say | Use | Note | Pause
Agent = Generator[Step, Result, None]
Activity = dict[str, Any]


def played(agent: Agent, workspace: Workspace) -> Iterator[Activity]:
    """Do an agent's steps one after the other; gives the activity of each that has one.

    Raises:
        Exception: Whatever the agent itself raises.
    """
    result: Result | None = None
    while True:
        try:
            step = agent.send(result) if result else next(agent)
        except StopIteration:
            return
        activity, result = _done(step, workspace)
        if activity:
            yield activity


def _done(step: Step, workspace: Workspace) -> tuple[Activity, Result]:
    if isinstance(step, Use):
        return _used(step, workspace)
    if isinstance(step, Pause):
        time.sleep(step.seconds)
        return {}, Result("")
    if isinstance(step, Note):
        fields = {"content": step.key, "contextKey": step.key, "contextValue": step.value}
        return {"type": "context", **fields}, Result("")
    return {"type": step.kind, "content": step.text}, Result("")


def _used(step: Use, workspace: Workspace) -> tuple[Activity, Result]:
    began_at = time.monotonic()
    result = workspace.use(step.tool, step.given)
    subject = step.given.get("command") or step.given.get("file_path", "")
    activity = {
        "type": "action",
        "content": f"{step.tool}: {subject}"[:_MOST_CONTENT],
        "toolName": step.tool,
        "toolInput": step.given,
        "toolOutput": result.output,
        "toolUseId": f"tool_{uuid.uuid4().hex[:12]}",
        "isError": result.is_error,
        "durationMs": elapsed_ms(began_at),
    }
    return activity, result


@dataclass(slots=True)
class Usage:
    """What a run has read and written: a model reads everything said so far before each step."""

    context: int = 0
    read: int = 0
    written: int = 0

    def add(self, activity: Activity) -> None:
        """Count one activity's real text."""
        given = "".join(activity.get("toolInput", {}).values())
        spoken = len(activity["content"]) + len(given)
        self.read += self.context
        self.written += spoken
        self.context += spoken + len(activity.get("toolOutput", ""))

    def fields(self) -> dict[str, int | float]:
        """Give tokens (about four characters each) and dollars as the platform takes them."""
        read, written = self.read // _CHARACTERS_PER_TOKEN, self.written // _CHARACTERS_PER_TOKEN
        cost = (read * _INPUT_PRICE + written * _OUTPUT_PRICE) / 1_000_000
        return {"inputTokens": read, "outputTokens": written, "costUsd": round(cost, 6)}
