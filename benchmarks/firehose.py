"""A server that is faster than whoever reads it: sessions, lists, and streams.

`python benchmarks/firehose.py` prints its address and serves until its input ends. A project's
name says how many sessions its list has, a session's id what it does (`sessions.py`). What it
sends is made of prepared bytes, a million events in about half a second and a few kilobytes.
"""

import json
import sys
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from sessions import SHOWN, Session, listed_id

_LISTED = 100
_SERVED: dict[str, Session] = {}


class Handler(BaseHTTPRequestHandler):
    """The public routes, and `/cpu`: what serving has cost so far, in seconds."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in one write.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer one request."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case ["cpu"]:
                self._answer(json.dumps(time.process_time()).encode())
            case ["api", "public", "sessions"]:
                self._answer(listing(int(query.get("project", _LISTED))))
            case ["api", "public", "sessions", name]:
                self._answer(json.dumps({"session": session(name).summary()}).encode())
            case ["api", "public", "session-activities"]:
                after = query.get("cursor")
                self._answer(
                    session(query["sessionId"]).page(None if after is None else int(after))
                )
            case ["api", "sessions", name, "stream"] if session(name).streams:
                self._stream(session(name))
            case _:
                self._answer(b'{"error":"there is no such route"}', 404)

    def log_message(self, *_arguments: object) -> None:
        """Keep silent."""

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, followed: Session) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.flush()
            for block in followed.blocks():
                self.connection.sendall(block)
        except OSError:
            return  # the reader has gone


def session(name: str) -> Session:
    """Give the session of an id, which begins when it is first asked for."""
    return _SERVED.setdefault(name, Session(name))


@cache
def listing(size: int) -> bytes:
    """Give the answer that lists so many sessions."""
    names = [SHOWN, *(listed_id(number) for number in range(1, size))]
    return json.dumps({"sessions": [Session(name).summary() for name in names]}).encode()


def main() -> None:
    """Serve until the input ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
