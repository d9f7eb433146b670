"""Server text made harmless, and figures made readable."""

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from rensei_cli.options import TimeStyle

MISSING = "–"
IMPOSSIBLE = "?"

# Everything that moves a cursor, changes direction or ends a line by another name than "\n".
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# No session lasts or costs as much: such a figure is a mistake of its server.
_CENTURY, _MOST = 36_525 * _DAY, 1e12
_TOOL_CHARACTERS = 40


def clean(text: str) -> str:
    """Give text whose only control characters are newline and tab; the others become visible."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Give clean text on a single line, white space folded."""
    return " ".join(clean(text).split())


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:  # noqa: PLR2004 - Unicode draws the C0 controls from U+2400 on
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - and DEL apart
        return "\u2421"
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - half a character cannot be encoded at all
        return "\ufffd"
    return f"⟨{code:02X}⟩"


def brief(text: str, characters: int) -> str:
    """Give the beginning of a text on one line; what is cut off was never looked at."""
    line = one_line(text[: 4 * characters])
    if len(line) <= characters:
        return f"{line}…" if len(text) > 4 * characters else line
    return f"{line[: characters - 1].rstrip()}…"


def tool_name(tool: str) -> str:
    """Give a tool's name, `server/tool` where it is qualified as `mcp__server__tool`."""
    return _tool_name(tool[: 8 * _TOOL_CHARACTERS])


@lru_cache(maxsize=64)  # a run calls few tools, each of them often
def _tool_name(tool: str) -> str:
    named = tool.removeprefix("mcp__").replace("__", "/") if tool.startswith("mcp__") else tool
    return brief(named, _TOOL_CHARACTERS)


def duration(seconds: float | None) -> str:
    """Give a duration in its two largest units, such as `11m 40s` or `3h 05m`."""
    if seconds is None:
        return MISSING
    if not abs(seconds) < _CENTURY:  # also what is not a number
        return IMPOSSIBLE
    whole = int(max(0.0, seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m {whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d {whole % _DAY // _HOUR}h"


def limit(seconds: float | None) -> str:
    """Give a duration without a unit that is zero: `10m`, and still `1m 30s`."""
    return re.sub(r" 0+[smh]$", "", duration(seconds))


def moment(
    at: datetime | None,
    *,
    now: datetime,
    style: TimeStyle,
    zone: tzinfo | None,
    impossible: bool = False,
) -> str:
    """Give a moment in the style asked for; a missing one is `–`, an impossible one `?`."""
    if at is None:
        return IMPOSSIBLE if impossible else MISSING
    if style is TimeStyle.relative:
        return ago((now - at).total_seconds())
    try:
        here = UTC if style is TimeStyle.utc else zone
        shown, today = at.astimezone(here), now.astimezone(here).date()
    except (OverflowError, ValueError, OSError):  # beyond the calendar of this machine
        return IMPOSSIBLE
    written = shown.strftime("%H:%M:%S" if shown.date() == today else "%Y-%m-%d %H:%M:%S")
    return f"{written}Z" if style is TimeStyle.utc else written


def ago(seconds: float) -> str:
    """Give an age in its largest unit; a moment ahead of the server's clock is said to be so."""
    if not abs(seconds) < _CENTURY * 100:
        return IMPOSSIBLE
    if seconds < -1:
        return f"in {duration(-seconds)}"
    if seconds < 1:
        return "now"
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit} ago"
    return f"{int(seconds)}s ago"


def money(dollars: float | None) -> str:
    """Give a cost; below a cent with four decimals, unknown as `–`."""
    if dollars is None:
        return MISSING
    if not abs(dollars) < _MOST:
        return IMPOSSIBLE
    return f"${dollars:.4f}" if 0 < dollars < 0.01 else f"${dollars:,.2f}"  # noqa: PLR2004


def tokens(count: float | None) -> str:
    """Give a number of tokens as `950`, `48.2k` or `1.5M`."""
    if count is None:
        return MISSING
    if not abs(count) < _MOST:
        return IMPOSSIBLE
    for size, unit in ((1_000_000, "M"), (1000, "k")):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return str(int(count))
