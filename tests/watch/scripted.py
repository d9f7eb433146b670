"""A server whose reads are honest and whose stream is whatever a test wants it to be."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ring import Ring

from rensei_cli.api.activity import Activity

ID = "0f1e2d3c4b5a6978"


def quiet(visit: "Visit") -> None:
    """A stream on which nothing happens."""
    visit.open()
    visit.wait()


@dataclass(slots=True)
class Scripted:
    """One session; `stream` answers its stream, `reads` may answer a read instead of the truth."""

    stream: Callable[["Visit"], None] = quiet
    ring: Ring = field(default_factory=Ring)
    reads: Callable[["Visit"], bool] = lambda _visit: False
    clock_off: timedelta = timedelta()
    streams: int = 0
    asked: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def finish(self, status: str = "completed") -> None:
        self.ring.status = status


class Visit(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    script: Scripted

    def do_GET(self) -> None:
        script = self.script
        if self.path.endswith("/stream"):
            script.streams += 1
            self.close_connection = True
            with contextlib.suppress(OSError):
                script.stream(self)
            return
        script.asked.append(time.monotonic())
        if script.reads(self):
            return
        if self.path.startswith("/api/public/sessions/"):
            now = datetime.now(UTC) + script.clock_off
            session = {"id": ID, "identifier": "ENG-1", "status": script.ring.status}
            self.json({"session": session, "timestamp": now.isoformat()})
        else:
            after = self.path.partition("cursor=")[2] or None
            page = script.ring.read(after)
            items = [item.raw for item in page.activities]
            self.json({"activities": items, "sessionStatus": page.status})

    def date_time_string(self, timestamp: float | None = None) -> str:
        now = timestamp or time.time()
        return super().date_time_string(now + self.script.clock_off.total_seconds())

    def json(self, body: Any) -> None:
        self.answer(200, "application/json", json.dumps(body).encode())

    def answer(self, status: int, kind: str, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def open(self, *chunks: bytes) -> None:
        """Begin a stream, and send chunks."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)
            self.wfile.flush()

    def wait(self) -> None:
        """Keep the stream open until the test is over."""
        self.script.over.wait(30)

    def log_message(self, *args: Any) -> None:
        pass


def frame(activity: Activity, end: str = "\n", **changed: Any) -> bytes:
    """Give an activity as a stream tells it."""
    data = json.dumps({**activity.raw, **changed}, ensure_ascii=False)
    lines = [f"id: {activity.id}", "event: activity", f"data: {data}", "", ""]
    return end.join(lines).encode()


@contextlib.contextmanager
def serving(script: Scripted) -> Iterator[Scripted]:
    """Serve a script for as long as the block lasts."""
    kind = type("OneVisit", (Visit,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
