"""`rensei doctor`: what is in order here and at the server, and what to do where it is not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import typer

from rensei_cli.commands.tree import runtime_of
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rensei_cli.doctor.caller import Caller
    from rensei_cli.doctor.check import Report
    from rensei_cli.output import Output

HELP = """Check this machine, the configuration, the way to the server, and what it can do.

Nothing is changed and no act is tried. It ends in about 15 s on a dead network, and exits 1 when
anything is broken; each finding comes with a command.

Examples:
  rensei doctor
  rensei doctor --url http://localhost:3000
  rensei doctor --json | jq '.checks[] | select(.state == "failure")'
"""
_SILENCE_SECONDS = 1.0


def doctor(ctx: typer.Context) -> int:
    """Check everything."""
    runtime = runtime_of(ctx)
    from rensei_cli.doctor.caller import caller
    from rensei_cli.doctor.document import doctor_document

    found = caller(runtime.options, runtime.environ, runtime.stdin, runtime.now())
    if found.settings:
        # What was left out because it cannot be used is told, and not met again.
        runtime.settings = found.settings
    output = runtime.output if found.settings else runtime.plain_output()
    with _patience(runtime, output):
        report = _examined(runtime, found, output)

    def view(_width: int) -> "RenderableType":
        from rensei_cli.render.doctor import doctor_page
        from rensei_cli.render.marks import Look

        return doctor_page(report, look=Look(a11y=runtime.words))

    output.emit(lambda: doctor_document(report), view)
    return report.exit_code


def _examined(runtime: Runtime, found: "Caller", output: "Output") -> "Report":
    from rensei_cli.doctor.examination import Place, examine
    from rensei_cli.doctor.interview import Means
    from rensei_cli.doctor.probe import LIMITS

    traced = found.settings is not None and found.settings.debug
    means = Means(
        limits=runtime.limits or LIMITS,
        now=runtime.now,
        environ=runtime.environ,
        trace=output.decision if traced else lambda _line: None,
    )
    # `Path` would raise for a user who has no home.
    home = Path(os.path.expanduser(runtime.environ.get("HOME") or "~"))  # noqa: PTH111
    place = Place(own=_own_file(), home=home, stdout=runtime.stdout, options=runtime.options)
    return examine(place, found, means)


@contextmanager
def _patience(runtime: Runtime, output: "Output") -> Iterator[None]:
    """Tell somebody at a terminal that it goes on, where it takes its time."""
    told = Timer(_SILENCE_SECONDS, lambda: output.notice("asking the server, for 15 s at most"))
    told.daemon = True
    if runtime.stderr.isatty():
        told.start()
    try:
        yield
    finally:
        told.cancel()


def _own_file() -> Path:
    """Give the file that starts this program, also where a module was named instead."""
    typed = Path(sys.argv[0])
    return typed if typed.name == "rensei" else Path(sys.executable).parent / "rensei"
