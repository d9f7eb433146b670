"""What of an activity is shown on its lines: as little as tells it, or all of it."""

from rensei_cli.api import reading
from rensei_cli.api.activity import Activity
from rensei_cli.render.paint import wrapped
from rensei_cli.render.text import clean, one_line, tool_name
from rensei_cli.session.loops import arguments, is_call, wording

# Without a terminal there is no width; a line of a log is cut here.
PIPE_CHARACTERS = 200
# What is shown of prose before `--full` is needed, in lines; of everything else it is one.
_FOLDED_LINES = {"response": 6, "error": 6, "thought": 2}
_TAB = 4


def said(activity: Activity) -> str:
    """Give what an activity says, a call by its arguments alone."""
    if is_call(activity):
        return arguments(activity)
    if activity.type == "action":
        return wording(activity)
    value = reading.text(activity.raw.get("contextValue")) if activity.type == "context" else None
    return activity.content if value is None else f"{activity.content} = {value}"


def called(activity: Activity) -> str:
    """Give a call in a few words."""
    return one_line(f"{tool_name(activity.tool or '')} {arguments(activity)[:PIPE_CHARACTERS]}")


def whole(text: str) -> list[str]:
    """Give all of a text, made harmless, line by line."""
    return clean(text).expandtabs(_TAB).splitlines()


def folded(kind: str, text: str, *, compact: bool, columns: int | None) -> list[str]:
    """Give the beginning of what a kind of activity says, and how much more there is.

    What is not shown is not looked at: a content may be megabytes. Prose is broken at so many
    columns, where there is an edge to break it at.
    """
    shown = 1 if compact else _FOLDED_LINES.get(kind, 1)
    if shown == 1:
        return [one_line(text[: 4 * PIPE_CHARACTERS])]
    text, lines, start = text.strip(), [], 0
    for _ in range(shown):
        found = text.find("\n", start)
        end = len(text) if found < 0 else found
        part = text[start : min(end, start + 2 * shown * PIPE_CHARACTERS)]
        lines += _broken(part.removesuffix("\r"), columns)
        start = end + 1
        if found < 0:
            break
    hidden = text.count("\n", start) + 1 if start <= len(text) else 0
    more = len(lines) - shown + hidden
    if more > 1 or hidden:
        lines[shown:] = [f"… {more} more {'line' if more == 1 else 'lines'} (--full)"]
    return lines


def _broken(text: str, columns: int | None) -> list[str]:
    """Give a line of prose on as many lines as a terminal needs; a log has no edge."""
    line = clean(text).expandtabs(_TAB).rstrip()
    if columns is None or len(line) <= columns:
        return [line]
    return wrapped(line.strip(), columns, hanging=0)
