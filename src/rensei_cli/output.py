"""How results leave: data to stdout, everything else to stderr, as a document or as a view."""

import json
import math
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from rensei_cli.errors import ContractError, RenseiError
from rensei_cli.options import Color

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPE_COLUMNS = 80


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
        console.print(view(console.width))

    def document(self, document: Mapping[str, Any]) -> None:
        """Print one JSON document, indented for a person and on one line for a program."""
        self.write(dumps(document, indent=2 if self._stdout.isatty() else None) + "\n")

    def console(self) -> "Console":
        """Give a console on stdout that interprets nothing."""
        return self._console(self._stdout)

    def write(self, text: str) -> None:
        """Write finished text to stdout at once."""
        self._stdout.write(text)
        self._stdout.flush()

    def notice(self, text: str) -> None:
        """Tell a person something that is not the result."""
        self._stderr.write(f"{text}\n")
        self._stderr.flush()

    def decision(self, text: str) -> None:
        """Tell with `--verbose` what was decided, or with `--debug` what was sent."""
        if self._verbose:
            self.notice(f"· {text}")

    def report(self, error: RenseiError) -> None:
        """Print a failure: a sentence for people on stderr, and with `--json` a document too."""
        if self.as_json:
            self.write(dumps(error.document()) + "\n")
        from rensei_cli.render.error import error_view

        self._console(self._stderr).print(error_view(error))

    def _console(self, stream: TextIO) -> "Console":
        from rich.console import Console

        colored = self._colored(stream)
        return Console(
            file=stream,
            width=None if stream.isatty() else self._columns(),
            color_system="standard" if colored else None,
            force_terminal=colored or None,
            no_color=not colored,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            _environ={"COLUMNS": self._environ["COLUMNS"]} if "COLUMNS" in self._environ else {},
        )

    def _colored(self, stream: TextIO) -> bool:
        if self._color is Color.auto:
            return stream.isatty() and self._environ.get("TERM") != "dumb"
        return self._color is Color.always

    def _columns(self) -> int:
        columns = self._environ.get("COLUMNS", "")
        return int(columns) if columns.isdigit() and int(columns) > 0 else _PIPE_COLUMNS


def dumps(document: Mapping[str, Any], indent: int | None = None) -> str:
    """Give valid JSON in ASCII: no control byte, no NaN, whatever a server put in."""
    separators = None if indent else (",", ":")
    try:
        return json.dumps(document, indent=indent, separators=separators, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(document), indent=indent, separators=separators)
    except RecursionError:
        raise ContractError("the server's answer is nested too deeply to be printed") from None


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def silence_stdout() -> None:
    """Point stdout away, so that the interpreter's last flush cannot fail on a closed pipe."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
