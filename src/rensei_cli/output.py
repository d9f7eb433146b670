"""How results leave: data to stdout, everything else to stderr, as a document or as a view."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from rensei_cli.errors import RenseiError
from rensei_cli.options import Color

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPE_COLUMNS = 80
_COLUMNS = re.compile(r"[1-9][0-9]{0,3}")


class Output:
    """The two streams of one call and the decisions about them."""

    def __init__(
        self,
        *,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        as_json: bool = False,
        color: Color = Color.auto,
        verbose: bool = False,
    ) -> None:
        self._stdout, self._stderr, self._environ = stdout, stderr, environ
        self.as_json, self._color, self._verbose = as_json, color, verbose
        for stream in (stdout, stderr):
            # An ASCII terminal shows an escape for a letter it does not have, never a traceback.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")

    def emit(
        self,
        document: Callable[[], Mapping[str, Any]],
        view: "Callable[[int], RenderableType]",
    ) -> None:
        """Print one result: the document with `--json`, else the view at the stream's width."""
        if self.as_json:
            self.document(document())
            return
        console = self.console()
        with written("the output", self._stdout):
            console.print(view(console.width))

    def document(self, document: Mapping[str, Any]) -> None:
        """Print one JSON document, indented for a person and on one line for a program."""
        self._put(dumps(document, indent=2 if self._stdout.isatty() else None) + "\n")

    @property
    def colored(self) -> bool:
        """Whether stdout gets colours."""
        return self._colored(self._stdout)

    def console(self) -> "Console":
        """Give a console on stdout that interprets nothing."""
        return self._console(self._stdout)

    def write(self, text: str) -> None:
        """Write plain text to stdout at once, made harmless."""
        from rensei_cli.render.text import clean

        self._put(clean(text))

    def _put(self, text: str) -> None:
        with written("the output", self._stdout):
            self._stdout.write(text)
            self._stdout.flush()

    def notice(self, text: str) -> None:
        """Tell a person something that is not the result, made harmless."""
        self.ask(f"{text}\n")

    def ask(self, text: str) -> None:
        """Put a question to a person, made harmless; the answer is typed behind it."""
        from rensei_cli.render.text import clean

        self._stderr.write(clean(text))
        self._stderr.flush()

    def aside(self, view: "Callable[[int], RenderableType]") -> None:
        """Show a person something that is not the result."""
        console = self._console(self._stderr)
        console.print(view(console.width))

    def decision(self, text: str) -> None:
        """Tell with `--verbose` what was decided, or with `--debug` what was sent."""
        if self._verbose:
            self.notice(f"· {text}")

    def report(self, error: RenseiError) -> None:
        """Print a failure: a sentence for people on stderr, and with `--json` a document too."""
        if self.as_json:
            self._put(dumps(error.document()) + "\n")
        from rensei_cli.render.error import error_view

        # A log keeps a sentence on its line; only a terminal has an edge to break it at.
        whole = not self._stderr.isatty()
        self._console(self._stderr).print(error_view(error), soft_wrap=whole)

    def _console(self, stream: TextIO) -> "Console":
        colored, columns = self._colored(stream), self._columns()
        return _console_type()(
            file=stream,
            width=None if stream.isatty() else columns or _PIPE_COLUMNS,
            color_system="standard" if colored else None,
            force_terminal=colored or None,
            no_color=not colored,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            _environ={"COLUMNS": str(columns)} if columns else {},
        )

    def _colored(self, stream: TextIO) -> bool:
        if self._color is Color.auto:
            return stream.isatty() and self._environ.get("TERM") != "dumb"
        return self._color is Color.always

    def _columns(self) -> int | None:
        """Give the width that was asked for, where it is one."""
        columns = self._environ.get("COLUMNS", "")
        return int(columns) if _COLUMNS.fullmatch(columns) else None


# Made once: `json.dumps` makes one for every call that asks for anything but its defaults.
# What came as JSON holds no circle, and looking for one costs a tail a tenth of its time.
_LINE = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)


def dumps(document: Mapping[str, Any], indent: int | None = None) -> str:
    """Give valid JSON in ASCII: no control byte, no NaN, whatever a server put in."""
    encoder = _LINE if indent is None else json.JSONEncoder(indent=indent, allow_nan=False)
    try:
        text = encoder.encode(document)
    except ValueError:
        text = encoder.encode(_finite(document))
    # The only control character that JSON does not escape by itself.
    return text.replace("\x7f", "\\u007f") if "\x7f" in text else text


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


@cache
def _console_type() -> "type[Console]":
    """Give Rich's console, except that it leaves a closed pipe to `main`, which ends quietly."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Piped


@contextmanager
def written(where: str, stream: TextIO | None = None) -> Iterator[None]:
    """Turn a write that fails, on a full disk for instance, into an error of ours.

    What is still in the stream then goes nowhere, so that the interpreter's last flush is quiet.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as failure:
        if stream is not None:
            silence(stream)
        raise RenseiError(f"{where} could not be written: {failure.strerror}") from None


def silence_stdout() -> None:
    """Point both streams away, so that the interpreter's last flush fails on no closed pipe."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        silence(stream)


def silence(stream: TextIO) -> None:
    """Let what is still in a stream that cannot be written go nowhere."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
