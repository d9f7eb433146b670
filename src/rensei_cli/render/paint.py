"""Finished strings with their styles applied, for lines that are written by the ten thousand."""

from textwrap import wrap
from typing import NamedTuple

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


# However narrow a terminal is, a word or two stand on a line.
_NARROWEST = 16


class Paint(NamedTuple):
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
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - its tables take 30 ms

    # A character takes at most two cells and some take none: measure what can matter only.
    head = text[: 4 * width + 16]
    if len(head) == len(text) and cell_len(text) <= width:
        return text
    return set_cell_size(head, max(0, width - 1)).rstrip() + "…"


def wrapped(text: str, width: int | None, indent: int = 0, hanging: int = 2) -> list[str]:
    """Give a clean text on as many lines as a width needs, broken between words."""
    first = " " * indent
    if width is None or indent + len(text) <= width:
        return [first + text]
    rest = first + " " * hanging
    return wrap(
        text,
        max(width, len(rest) + _NARROWEST),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
