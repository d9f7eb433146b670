"""The one table of marks, words and styles; never colour alone.

Styles use the terminal's own sixteen colours, so that they read on light and on dark.
"""

from dataclasses import dataclass
from datetime import tzinfo

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rensei_cli.options import TimeStyle
from rensei_cli.render.text import brief
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import meaning_of
from rensei_cli.session.signals import State

# What a server calls a word, a name or a sentence; of a longer one the beginning is shown.
WORD_CHARACTERS, NAME_CHARACTERS, SENTENCE_CHARACTERS = 20, 80, 240


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
FAILED = Mark("✗", "failed", "red")
WARNING = Mark("!", "warning:", "yellow")
ACTIVITIES = {
    "thought": Mark("·", "thought", "bright_black"),
    "action": Mark("›", "action", "cyan"),
    "response": Mark("«", "response", "default"),
    "error": Mark("✗", "error", "red"),
    "progress": Mark("…", "progress", "bright_black"),
    "context": Mark("=", "context", "bright_black"),
}


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


def status_mark(status: str | None) -> Mark:
    """Give the mark of a status; one in other words keeps them and takes its meaning's symbol."""
    word = brief(status or "unknown", WORD_CHARACTERS)
    kin = STATUSES.get(meaning_of(status or ""))
    return Mark(kin.symbol, word, kin.style) if kin else Mark("?", word, "bright_black")


def activity_mark(kind: str) -> Mark:
    """Give the mark of a type of activity; one that is not known keeps its own word."""
    return ACTIVITIES.get(kind, Mark("?", brief(kind, WORD_CHARACTERS), "bright_black"))


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
