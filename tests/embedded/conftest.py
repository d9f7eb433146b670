"""A platform of one's own: its clock stands still until a test moves it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from rensei_cli.embedded.platform import Config, Running, running

NOON = 1_780_488_000.0  # 2026-06-03T12:00:00Z


@dataclass(slots=True)
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(slots=True)
class Site:
    """A running platform with an operator and the hands of its workers."""

    platform: Running
    clock: Clock
    operator: httpx.Client
    crew: httpx.Client

    def enqueue(self, identifier: str = "ENG-124", **facts: object) -> str:
        answer = self.crew.post("/api/sessions", json={"identifier": identifier, **facts})
        assert answer.status_code == 201
        return str(answer.json()["sessionId"])

    def worker(self) -> str:
        return str(self.crew.post("/api/workers/register", json={}).json()["workerId"])

    def claim(self, session_id: str, worker_id: str) -> httpx.Response:
        return self.crew.post(f"/api/sessions/{session_id}/claim", json={"workerId": worker_id})

    def act(self, session_id: str, worker_id: str, **activity: object) -> httpx.Response:
        body = {"workerId": worker_id, "activity": {"type": "thought", "content": "…", **activity}}
        return self.crew.post(f"/api/sessions/{session_id}/activity", json=body)

    def report(
        self, session_id: str, worker_id: str, status: str, **facts: object
    ) -> httpx.Response:
        body = {"workerId": worker_id, "status": status, **facts}
        return self.crew.post(f"/api/sessions/{session_id}/status", json=body)

    def beat(self, worker_id: str, *acknowledged: str) -> dict[str, Any]:
        path = f"/api/workers/{worker_id}/heartbeat"
        return dict(self.crew.post(path, json={"acknowledged": acknowledged}).json())

    def poll(self, worker_id: str) -> dict[str, Any]:
        return dict(self.crew.get(f"/api/workers/{worker_id}/poll").json())

    def claimed(self, identifier: str = "ENG-124") -> tuple[str, str]:
        session_id, worker_id = self.enqueue(identifier), self.worker()
        assert self.claim(session_id, worker_id).status_code == 200
        return session_id, worker_id

    def run(self, identifier: str = "ENG-124") -> tuple[str, str]:
        session_id, worker_id = self.claimed(identifier)
        assert self.act(session_id, worker_id).status_code == 200
        return session_id, worker_id

    def finish(self, session_id: str, worker_id: str) -> None:
        assert self.report(session_id, worker_id, "finalizing").status_code == 200
        assert self.report(session_id, worker_id, "completed").status_code == 200

    def do(self, session_id: str, act: str, body: object = None, **headers: str) -> httpx.Response:
        path = f"/api/public/sessions/{session_id}/{act}"
        return self.operator.post(path, json=body, headers=headers)

    def session(self, session_id: str) -> dict[str, Any]:
        return dict(self.operator.get(f"/api/public/sessions/{session_id}").json()["session"])

    def activities(self, session_id: str, **query: str) -> dict[str, Any]:
        params = {"sessionId": session_id, **query}
        return dict(self.operator.get("/api/public/session-activities", params=params).json())

    def life(self, session_id: str) -> list[str]:
        return [entry["status"] for entry in self.session(session_id)["lifecycle"]]

    def signals(self, session_id: str) -> list[str]:
        signals = self.session(session_id)["healthSummary"]["signals"]
        return [signal["name"] for signal in signals if signal["active"]]


Start = Callable[..., Site]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as undo:

        def started(**settings: Any) -> Site:
            clock = Clock()
            config = Config(**{"in_memory": True, "tick_seconds": 3600.0, **settings})
            environ = {"RENSEI_HOME": str(tmp_path)}
            platform = undo.enter_context(running(config, environ=environ, clock=clock))
            clients = [
                undo.enter_context(
                    httpx.Client(
                        base_url=platform.url,
                        headers={"Authorization": f"Bearer {key}"},
                        trust_env=False,
                        verify=False,  # noqa: S501 - loading the certificates takes longer than a test
                    )
                )
                for key in (platform.operator_key, platform.worker_key)
            ]
            return Site(platform, clock, *clients)

        yield started


@pytest.fixture
def site(start: Start) -> Site:
    return start()


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream; `event` is empty for a bare comment or a bare `retry`."""

    event: str
    data: Any
    id: str | None = None
    comment: str = ""
    retry: str = ""


def _lines(response: httpx.Response) -> Iterator[str]:
    """Only line feeds end a line here; httpx would break one at U+2028 as well."""
    rest = b""
    for chunk in response.iter_bytes():
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)


def _frames(response: httpx.Response) -> Iterator[Frame]:
    fields: dict[str, str] = {}
    for line in _lines(response):
        if line:
            name, _, value = line.partition(": ")
            fields[name or "comment"] = value
            continue
        data = json.loads(fields["data"]) if "data" in fields else None
        comment, retry = fields.get("comment", ""), fields.get("retry", "")
        yield Frame(fields.get("event", ""), data, fields.get("id"), comment, retry)
        fields = {}


@contextmanager
def _followed(client: httpx.Client, path: str, headers: dict[str, str]) -> Iterator[Any]:
    with client.stream("GET", path, headers=headers) as response:
        yield response, _frames(response)


@pytest.fixture
def frames() -> Callable[..., AbstractContextManager[tuple[httpx.Response, Iterator[Frame]]]]:
    return _followed
