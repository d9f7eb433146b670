"""The one table of marks, words and styles; never colour alone.

Styles use the terminal's own sixteen colours, so that they read on light and on dark.
"""

from dataclasses import dataclass
from datetime import tzinfo

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from rensei_cli.options import TimeStyle
from rensei_cli.render.text import clean
from rensei_cli.session.health import Level
from rensei_cli.session.signals import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a view is drawn; a zone of `None` is this machine's, `a11y` wants words for symbols."""

    times: TimeStyle = TimeStyle.relative
    zone: tzinfo | None = None
    a11y: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol, the word that says the same, and a style that only repeats it."""

    symbol: str
    word: str
    style: str

    def text(self, look: Look) -> Text:
        """Give symbol and word, or the word alone where symbols would be read out."""
        return Text(self.word if look.a11y else f"{self.symbol} {self.word}", style=self.style)

    def sign(self, look: Look) -> Text:
        """Give the symbol alone, or the word where symbols would be read out."""
        return Text(self.word if look.a11y else self.symbol, style=self.style)


STATUSES = {
    "working": Mark("●", "working", "green"),
    "queued": Mark("◌", "queued", "yellow"),
    "parked": Mark("○", "parked", "bright_black"),
    "completed": Mark("✓", "completed", "green"),
    "failed": Mark("✗", "failed", "red"),
    "stopped": Mark("■", "stopped", "magenta"),
}
LEVELS = {
    Level.red: Mark("●", "red", "bold red"),
    Level.yellow: Mark("●", "yellow", "yellow"),
    Level.green: Mark("●", "green", "green"),
    Level.unknown: Mark("?", "unknown", "bright_black"),
    Level.none: Mark("–", "none", "bright_black"),
}
STATES = {
    State.clear: Mark("✓", "clear", "green"),
    State.unknown: Mark("?", "unknown", "bright_black"),
    State.not_applicable: Mark("–", "not evaluated", "bright_black"),
}
ACTIVE = {"blocking": Mark("✗", "stuck", "bold red"), "advisory": Mark("!", "active", "yellow")}
ACTIVITIES = {
    "thought": Mark("·", "thought", "bright_black"),
    "action": Mark("›", "action", "cyan"),
    "response": Mark("«", "response", "default"),
    "error": Mark("✗", "error", "red"),
    "progress": Mark("…", "progress", "bright_black"),
    "context": Mark("=", "context", "bright_black"),
}


def status_mark(status: str | None) -> Mark:
    """Give the mark of a status; one that is not known keeps its own word."""
    return STATUSES.get(status or "", Mark("?", clean(status or "unknown"), "bright_black"))


def activity_mark(kind: str) -> Mark:
    """Give the mark of a type of activity; one that is not known keeps its own word."""
    return ACTIVITIES.get(kind, Mark("?", clean(kind), "bright_black"))


def dim(text: str) -> Text:
    """Give text that stands back."""
    return Text(text, style="bright_black")


def section(title: Text, *parts: RenderableType, look: Look) -> RenderableType:
    """Give a titled block: a panel, or a heading where lines would be read out."""
    if look.a11y:
        return Group(Text(), title, *parts)
    return Panel(
        Group(*parts),
        title=title,
        title_align="left",
        box=box.ROUNDED,
        border_style="bright_black",
        padding=(0, 1),
    )
