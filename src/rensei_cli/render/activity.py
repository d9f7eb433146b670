"""Activities as rows: when, what kind, which tool, and what it said or did."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.api.activity import Activity
from rensei_cli.render.marks import FAILED, Look, activity_mark
from rensei_cli.render.text import brief, clean, duration, moment, tool_name
from rensei_cli.render.theme import dim
from rensei_cli.session.loops import arguments, is_call, wording

# More than a screen is wide; what is cut here would never be seen on one line.
_LINE_CHARACTERS = 400
# From this many equal activities in a row on, they are marked.
_MARKED = 3
_PLAIN = Look()


def activity_table(
    activities: Sequence[Activity], *, now: datetime, look: Look, full: bool
) -> RenderableType:
    """Give the rows of activities: one line each and equal ones together, all of it if `full`."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, no_wrap=not full, overflow="fold" if full else "ellipsis")
    shown = ((item, 1) for item in activities) if full else _folded(activities)
    for activity, times in shown:
        mark = activity_mark(activity.type).text(look)
        when = _when(activity, now=now, look=look)
        table.add_row(when, mark, said(activity, full=full, times=times, look=look))
    return table


def said(activity: Activity, *, full: bool, times: int = 1, look: Look = _PLAIN) -> Text:
    """Give what an activity says: tool and argument first, a failure marked as one."""
    style = "bright_black" if activity.type == "thought" else "default"
    head = Text()
    if activity.tool:
        head.append(f"{tool_name(activity.tool)} ", style="bold")
    if times > 1:
        head.append(f"{times}× ", style="yellow" if times >= _MARKED else "default")
    body = _body(activity)
    if full:
        return Text.assemble(head, (clean(body), style), _ending(activity, look), _output(activity))
    failed = FAILED.sign(look).append(" ") if _failed(activity) else Text()
    return Text.assemble(head, failed, (brief(body, _LINE_CHARACTERS), style))


def _folded(activities: Sequence[Activity]) -> Iterator[tuple[Activity, int]]:
    """Give the last of each stretch of equal activities, and how many they are."""
    for _, stretch in groupby(activities, _key):
        equal = list(stretch)
        yield equal[-1], len(equal)


def _key(activity: Activity) -> tuple[object, ...]:
    return activity.type, activity.tool, activity.is_error, _body(activity)


def _body(activity: Activity) -> str:
    if is_call(activity):
        return arguments(activity)
    return wording(activity) if activity.type == "action" else activity.content


def _when(activity: Activity, *, now: datetime, look: Look) -> str:
    sent = any(activity.raw.get(key) is not None for key in ("timestamp", "createdAt"))
    return moment(activity.at, now=now, style=look.times, zone=look.zone, impossible=sent)


def _failed(activity: Activity) -> bool:
    return activity.is_error and activity.type != "error"


def _ending(activity: Activity, look: Look) -> Text:
    if not _failed(activity):
        return Text()
    took = f" after {duration(activity.took.total_seconds())}" if activity.took else ""
    return Text("  ").append_text(FAILED.text(look)).append(took, style=FAILED.style)


def _output(activity: Activity) -> Text:
    output = (activity.tool_output or "").rstrip()
    return Text("\n").append_text(dim(clean(output))) if output else Text()
