"""A server that knows one key and says who it is, over a real socket."""

import base64
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

KEY = "rsk_live_" + "5ec2e7c0ffee" * 5 + "abcd"
OTHER_KEY = "rsk_live_" + "0ddba11d00d5" * 5 + "wxyz"
IDENTITY = {
    "org": {"id": "org_demo", "name": "Demo Payments", "slug": "demo-pay", "plan": "team"},
    "projects": [{"id": "prj_demo", "name": "Refunds", "slug": "refunds", "isDefault": True}],
    "scopes": ["sessions:read"],
}
PAGE = "<html><title>404</title>not here</html>"


def jwt(**claims):
    """Give a user's token with these claims."""
    parts = ({"alg": "none"}, claims)
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return f"{head.rstrip('=')}.{body.rstrip('=')}.c2lnbmF0dXJl"


class Stub:
    """What the server answers, and what it was asked."""

    def __init__(self):
        self.keys = {KEY, OTHER_KEY}
        self.whoami = (200, IDENTITY)
        self.list = (200, {"sessions": []})
        self.open = False
        self.asked = []
        self.url = ""

    def answer(self, path, headers):
        self.asked.append((path, headers))
        key = headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.open and key not in self.keys:
            return 401, {"error": f"Invalid API key {headers.get('Authorization')}"}
        return self.whoami if path.startswith("/api/cli/whoami") else self.list

    def sent(self, header):
        return [headers.get(header) for _, headers in self.asked]


@contextmanager
def serving():
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, content = stub.answer(self.path, self.headers)
            html = isinstance(content, str)
            body = (content if html else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if html else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        stub.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
