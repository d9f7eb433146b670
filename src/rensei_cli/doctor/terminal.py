"""What the terminal can show, and what decided it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from rensei_cli.doctor.check import Check, ok, untold, warning
from rensei_cli.doctor.remedies import Remedy
from rensei_cli.options import Color, GlobalOptions
from rensei_cli.settings import wanted_color, wants_a11y

# Every view is drawn for this width and more; a narrower one folds its lines.
_NARROW = 60


def terminal_check(stdout: TextIO, options: GlobalOptions, environ: Mapping[str, str]) -> Check:
    """Give whether somebody reads along, and how wide."""
    kind, columns = environ.get("TERM", ""), _columns(stdout, environ)
    details = {
        "interactive": stdout.isatty(),
        "columns": columns,
        "term": kind or None,
        "a11y": wants_a11y(options, environ),
    }
    if not stdout.isatty():
        told = "none: lines without a pinned status, and no question is asked"
        return ok("terminal", told, **details)
    if not kind:
        told = "TERM is not set: what the terminal understands is not known"
        return warning("terminal", told, Remedy.term.command(), **details)
    narrow = ": narrow, lines are folded" if columns and columns < _NARROW else ""
    words = ", words for symbols" if details["a11y"] else ""
    return ok("terminal", f"{kind}, {columns or '?'} columns{narrow}{words}", **details)


def _columns(stdout: TextIO, environ: Mapping[str, str]) -> int | None:
    if environ.get("COLUMNS", "").isdecimal():
        return int(environ["COLUMNS"])
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stdout.fileno()).columns or None
    return None


def color_check(stdout: TextIO, options: GlobalOptions, environ: Mapping[str, str]) -> Check:
    """Give whether colours are written, and what decided it."""
    wanted, source = wanted_color(options, environ), _decided_by(options, environ)
    if wanted is Color.auto:
        if not stdout.isatty():
            return ok("color", "off: stdout is no terminal", on=False, source="terminal")
        dumb = environ.get("TERM") == "dumb"
        return ok("color", "off: TERM is dumb" if dumb else "on", on=not dumb, source="terminal")
    on = wanted is Color.always
    return ok("color", f"{'on' if on else 'off'}, by {source}", on=on, source=source)


def _decided_by(options: GlobalOptions, environ: Mapping[str, str]) -> str:
    if options.color:
        return f"--color {options.color}"
    names = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")
    return next((name for name in names if environ.get(name)), "terminal")


def encoding_check(stdout: TextIO) -> Check:
    """Give whether every character can be written."""
    encoding = getattr(stdout, "encoding", None)
    if not encoding:
        return untold("encoding", "cannot be told: stdout is no stream of bytes")
    if encoding.lower().replace("-", "") == "utf8":
        return ok("encoding", "UTF-8", encoding=encoding)
    told = f"{encoding}: what it cannot write is shown as an escape"
    return warning("encoding", told, Remedy.utf8.command(), encoding=encoding)
