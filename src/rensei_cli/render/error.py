"""A failure in three lines: what, why, what to do."""

from rich.console import Group, RenderableType
from rich.text import Text

from rensei_cli.errors import RenseiError
from rensei_cli.render.text import clean


def error_view(error: RenseiError) -> RenderableType:
    """Give the error for people."""
    lines = [Text.assemble(("error: ", "bold red"), clean(error.message))]
    if error.hint:
        lines += [Text(f"  {line}") for line in clean(error.hint).splitlines()]
    if error.remedy:
        lines.append(Text.assemble(("  try: ", "bold"), clean(error.remedy)))
    if error.request_id:
        lines.append(Text(f"  request id: {clean(error.request_id)}", style="bright_black"))
    return Group(*lines)
