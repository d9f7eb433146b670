"""What a broken network gets: the reason in words, in time, and never more than was asked for."""

import gzip
import os
import subprocess
import sys

import httpx
import pytest

from rensei_cli.api import calls
from rensei_cli.api.client import Client, Limits
from rensei_cli.api.exchange import Call
from rensei_cli.credentials import Credential
from rensei_cli.errors import AuthError, UnreachableError, UsageError
from rensei_cli.settings import Settings

ID = "0f1e2d3c4b5a6978"
HELP = "  try: check --url or RENSEI_API_URL; rensei demo needs no server"


@pytest.fixture
def host(server):
    return server.url.removeprefix("http://")


def test_a_refused_connection_is_said_after_four_tries(ask, closed_port):
    host = f"127.0.0.1:{closed_port}"

    told = ask("session", "list", "--url", f"http://{host}", "--json")

    assert told.exit == 1
    assert told.lines[0] == f"error: cannot reach {host}: the connection was refused"
    assert told.lines[-1] == HELP
    assert (len(told.slept), len(told.notices)) == (3, 1)
    assert told.document()["error"]["code"] == "unreachable"


def test_a_server_that_never_answers_is_given_up(ask, server, host, brief):
    server.always(server.raw(keep=True))

    told = ask("session", "show", ID, limits=brief)

    assert told.exit == 1
    assert told.lines[0] == f"error: cannot reach {host}: it did not answer in time"


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(ask, server, host):
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
    server.always(server.raw(head, *[b" "] * 1000, pace_seconds=0.05))

    told = ask("session", "list", limits=Limits(exchange_seconds=0.1))

    assert told.exit == 1
    assert told.lines[0] == f"error: cannot reach {host}: it did not answer in time"


def test_an_answer_whose_head_never_ends_is_given_up(ask, server):
    server.always(server.raw(b"HTTP/1.1 200 OK\r\n", *[b"x"] * 1000, pace_seconds=0.05))

    told = ask("session", "show", ID, limits=Limits(call_seconds=0.2))

    assert told.exit == 1
    assert told.lines[0] == "error: the server did not finish its answer in 0.2 s"


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n", b'{"sessions": ['),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b'ff\r\n{"sess'),
        (b"SSH-2.0-OpenSSH_9.6\r\n",),
        (b"HTTP/1.1 200 OK\r\nx-long: " + b"y" * 300_000 + b"\r\n\r\n",),
    ],
    ids=["closed at once", "cut body", "cut chunk", "another protocol", "an endless header"],
)
def test_an_answer_that_breaks_off_is_said_so(ask, server, host, secret, pieces):
    server.always(server.raw(*pieces))

    told = ask("session", "list", "--debug")

    assert told.exit == 1
    assert told.lines[0] == f"error: cannot reach {host}: the connection broke while it answered"
    assert secret not in told.stderr


def test_bytes_that_are_not_what_they_claim_cannot_be_read(ask, server, secret):
    server.always((200, secret.encode(), {"content-encoding": "gzip"}))

    told = ask("session", "list", "--json")

    assert told.exit == 1
    assert told.lines == ["error: the server's answer is not the gzip it claims to be"]
    assert told.document()["error"]["code"] == "contract"
    assert len(server.asked) == 1


def test_a_compressed_answer_is_read(client, server):
    server.always((200, gzip.compress(b'{"sessions": []}'), {"content-encoding": "gzip"}))

    assert client.send(calls.sessions()).sessions == ()


def test_an_answer_beyond_all_measure_is_not_read_to_its_end(server, ask):
    bomb = gzip.compress(b" " * 4_000_000)
    server.always((200, bomb, {"content-encoding": "gzip"}))

    told = ask("session", "list", limits=Limits(body_bytes=1 << 20))

    assert told.lines == ["error: the answer is larger than 1 MiB"]


def test_a_megabyte_in_one_line_is_read_and_shown(ask, server):
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (200, {"id": ID, "status": "working"}))
    activity = {"id": "1", "type": "thought", "content": "x" * 1_000_000}
    server.on("activities", (200, {"activities": [activity], "sessionStatus": "working"}))

    told = ask("session", "show", ID, "--json", limits=Limits())

    assert told.exit == 0
    assert len(told.document()["activities"][0]["content"]) == 1_000_000


def test_tls_towards_a_server_without_it_is_said_so(ask, server, host):
    told = ask("session", "list", "--url", server.url.replace("http:", "https:"))

    assert told.exit == 1
    assert told.lines[0] == (
        f"error: cannot reach {host}: it does not speak TLS; is it http:// and not https://?"
    )


def lying(failure):
    def handle(_):
        raise failure

    return httpx.MockTransport(handle)


def failing(failure, **settings):
    return Client(
        Settings(url="https://app.example", url_source="test", **settings),
        now=lambda: None,
        sleep=lambda _: None,
        transport=lying(failure),
    )


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "the name does not resolve"),
        (
            httpx.ConnectError("[Errno 8] nodename nor servname provided, or not known"),
            "the name does not resolve",
        ),
        (
            httpx.ConnectError("[Errno -3] Temporary failure in name resolution"),
            "the name does not resolve",
        ),
        (httpx.ConnectError("[Errno 101] Network is unreachable"), "there is no connection to it"),
        (httpx.ConnectTimeout("timed out"), "it did not answer in time"),
        (
            httpx.ProxyError("407 Proxy Authentication Required"),
            "the proxy of the environment did not let the request through",
        ),
    ],
)
def test_the_reason_of_a_failure_is_told_in_words(failure, message):
    with pytest.raises(UnreachableError) as caught:
        failing(failure).send(calls.sessions())

    assert caught.value.message == f"cannot reach app.example: {message}"


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", "xn--a"])
def test_a_name_that_cannot_exist_is_a_usage_error(ask, name):
    told = ask("session", "list", "--url", f"http://{name}")

    assert told.exit == 2
    assert told.lines[0] == "error: the address of this request cannot exist"


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(client, server):
    body = b'{"sessions": []}'
    kept = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    server.always(server.raw(kept))

    for _ in range(3):
        assert client.send(calls.sessions()).sessions == ()


def test_a_call_is_answered_while_others_still_travel(hasty, server):
    server.on("list", server.raw(keep=True))
    server.on("detail", (200, {"id": ID, "status": "working"}))

    slow = hasty.start(calls.sessions())

    assert hasty.send(calls.session(ID)).status == "working"
    assert isinstance(slow.outcome(), UnreachableError)


def test_what_is_not_an_error_of_ours_comes_out_where_it_is_waited_for(client, server):
    def broken(_):
        raise ZeroDivisionError

    server.on("list", (200, {}))

    with pytest.raises(ZeroDivisionError):
        client.start(Call("GET", "/api/public/sessions", broken)).result()


def test_the_trace_tells_every_request_and_no_secret(ask, server, secret):
    server.always((200, {"sessions": []}, {"content-type": f"application/{secret}"}))

    told = ask("session", "list", "--debug", "--project", secret)

    traced = [line for line in told.stderr.splitlines() if line.startswith("· GET ")]
    assert len(traced) == 1
    assert traced[0].startswith(
        f"· GET {server.url}/api/public/sessions?project=rsk_live_…: 200 application/rsk_live_… "
    )
    assert secret not in told.stdout + told.stderr


def test_any_secret_the_server_sends_back_is_hidden_not_only_those_of_a_known_form(ask, server):
    odd = "correct-horse/battery+staple"
    server.always((500, f"<h1>{odd}</h1>", {"x-request-id": odd}))

    told = ask("session", "list", "--json", "--debug", RENSEI_AUTH_TOKEN=odd)

    assert told.lines[1:] == [
        "  It sent text/html: <h1>…</h1>",
        "  try: the same again in a minute",
        "  request id: …",
    ]
    assert odd not in told.stdout + told.stderr


def test_what_is_sent_names_the_caller_the_scope_and_the_program(ask, server, secret):
    server.always((200, {"sessions": []}))

    ask("session", "list", "--org", "acme", "--project", "web", "--url", server.url + "/pre/fix/")

    (asked,) = server.asked
    assert (asked.method, asked.target) == ("GET", "/pre/fix/api/public/sessions?project=web")
    assert asked.headers["authorization"] == f"Bearer {secret}"
    assert (asked.headers["x-rensei-org"], asked.headers["x-rensei-project"]) == ("acme", "web")
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["user-agent"].startswith("rensei-cli/")


def test_no_scope_and_no_credential_send_no_header_of_them(client, server):
    server.always((200, {"sessions": []}))

    client.send(calls.sessions())

    sent = set(server.asked[0].headers)
    assert sent.isdisjoint({"authorization", "x-rensei-org", "x-rensei-project"})


@pytest.mark.parametrize(
    "proxy", ["socks5://me:pass-word@127.0.0.1:1", "ftp://me:pass-word@x", "http://[bad:pass-word"]
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(tmp_path, proxy):
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ALL_PROXY": proxy}

    done = subprocess.run(
        [sys.executable, "-m", "rensei_cli", "session", "list", "--url", "http://rensei.example"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "error: the proxy that the environment names cannot be used"
    )
    assert "pass-word" not in done.stdout + done.stderr


def test_a_stream_that_is_refused_tells_why_and_no_secret(server):
    odd = "correct-horse/battery+staple"
    server.on("stream", (403, {"message": f"{odd} may not"}))
    settings = Settings(url=server.url, url_source="test", credential=Credential(odd, "a test"))
    client = Client(settings, now=lambda: None)

    with pytest.raises(AuthError) as caught:
        next(client.tail(ID).batches())
    client.close()

    assert (caught.value.http_status, caught.value.hint) == (403, "… may not")


def test_a_stream_whose_address_cannot_exist_is_a_usage_error(client):
    with pytest.raises(UsageError, match="the address of this request cannot exist"):
        next(client.tail("x" * 100_000).batches())
