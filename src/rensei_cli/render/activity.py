"""Activities as rows: when, what kind, which tool, and what it said or did."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.api.activity import Activity
from rensei_cli.render.text import clean, duration, moment, one_line
from rensei_cli.render.theme import Look, activity_mark, dim
from rensei_cli.session.loops import arguments, is_call

# More than a screen is wide; what is cut here would never be seen on one line.
_LINE_CHARACTERS = 400


def activity_table(
    activities: Sequence[Activity], *, now: datetime, look: Look, full: bool
) -> RenderableType:
    """Give the rows of activities, one line each unless `full`."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, no_wrap=not full, overflow="fold" if full else "ellipsis")
    for activity in activities:
        when = moment(activity.at, now=now, style=look.times, zone=look.zone, impossible=True)
        table.add_row(when, activity_mark(activity.type).text(look), said(activity, full=full))
    return table


def said(activity: Activity, *, full: bool) -> Text:
    """Give what an activity says: tool and argument first, a failure marked as one."""
    style = "bright_black" if activity.type == "thought" else "default"
    head = Text()
    if activity.tool:
        head.append(f"{tool_name(activity.tool)} ", style="bold")
    body = arguments(activity) if is_call(activity) else activity.content
    if full:
        return Text.assemble(head, (clean(body), style), _outcome(activity), _output(activity))
    return Text.assemble(
        head, _outcome(activity, before=True), (one_line(body[:_LINE_CHARACTERS]), style)
    )


def tool_name(tool: str) -> str:
    """Give a tool's name, `server/tool` where it is qualified as `mcp__server__tool`."""
    return one_line(
        tool.removeprefix("mcp__").replace("__", "/") if tool.startswith("mcp__") else tool
    )


def _outcome(activity: Activity, *, before: bool = False) -> Text:
    if activity.type == "error" or not activity.is_error:
        return Text()
    took = f" after {duration(activity.took.total_seconds())}" if activity.took else ""
    return Text("✗ " if before else f"  ✗ failed{took}", style="red")


def _output(activity: Activity) -> Text:
    output = (activity.tool_output or "").rstrip()
    return Text("\n").append_text(dim(clean(output))) if output else Text()
