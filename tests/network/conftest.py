"""The program as a process of its own, whose environment names proxies and authorities."""

import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import trustme
from relay import Forward, Front, encrypted, forwarding
from scripting import SECRET, Told, ask, closed_port, secret, server, spoken

from rensei_cli.embedded.platform import Config, running

__all__ = ["ask", "closed_port", "secret", "server"]

ID = "0f1e2d3c4b5a6978"
# The program with less patience than it has by itself.
_HASTY = """
import os, sys
from rensei_cli.api.network import Limits
from rensei_cli.cli import run
from rensei_cli.runtime import Runtime
limits = Limits(connect_seconds=2.0, read_seconds=1.0)
sys.exit(run(sys.argv[1:], Runtime(environ=os.environ, limits=limits, sleep=lambda _: None)))
"""
_DEADLINE = 60


@dataclass(frozen=True, slots=True)
class Shell:
    """`rensei …` as a process; `environ` is all that it is told beside its home."""

    environ: Mapping[str, str]

    program: tuple[str, ...] = ("-m", "rensei_cli")

    def hasty(self) -> "Shell":
        return replace(self, program=("-c", _HASTY))

    def start(self, *argv: str, **environ: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *self.program, *argv],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *argv: str, **environ: str) -> Told:
        with self.start(*argv, **environ) as process:
            out, err = process.communicate(timeout=_DEADLINE)
        return Told(process.returncode, out, err, ())


@pytest.fixture
def shell(tmp_path, server) -> Shell:
    """The program with a secret, and the scripted server to ask."""
    return Shell(
        {
            "PATH": os.environ["PATH"],
            "RENSEI_HOME": str(tmp_path / "home"),
            "RENSEI_AUTH_TOKEN": SECRET,
            "RENSEI_API_URL": server.url,
        }
    )


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Example Corp", organization_unit_name="Inspection")


@pytest.fixture
def authority_file(authority, tmp_path) -> str:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture
def tls(authority) -> Iterator[Callable[..., Front]]:
    """Put a server behind a certificate, by default a good one for `localhost`."""
    with ExitStack() as undo:

        def started(url: str, certificate: "trustme.LeafCert | None" = None) -> Front:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            good = authority.issue_cert("localhost", "127.0.0.1", "app.example", "*.example")
            (certificate or good).configure_cert(context)
            return undo.enter_context(encrypted(url, context))

        yield started


@pytest.fixture
def forward() -> Iterator[Callable[..., Forward]]:
    """Start a forward proxy that leads to one server, whatever name it is asked for."""
    with ExitStack() as undo:
        yield lambda url, **how: undo.enter_context(forwarding(url, **how))


@pytest.fixture
def listed(server):
    """The scripted server with one session that has ended."""
    session = {"id": ID, "identifier": "ENG-1", "status": "completed"}
    server.on("list", (200, {"sessions": [session]}))
    server.on("detail", (200, {"session": session}))
    server.on("activities", (200, {"activities": [], "sessionStatus": "completed"}))
    return server


@dataclass(slots=True)
class Site:
    """An embedded platform with one session, and the environment that opens it."""

    url: str
    session: str
    environ: dict[str, str]
    post: Callable[[str], Any]
    end: Callable[[str], Any]


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    """A real platform with a session at work on it."""
    home = {"RENSEI_HOME": str(tmp_path / "platform")}
    with (
        running(Config(in_memory=True), environ=home) as platform,
        httpx.Client(
            base_url=platform.url,
            trust_env=False,
            headers={"Authorization": f"Bearer {platform.worker_key}"},
        ) as http,
    ):

        def call(path: str, body: object) -> Any:
            answer = http.post(path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

        session = call("/api/sessions", {"identifier": "ENG-7", "issueTitle": "t"})["sessionId"]
        me = {"workerId": call("/api/workers/register", {"name": "w1"})["workerId"]}
        call(f"/api/sessions/{session}/claim", me)
        call(f"/api/sessions/{session}/status", {**me, "status": "running"})

        def post(text: str) -> Any:
            activity = {"type": "thought", "content": text}
            return call(f"/api/sessions/{session}/activity", {**me, "activity": activity})

        post("the first word")

        def end(status: str) -> None:
            path = f"/api/sessions/{session}/status"
            if status == "completed":
                call(path, {**me, "status": "finalizing"})
            call(path, {**me, "status": status})

        yield Site(
            platform.url,
            session,
            {"RENSEI_AUTH_TOKEN": platform.operator_key},
            post,
            end,
        )


@pytest.fixture
def page():
    """Give an answer as its bytes."""
    return lambda *answered: b"".join(spoken(answered).pieces)
