"""Addresses of servers in every form: a prefix, a port, a literal, a name in other letters."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest
from relay import forwarding, listening, pumped

from rensei_cli.address import checked_url, is_loopback

PREFIX = "/behind/a%20gate"


@contextmanager
def gate(url, prefix):
    """Put a platform behind a gate that takes a prefix away, and refuses what has none."""
    host, port = url.removeprefix("http://").rsplit(":", 1)
    seen = []

    async def talk(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *fields = head.split("\r\n")
        seen.append(first)
        method, target, version = first.split(" ")
        if not target.startswith(f"{prefix}/api/"):
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            return
        there = await asyncio.open_connection(host, int(port))
        kept = [one for one in fields if not one.lower().startswith("connection:")]
        direct = [f"{method} {target.removeprefix(prefix)} {version}", "Connection: close", *kept]
        there[1].write("\r\n".join(direct).encode())
        await pumped((reader, writer), there)

    with listening(talk) as at:
        yield f"http://127.0.0.1:{at}", seen


def test_every_route_keeps_the_prefix(site, shell):
    with gate(site.url, PREFIX) as (url, seen):
        told = {"RENSEI_API_URL": f"{url}{PREFIX}//", **site.environ}
        listed = shell("session", "list", "-q", **told)
        shown = shell("session", "show", site.session, "--json", **told)
        words = ("session", "watch", site.session, "--json", "--timeout", "30s")
        with shell.start(*words, **told) as watch:
            for line in watch.stdout:
                if '"live"' in line:
                    break
            stopped = shell("session", "stop", site.session, "--yes", "--no-wait", **told)
            site.end("stopped")
            rest = watch.stdout.read()
        assert all(f" {PREFIX}/api/" in line for line in seen)
        kinds = {line.replace(site.session, "ID").split(" ")[1].partition("?")[0] for line in seen}

    assert (listed.exit, listed.stdout) == (0, f"{site.session}\n")
    assert shown.document()["activities"][0]["content"] == "the first word"
    assert (stopped.exit, watch.returncode) == (0, 6), rest
    assert {
        f"{PREFIX}/api/{route}" for route in ("sessions/ID/stream", "public/sessions/ID/stop")
    } < kinds


def test_a_literal_of_ipv6_with_a_port_is_asked(listed, shell):
    target = listed.url.removeprefix("http://").split(":")

    def carry(source, sink):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)

    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:

        def serve():
            with listener.accept()[0] as one, socket.create_connection(target) as other:
                sending = threading.Thread(target=carry, args=(one, other), daemon=True)
                sending.start()
                carry(other, one)
                sending.join()

        thread = threading.Thread(target=serve)
        thread.start()
        host = f"[::1]:{listener.getsockname()[1]}"
        told = shell("session", "list", "-q", "--all", "--url", f"http://{host}/")
        thread.join()

    assert (told.exit, told.stdout) == (0, "0f1e2d3c4b5a6978\n"), told.stderr
    assert listed.asked[0].headers["host"] == host


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://xn--bcher-kva.example", "http://xn--bcher-kva.example/api/"),
        ("HTTP://App.Example/", "http://app.example/api/"),
        ("http://app.example:80", "http://app.example/api/"),
        ("http://app.example:8080/", "http://app.example:8080/api/"),
        ("http://app.example//", "http://app.example/api/"),
        ("http://app.example/one/two/", "http://app.example/one/two/api/"),
        ("http://app.example.", "http://app.example./api/"),
    ],
)
def test_an_address_is_asked_as_it_is_written(listed, shell, url, asked):
    with forwarding(listed.url) as proxy:
        told = shell("session", "list", "-q", "--all", "--url", url, HTTP_PROXY=proxy.place)

    assert told.exit == 0, told.stderr
    assert proxy.lines == [f"GET {asked}public/sessions HTTP/1.1"]


@pytest.mark.parametrize(
    ("location", "line", "remedy"),
    [
        (
            "https://app.example/api/public/sessions?token=5ec2e75ec2e7",
            "error: the server moved: 308 to https://app.example/api/public/sessions",
            "  try: --url https://app.example",
        ),
        (
            "https://me:pass-word@app.example:8443/pre/api/public/sessions#5ec2e75ec2e7",
            "error: the server moved: 308 to https://…@app.example:8443/pre/api/public/sessions",
            "  try: name the new place with --url",
        ),
        (
            "/elsewhere",
            "error: the server moved: 308 to /elsewhere",
            "  try: name the new place with --url",
        ),
    ],
)
def test_a_redirect_is_not_followed_and_names_what_to_use(ask, server, location, line, remedy):
    server.always((308, b"", {"location": location}))

    told = ask("session", "list", "--debug")

    assert (told.exit, told.lines[0], told.lines[-1]) == (1, line, remedy)
    assert len(server.asked) == 1
    assert not [word for word in ("5ec2e75ec2e7", "pass-word") if word in told.stderr]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost", True),
        ("https://LOCALHOST:8443/x", True),
        ("http://localhost.:1", True),
        ("http://api.localhost", True),
        ("http://127.0.0.1", True),
        ("http://127.255.0.9", True),
        ("http://[::1]", True),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://128.0.0.1", False),
        ("http://notlocalhost", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://[::2]", False),
        ("http://0.0.0.0", False),
    ],
)
def test_what_this_machine_is(url, local):
    assert is_loopback(checked_url(url)) is local
