"""What every test may start from: the program itself, and a real platform over real HTTP."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console, RenderableType

from rensei_cli.cli import run
from rensei_cli.embedded.platform import Config, Running, running
from rensei_cli.runtime import Runtime

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Result:
    exit: int
    stdout: str
    stderr: str


@dataclass(slots=True)
class Program:
    """`rensei …` in this process, with an environment, a clock and pauses of its own.

    Time passes by pauses alone, and in each of them the next of `meanwhile` happens.
    """

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    slept: list[float] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def __call__(
        self, *argv: str, environ: Mapping[str, str] | None = None, stdin: str = ""
    ) -> Result:
        stdout, stderr = io.StringIO(), io.StringIO()
        runtime = Runtime(
            environ={"RENSEI_HOME": str(self.home), **self.environ, **(environ or {})},
            stdin=io.StringIO(stdin),
            stdout=stdout,
            stderr=stderr,
            now=self.now,
            sleep=self._pause,
            monotonic=lambda: sum(self.slept),
        )
        code = run(argv, runtime)
        return Result(code, stdout.getvalue(), stderr.getvalue())

    def _pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()


@pytest.fixture
def rensei(tmp_path: Path) -> Program:
    return Program(tmp_path)


@dataclass(slots=True)
class World:
    """A running platform and the hands of its workers and operators."""

    platform: Running
    http: httpx.Client

    def call(self, method: str, path: str, body: object = None, *, operator: bool = False) -> Any:
        key = self.platform.operator_key if operator else self.platform.worker_key
        answer = self.http.request(
            method,
            self.platform.url + path,
            json=body,
            headers={"Authorization": f"Bearer {key}"},
        )
        answer.raise_for_status()
        return answer.json()

    def enqueue(self, identifier: str = "ENG-124", **facts: object) -> str:
        body = {"identifier": identifier, "issueTitle": "Retry failed refunds", **facts}
        return str(self.call("POST", "/api/sessions", body)["sessionId"])

    def worker(self, name: str = "w1") -> str:
        return str(self.call("POST", "/api/workers/register", {"name": name})["workerId"])

    def claim(self, session_id: str, worker_id: str) -> None:
        self.call("POST", f"/api/sessions/{session_id}/claim", {"workerId": worker_id})

    def act(self, session_id: str, worker_id: str, **activity: object) -> None:
        body = {"workerId": worker_id, "activity": {"type": "thought", "content": "…", **activity}}
        self.call("POST", f"/api/sessions/{session_id}/activity", body)

    def status(self, session_id: str, worker_id: str, status: str, **facts: object) -> None:
        body = {"workerId": worker_id, "status": status, **facts}
        self.call("POST", f"/api/sessions/{session_id}/status", body)


@pytest.fixture
def world(rensei: Program) -> Iterator[World]:
    """A platform that `rensei` finds without any configuration."""
    environ = {"RENSEI_HOME": str(rensei.home)}
    with (
        running(Config(in_memory=True), environ=environ) as platform,
        httpx.Client(trust_env=False) as http,
    ):
        yield World(platform, http)


@pytest.fixture
def platform(rensei) -> Iterator[Callable[..., World]]:
    """Start a platform with other rules than the usual ones."""
    with ExitStack() as undo:
        http = undo.enter_context(httpx.Client(trust_env=False))

        def started(**settings: Any) -> World:
            config = Config(in_memory=True, **settings)
            environ = {"RENSEI_HOME": str(rensei.home)}
            other = World(undo.enter_context(running(config, environ=environ)), http)
            rensei.environ["RENSEI_API_URL"] = other.platform.url
            rensei.environ["RENSEI_AUTH_TOKEN"] = other.platform.operator_key
            return other

        yield started


@pytest.fixture
def draw() -> Callable[..., str]:
    """Give a view as the lines a terminal would show, trailing blanks removed."""

    def drawn(view: RenderableType, *, width: int = 80, color: bool = False) -> str:
        file = io.StringIO()
        console = Console(
            file=file,
            width=width,
            color_system="standard" if color else None,
            force_terminal=color,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            _environ={},
        )
        console.print(view)
        return "\n".join(line.rstrip() for line in file.getvalue().splitlines())

    return drawn
