"""A server that answers what a test scripts, over real sockets of this machine."""

import io
import json
import re
import socket
import socketserver
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import pytest

from rensei_cli.api.client import Limits
from rensei_cli.cli import run
from rensei_cli.runtime import Runtime

SECRET = "rsk_live_" + "5ec2e7" * 10
NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)

# Long enough for a machine that does other things too; who never answers is asked in BRIEF.
CALM = Limits(connect_seconds=5.0, read_seconds=5.0, exchange_seconds=10.0, call_seconds=30.0)
BRIEF = Limits(connect_seconds=0.5, read_seconds=0.1, exchange_seconds=0.3, call_seconds=1.0)

_ROUTES = {
    "list": r"/api/public/sessions",
    "activities": r"/api/public/session-activities",
    "older": r"/api/public/sessions/[^/]+/activities",
    "detail": r"/api/public/sessions/[^/]+",
    "stream": r"/api/sessions/[^/]+/stream",
    "stop": r"/api/public/sessions/[^/]+/stop",
    "release": r"/api/public/sessions/[^/]+/release-claim",
    "prompt": r"/api/public/sessions/[^/]+/prompt",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """The pieces a connection sends, and whether it is then closed or kept without a word."""

    pieces: Iterable[bytes] = ()
    keep: bool = False
    # The pause between two pieces.
    pace_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    route: str
    body: bytes = b""

    @property
    def key(self) -> str:
        """The name of an act."""
        return self.headers["idempotency-key"]

    def document(self) -> Any:
        return strict_json(self.body.decode(), ascii_only=False)


# A status, a body (text is HTML, bytes are sent as they are, all else as JSON), more headers.
Answered = tuple[int, object] | tuple[int, object, Mapping[str, str]]


def spoken(answered: Answered) -> Reply:
    """Give an answer as the bytes of HTTP."""
    status, body, *more = answered
    kind = "text/html; charset=utf-8" if isinstance(body, str) else "application/json"
    if not isinstance(body, bytes):
        body = _echoing(body if isinstance(body, str) else json.dumps(body)).encode()
    fields = {"content-length": str(len(body)), "content-type": kind, "connection": "close"}
    fields |= more[0] if more else {}
    head = [
        f"HTTP/1.1 {status} Scripted",
        *(_echoing(f"{name}: {value}") for name, value in fields.items()),
    ]
    return Reply(("\r\n".join([*head, "", ""]).encode() + body,))


def _echoing(text: str) -> str:
    """Put the caller's secret where a script says that the server sends it back."""
    return text.replace("<secret>", SECRET)


@dataclass(slots=True)
class Server:
    """What was scripted for each route, and what was asked; the last reply of a route stays."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    # Stop listening: from then on connections are refused.
    close: Callable[[], None] = lambda: None
    _script: dict[str, list[Reply]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, route: str, *replies: Reply | Answered) -> None:
        """Answer a route with these replies, one after the other."""
        self._script[route] = [one if isinstance(one, Reply) else spoken(one) for one in replies]

    @staticmethod
    def raw(*pieces: bytes, keep: bool = False, pace_seconds: float = 0.0) -> Reply:
        """Give a reply of these very bytes."""
        return Reply(pieces, keep, pace_seconds)

    def always(self, *replies: Reply | Answered) -> None:
        """Answer every route with these replies."""
        for route in _ROUTES:
            self.on(route, *replies)

    def requests(self, route: str) -> list[Asked]:
        """Give what was asked of a route."""
        return [asked for asked in self.asked if asked.route == route]

    def take(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            replies = self._script[asked.route]
            if not replies:
                return spoken((404, "<h1>404</h1>"))
            return replies.pop(0) if len(replies) > 1 else replies[0]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Server = self.server.script  # type: ignore[attr-defined]
        if self.rfile.peek(1)[:1] == b"\x16":  # a TLS handshake
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) < 2:  # a connection that is opened and not used
            return
        headers = {}
        while head := self.rfile.readline().decode("latin-1").strip():
            name, _, value = head.partition(":")
            headers[name.strip().lower()] = value.strip()
        path = line[1].partition("?")[0]
        route = next((name for name, form in _ROUTES.items() if re.search(form + "$", path)), "")
        body = self.rfile.read(int(headers.get("content-length", "0")))
        answer = server.take(Asked(line[0], line[1], headers, route, body))
        try:
            for piece in answer.pieces:
                self.wfile.write(piece)
                if answer.pace_seconds and server.closing.wait(answer.pace_seconds):
                    return
        except OSError:
            return
        if answer.keep:
            server.closing.wait()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    script: Server


@pytest.fixture
def server() -> Iterator[Server]:
    script = Server()
    with _Listener(("127.0.0.1", 0), _Handler) as listener:
        listener.script = script
        script.url = f"http://127.0.0.1:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.002,))
        thread.start()

        def close() -> None:
            script.closing.set()
            listener.shutdown()
            thread.join()
            listener.server_close()

        script.close = close
        yield script
        close()


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens, for as long as the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@dataclass(frozen=True, slots=True)
class Told:
    """What the program printed and returned, its notices of retries apart."""

    exit: int
    stdout: str
    stderr: str
    slept: tuple[float, ...]

    @property
    def lines(self) -> list[str]:
        return [
            line for line in self.stderr.splitlines() if not line.startswith(("rensei: ", "· "))
        ]

    @property
    def notices(self) -> list[str]:
        return [line for line in self.stderr.splitlines() if line.startswith("rensei: ")]

    def document(self) -> Any:
        return strict_json(self.stdout)


def strict_json(text: str, *, ascii_only: bool = True) -> Any:
    """Give what JSON text holds; anything that only Python takes for JSON is an error."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    assert text.isascii() or not ascii_only
    return json.loads(text, parse_constant=refuse)


class Person(io.StringIO):
    """Somebody at a terminal, who does something before each answer."""

    def __init__(self, *answers: str, first: Callable[[], object] = lambda: None) -> None:
        super().__init__("".join(f"{answer}\n" for answer in answers))
        self.first = first

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        self.first()
        return super().readline(-1 if size is None else size)


class Spoken(io.StringIO):
    """What is said to somebody, or to a file."""

    def __init__(self, to_somebody: bool) -> None:
        super().__init__()
        self.to_somebody = to_somebody

    def isatty(self) -> bool:
        return self.to_somebody


@pytest.fixture
def ask(tmp_path: Path, server: Server) -> Callable[..., Told]:
    """`rensei …` with a secret, a scripted server and no patience: time passes by pauses alone."""

    def asked(*argv: str, limits: Limits = CALM, stdin: str | TextIO = "", **environ: str) -> Told:
        stdout, stderr = io.StringIO(), Spoken(isinstance(stdin, Person))
        slept: list[float] = []
        runtime = Runtime(
            environ={
                "RENSEI_HOME": str(tmp_path),
                "RENSEI_AUTH_TOKEN": SECRET,
                "RENSEI_API_URL": server.url,
                **environ,
            },
            stdin=io.StringIO(stdin) if isinstance(stdin, str) else stdin,
            stdout=stdout,
            stderr=stderr,
            now=lambda: NOON,
            sleep=slept.append,
            monotonic=lambda: sum(slept),
            limits=limits,
        )
        code = run(argv, runtime)
        return Told(code, stdout.getvalue(), stderr.getvalue(), tuple(slept))

    return asked
