"""Makes what is made: pictures, completions, the man page, schemas. `make docs` runs it.

The pictures are the program's own output about the demo's real agents, so this takes half a minute.
"""

import io
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import man
from rich.console import Console, RenderableType
from rich.text import Text
from schemas import schemas
from schemas import text as text_of

from completions import completions
from rensei_cli.cli import run
from rensei_cli.commands.observe import snapshot_of
from rensei_cli.commands.watch import View, follow
from rensei_cli.embedded.demo import demo
from rensei_cli.options import Color, GlobalOptions
from rensei_cli.render.marks import Look
from rensei_cli.render.session import page
from rensei_cli.runtime import Runtime
from rensei_cli.watch.plan import Condition, ExitOn, Plan

ROOT = Path(__file__).parent.parent
WIDTH = 92
RED_AFTER_SECONDS = 40.0


def picture(title: str, view: RenderableType) -> str:
    """Give a view as an SVG that fetches nothing from anywhere."""
    console = Console(
        file=io.StringIO(), record=True, width=WIDTH, markup=False, emoji=False, highlight=False
    )
    console.print(view)
    svg = console.export_svg(title=title, unique_id="rensei")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


class Terminal(io.StringIO):
    """What stands on a terminal at which somebody says yes to every question."""

    def isatty(self) -> bool:
        """Say that a person is there."""
        return True

    def readline(self, _size: int | None = -1, /) -> str:
        """Type a yes, which is seen where it was asked for."""
        self.write("y\n")
        return "y\n"


def typed(environ: dict[str, str], url: str, *argv: str) -> Text:
    """Give what stands on a terminal after a command."""
    terminal = Terminal()
    options = GlobalOptions(url=url, color=Color.always)
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    run(argv, Runtime(environ=environ, options=options, **streams))
    return Text.from_ansi(terminal.getvalue())


def pictures() -> dict[str, str]:
    """Give the README's pictures, drawn from a demo that really runs."""
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "RENSEI_HOME": home, "COLUMNS": str(WIDTH)}
        with demo(environ) as world:
            looping = world.ids["looping"]
            options = GlobalOptions(url=world.url, color=Color.always)
            watched = io.StringIO()
            runtime = Runtime(environ=environ, options=options, stdout=watched)
            plan = Plan(timeout_seconds=RED_AFTER_SECONDS, exit_on=[ExitOn(Condition.red)])
            follow(runtime, looping, plan, View())
            stop = ("session", "stop", "ENG-128", "--reason", "wrong branch")
            stopped = typed(environ, world.url, *stop)
            time.sleep(9)
            snapshot = snapshot_of(runtime, looping)
            shown = snapshot.select(limit=6, types=())
            view = page(snapshot, shown, width=WIDTH, link=None, full=False, look=Look())
            told = Text.from_ansi(watched.getvalue())
            return {
                "show.svg": picture(f"rensei session show {looping}", view),
                "watch.svg": picture(f"rensei session watch {looping}", told),
                "stop.svg": picture(
                    f"rensei {' '.join(stop[:3])} --reason 'wrong branch'", stopped
                ),
            }


def main() -> None:
    """Write everything that is made."""
    for file, text in completions().items():
        (ROOT / file).write_text(text)
    man.PAGE.write_text(man.page(), encoding="ascii")
    for file, schema in schemas().items():
        (ROOT / "docs" / "schemas" / file).write_text(text_of(schema))
    for file, text in pictures().items():
        (ROOT / "docs" / file).write_text(text)
    sys.stdout.write("completions/, docs/man/, docs/schemas/ and docs/*.svg are current\n")


if __name__ == "__main__":
    main()
