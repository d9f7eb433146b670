"""What views are made of: panels, hanging lines, warnings."""

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rensei_cli.render.marks import WARNING, Look


def warning(text: str, look: Look) -> RenderableType:
    """Give a line that wants to be noticed, what does not fit indented beneath."""
    return hanging(WARNING.sign(look), Text(text, style=WARNING.style))


def hanging(*texts: Text) -> RenderableType:
    """Give texts side by side, of which the last wraps beneath itself."""
    line = Table.grid(padding=(0, 1))
    for _ in texts:
        line.add_column(overflow="fold")
    line.add_row(*texts)
    return line


def dim(text: str) -> Text:
    """Give text that stands back."""
    return Text(text, style="bright_black")


def section(
    title: str, *parts: RenderableType, look: Look, note: Text | None = None
) -> RenderableType:
    """Give a titled panel, or a heading with its lines beneath where boxes would be read out."""
    aside = note if note is not None and parts else Text()
    heading = Text.assemble((title, "bold"), "  " if aside else "", aside)
    body = parts or (note or Text(),)
    if look.a11y:
        return Group(Text(), heading, *(Padding(part, (0, 0, 0, 2), expand=False) for part in body))
    return Panel(
        Group(*body),
        box=ROUNDED,
        title=heading,
        title_align="left",
        border_style="bright_black",
        padding=(0, 1),
    )
