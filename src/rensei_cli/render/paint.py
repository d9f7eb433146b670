"""Finished strings with their styles applied, for lines that are written by the ten thousand."""

import re
from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

_CODES = {
    "": "",
    "default": "",
    "bold": "1",
    "bright_black": "90",
    "red": "31",
    "bold red": "1;31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "magenta": "35",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Puts a style around a text, or leaves it as it is where colour is not wanted."""

    colored: bool

    def __call__(self, text: str, style: str) -> str:
        """Give the text in a style."""
        code = _CODES.get(style, "") if self.colored else ""
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def fit(text: str, width: int) -> str:
    """Give clean text cut to a number of terminal cells, with an ellipsis where it was cut."""
    if len(text) <= width // 2 or (text.isascii() and len(text) <= width):
        return text
    if text.isascii():
        return text[: max(0, width - 1)] + "…"
    # A character takes at most two cells and some take none: measure what can matter only.
    head = text[: 4 * width + 16]
    if len(head) == len(text) and cell_len(text) <= width:
        return text
    return set_cell_size(head, max(0, width - 1)).rstrip() + "…"


def wrapped(line: str, width: int) -> list[str]:
    """Give a line in as many as a width needs, broken between words, the rest indented."""
    if len(_SEQUENCES.sub("", line)) <= width:
        return [line]
    return wrap(line, max(20, width), subsequent_indent="    ", break_on_hyphens=False)


_SEQUENCES = re.compile("\x1b\\[[0-9;]*m")
