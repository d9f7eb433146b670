"""A watch that runs beside the test, on a platform whose times are short."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hands import Watching

from rensei_cli.cli import run
from rensei_cli.commands.following import follow
from rensei_cli.commands.viewing import View
from rensei_cli.errors import RenseiError
from rensei_cli.runtime import Runtime
from rensei_cli.watch.plan import Pace, Plan


@pytest.fixture
def watch(rensei) -> Iterator[Callable[..., Watching]]:
    """Start `rensei session watch …` beside the test; it is over when the test is."""
    with ExitStack() as undo:

        def started(*argv: str, **environ: str) -> Watching:
            watching = Watching(lambda: run(["session", "watch", *argv], runtime))
            runtime = _runtime(rensei, watching, environ)
            undo.callback(watching.end)
            return watching.start()

        yield started


@pytest.fixture
def follow_at(rensei) -> Iterator[Callable[..., Watching]]:
    """Start a watch whose own times are shorter than a user can make them."""
    with ExitStack() as undo:

        def started(
            url: str, session: str, plan: Plan, *, json: bool = True, **pace: Any
        ) -> Watching:
            def work() -> int:
                try:
                    return follow(runtime, session, plan, View(), pace=Pace(**pace))
                except RenseiError as error:
                    runtime.plain_output(as_json=json).report(error)
                    return error.exit_code

            watching = Watching(work)
            environ = {"RENSEI_API_URL": url, **({"RENSEI_JSON": "1"} if json else {})}
            runtime = _runtime(rensei, watching, environ)
            undo.callback(watching.end)
            return watching.start()

        yield started


def _runtime(rensei: Any, watching: Watching, environ: dict[str, str]) -> Runtime:
    return Runtime(
        environ={"RENSEI_HOME": str(rensei.home), **rensei.environ, **environ},
        stdin=io.StringIO(),
        stdout=watching.stdout,
        stderr=watching.stderr,
    )
