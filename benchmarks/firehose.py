"""A server that has everything ready: three routes for `show`, and a stream as fast as it is read.

`python benchmarks/firehose.py [EVENTS]` prints its address and serves until its input ends.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ID = "0f1e2d3c4b5a6978"
HOLDS = 200
BLOCK = 256


def activity(number):
    """About 300 bytes of an activity, as real ones look."""
    return {
        "id": str(number),
        "type": "action",
        "content": f"Bash: pytest -q tests/test_{number}.py " + "x" * 140,
        "toolName": "Bash",
        "timestamp": "2026-06-03T09:14:02.000Z",
    }


SESSION = {
    "id": ID,
    "identifier": "ENG-124",
    "status": "working",
    "workType": "development",
    "provider": "claude",
    "branch": "eng-124",
    "issueTitle": "Retry failed refunds",
    "startedAt": "2026-06-03T09:10:00.000Z",
    "timeline": {"queued": "2026-06-03T09:10:00.000Z", "started": "2026-06-03T09:10:21.000Z"},
    "costUsd": 0.42,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    events = 0
    sent = 0

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path.endswith("/stream"):
            self.stream()
        elif path == "/api/public/sessions":
            self.answer(
                {"sessions": [SESSION | {"id": f"{n:016x}"} for n in range(99)] + [SESSION]}
            )
        elif path.startswith("/api/public/sessions/"):
            self.answer({"session": self.session(), "timestamp": "2026-06-03T09:15:30.000Z"})
        else:
            after = dict(part.split("=") for part in query.split("&") if "=" in part).get("cursor")
            self.answer(self.page(int(after) if after else None))

    def session(self):
        over = self.events and Handler.sent >= self.events
        return SESSION | {"status": "completed" if over else "working"}

    def page(self, after):
        if not self.events:
            last, first = HOLDS, 1
        else:
            last, first = Handler.sent, max(1, Handler.sent - HOLDS + 1)
        first = max(first, (after or 0) + 1)
        items = [activity(n) for n in range(first, last + 1)]
        return {"activities": items, "sessionStatus": self.session()["status"]}

    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number, block in enumerate(BLOCKS, 1):
            self.wfile.write(block)
            Handler.sent = max(Handler.sent, min(number * BLOCK, self.events))
        self.wfile.write(b'event: status\ndata: {"sessionStatus":"completed"}\n\n')
        self.close_connection = True

    def log_message(self, *args):
        pass


def frames(events):
    frame = "id: {}\nevent: activity\ndata: {}\n\n"
    made = [frame.format(n, json.dumps(activity(n))).encode() for n in range(1, events + 1)]
    return [b"".join(made[start : start + BLOCK]) for start in range(0, events, BLOCK)]


if __name__ == "__main__":
    Handler.events = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    BLOCKS = frames(Handler.events)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
