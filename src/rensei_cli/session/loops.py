"""Repetition in an activity stream: the evidence that tells a stuck agent from a busy one."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from rensei_cli.api.activity import Activity, summary

# From this share of equal calls on, a stretch of one tool is called a loop and not work.
_MOSTLY_IDENTICAL = 0.5


class Run(NamedTuple):
    """The last stretch of calls that all went to one tool."""

    tool: str
    calls: int
    identical: int
    distinct: int
    sample: str
    first_at: datetime | None
    last_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """The time from the first to the last call."""
        if self.first_at is None or self.last_at is None:
            return None
        return max(0.0, (self.last_at - self.first_at).total_seconds())


def is_call(activity: Activity) -> bool:
    """Whether an activity is a call of a tool, not its result posted as a second action."""
    return (
        activity.type == "action"
        and activity.tool is not None
        and not activity.content.startswith(f"{activity.tool} result")
    )


def arguments(activity: Activity) -> str:
    """Give what a tool was called with, as the one text that tells most about it."""
    given = activity.tool_input
    return summary(given) if given else wording(activity)


def identity(activity: Activity) -> str:
    """Give what a tool was called with, as a text that is equal for equal calls only."""
    given = activity.tool_input
    return str(given) if given else wording(activity)


def wording(activity: Activity) -> str:
    """Give the content of a call without the name of the tool that some servers put before it."""
    tool, content = activity.tool or "", activity.content
    for name in (tool, tool.rpartition("__")[2]):
        if name and content.startswith((f"{name}: ", f"{name} ")):
            return content[len(name) + 1 :].removeprefix(" ")
    return content


def repeats(calls: int, identical: int) -> bool:
    """Whether a stretch of calls mostly says the same: a loop, and not work with one tool."""
    return identical > max(1, calls * _MOSTLY_IDENTICAL)


def last_run(activities: Sequence[Activity]) -> Run | None:
    """Give the stretch of calls to one tool that ends a stream, or nothing without any call."""
    calls: list[Activity] = []
    for activity in reversed(activities):
        if not is_call(activity):
            continue
        if calls and activity.tool != calls[0].tool:
            break
        calls.append(activity)
    if not calls or calls[0].tool is None:
        return None
    counted = Counter(map(identity, calls))
    most, identical = counted.most_common(1)[0]
    sample = next(arguments(call) for call in calls if identity(call) == most)
    return Run(
        calls[0].tool,
        len(calls),
        identical,
        len(counted),
        sample,
        calls[-1].at,
        calls[0].at,
    )
