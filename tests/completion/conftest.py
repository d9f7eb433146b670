"""A `rensei` on the PATH of a shell that knows nothing else, and sessions it has seen."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from shells import Asked, Typed, needed

from rensei_cli.completion.cache import Known, Scope
from rensei_cli.completion.remember import remember


@pytest.fixture
def surroundings(tmp_path) -> dict[str, str]:
    """The environment of a shell."""
    program = tmp_path / "bin" / "rensei"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rensei_cli "$@"\n')
    program.chmod(0o755)
    return {
        "HOME": str(tmp_path),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "RENSEI_HOME": str(tmp_path / "rensei"),
        "LANG": "C.UTF-8",
    }


@pytest.fixture
def see(surroundings) -> Callable[..., None]:
    """Have a command see sessions."""

    def seen(*rows: list[str], url: str = "https://app.rensei.ai", **scope: str) -> None:
        fields = [url, *(scope.get(name, "") for name in ("auth", "org", "project", "running"))]
        remember(surroundings, Scope(fields), [Known(row) for row in rows], whole=True)

    return seen


@pytest.fixture
def shell(surroundings, tmp_path) -> Iterator[Callable[..., Any]]:
    """Start a shell; a missing one is a reason to skip."""
    with ExitStack() as undo:

        def started(name: str, load: str | None = None) -> Any:
            needed(name)
            if name == "fish":
                return Asked(surroundings, tmp_path)
            return undo.enter_context(closing(Typed(name, surroundings, tmp_path, load)))

        yield started


@pytest.fixture
def answers(surroundings) -> Callable[..., dict[str, str]]:
    """What the program itself answers for a line: the words and what is said of each."""

    def answered(line: str, **environ: str) -> dict[str, str]:
        measured = {name: value for name, value in os.environ.items() if "COVERAGE" in name}
        asked = {"_RENSEI_COMPLETE": "complete_fish", "_RENSEI_COMPLETE_LINE": line}
        done = subprocess.run(
            [sys.executable, "-m", "rensei_cli"],
            env={**surroundings, **measured, **asked, **environ},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        kind, *offers = done.stdout.splitlines()
        if kind == "rensei files":
            return {"<files>": ""}
        assert kind == "rensei words"
        return dict(offer.partition("\t")[::2] for offer in offers)

    return answered
