"""The one table of marks, words and styles; never colour alone.

Styles use the terminal's own sixteen colours, so that they read on light and on dark. Nothing of
Rich is loaded for them: the lines of a watch are written without it.
"""

from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from rensei_cli.options import TimeStyle
from rensei_cli.render.text import brief
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import meaning_of
from rensei_cli.session.signals import State

if TYPE_CHECKING:
    from rich.text import Text

# What a server calls a word, a name or a sentence; of a longer one the beginning is shown.
WORD_CHARACTERS, NAME_CHARACTERS, SENTENCE_CHARACTERS = 20, 80, 240


class Look(NamedTuple):
    """How a view is drawn; a zone of `None` is this machine's, `a11y` wants words for symbols."""

    times: TimeStyle = TimeStyle.relative
    zone: tzinfo | None = None
    a11y: bool = False


class Mark(NamedTuple):
    """A symbol, the word that says the same, and a style that only repeats it."""

    symbol: str
    word: str
    style: str

    def text(self, look: Look) -> "Text":
        """Give symbol and word, or the word alone where symbols would be read out."""
        from rich.text import Text  # noqa: PLC0415 - a tail is written without it

        return Text(self.word if look.a11y else f"{self.symbol} {self.word}", style=self.style)

    def sign(self, look: Look) -> "Text":
        """Give the symbol alone, or the word where symbols would be read out."""
        from rich.text import Text  # noqa: PLC0415 - as above

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


def status_mark(status: str | None) -> Mark:
    """Give the mark of a status; one in other words keeps them and takes its meaning's symbol."""
    word = brief(status or "unknown", WORD_CHARACTERS)
    kin = STATUSES.get(meaning_of(status or ""))
    return Mark(kin.symbol, word, kin.style) if kin else Mark("?", word, "bright_black")


def activity_mark(kind: str) -> Mark:
    """Give the mark of a type of activity; one that is not known keeps its own word."""
    known = ACTIVITIES.get(kind)
    return known or Mark("?", brief(kind, WORD_CHARACTERS), "bright_black")
