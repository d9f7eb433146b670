"""`--debug`: a trace that can be shown to anybody, because no secret is in it."""

import io
import json

import pytest
from scripting import SECRET

from rensei_cli import cli
from rensei_cli.api.redaction import Veil, purged, redacted
from rensei_cli.runtime import Runtime

ID = "0f1e2d3c4b5a6978"
CANARY = "c4n4ry5ec2e7d00d"
JWT = f"eyJhbGciOi.{CANARY}.{CANARY}"
KEY = f"rsk_live_{CANARY}"

# What a server may write a secret into, and what the program then says of its own accord.
FORMS = [
    f"Authorization: Bearer {CANARY}",
    f"authorization: Basic {CANARY}",
    f"Proxy-Authorization: Basic {CANARY}==",
    f"Set-Cookie: sid={CANARY}; Path=/; other={CANARY}",
    f"see https://app.example/x?token={CANARY}&n=1",
    f"see https://app.example/x?n=1&sessionHash={CANARY}#top",
    f"see https://app.example/x?access_token={CANARY}",
    f"see https://app.example/x?sig={CANARY}&key={CANARY}",
    f"see https://me:{CANARY}@app.example/x",
    f"see https://{CANARY}@app.example/x",
    f"see /x%3Ftoken%3D{CANARY}",
    f'{{"token": "{CANARY}"}}',
    f'{{"apiKey":"{CANARY}","refresh_token":"{CANARY}"}}',
    f'{{\\"password\\": \\"{CANARY}\\"}}',
    f"password={CANARY} user=me",
    f"client_secret={CANARY}",
    f"the key {KEY} is void",
    f"the token {JWT} is void",
    f"the key sk-ant-{CANARY} is void",
    f"the key ghp_{CANARY}{CANARY} is void",
]
PLAIN = [
    "The token has expired",
    "invalid token: it has expired",
    "Basic authentication required",
    "12 tokens=340 of maxTokens: 500",
    "https://app.example/a/b?project=web&cursor=206",
    "mail me@app.example about https://app.example",
    "no session 0f1e2d3c4b5a6978 in project acme/web",
    "key=ENG-124",
    '{"status": "working", "cursor": "206"}',
]


@pytest.mark.parametrize("said", FORMS)
def test_every_form_of_a_secret_is_cut_out(said):
    assert CANARY not in redacted(said)
    assert CANARY not in json.dumps(purged({"message": said, "more": [{"deep": said}]}))


@pytest.mark.parametrize("said", PLAIN)
def test_what_is_no_secret_stays(said):
    assert redacted(said) == said


def test_a_receipt_keeps_its_facts_and_not_its_keys():
    receipt = {"id": "r-1", "token": CANARY, "nested": {"apiKey": CANARY, "at": 7, "note": None}}

    assert purged(receipt) == {
        "id": "r-1",
        "token": "…",
        "nested": {"apiKey": "…", "at": 7, "note": None},
    }


def test_a_known_secret_is_hidden_however_it_is_written():
    veil = Veil('correct"horse/battery+staple', "short", "pass-word-1")
    written = (
        'correct"horse/battery+staple',
        r"correct\"horse/battery+staple",
        r'correct"horse\/battery+staple',
        "correct%22horse%2Fbattery%2Bstaple",
        "pass-word-1",
        "cGFzcy13b3JkLTE=",
    )

    escaped = (r"p\u0061ss-word-1", r"\u0070\u0061\u0073s-word\u002D1", r"pass\\u002dword-1")
    behind = (r"\\p\u0061ss-word-1", r"\npass\u002dword-1", r"\\n\u0070ass-word-1")

    assert {veil.value(text) for text in written} == {"…"}
    assert {veil.body(text.encode()) for text in escaped} == {"…".encode()}
    assert {veil.body(text.encode()) for text in written} == {"…".encode()}
    assert [veil.body(text.encode()).decode() for text in behind] == [r"\\…", r"\n…", r"\\n…"]
    assert veil.text("a short word") == "a short word"


def test_no_run_of_backslashes_is_looked_through_from_each_of_them():
    body = rb"\u001b" + b"\\" * 2_000_000  # it would take hours

    assert Veil("pass-word-1").body(body) == body


def hostile(server, said):
    """Answer everything with errors and headers full of secrets."""
    headers = {"set-cookie": f"sid={CANARY}", "x-request-id": said.replace("\\", "")}
    server.on("list", (200, {"sessions": [{"id": ID, "status": "working"}]}, headers))
    server.on("detail", (500, said, headers))
    server.on("activities", (403, {"message": said, "token": CANARY}, headers))
    server.on("older", (403, {"message": said}, headers))
    server.on(
        "stream", (302, b"", {**headers, "location": f"https://me:{CANARY}@x/?token={CANARY}"})
    )
    server.on("stop", (409, {"refusal": said, "token": CANARY, "disposition": said}, headers))


@pytest.mark.parametrize("said", FORMS, ids=range(len(FORMS)))
def test_no_secret_of_a_server_s_errors_is_shown(ask, server, said):
    hostile(server, said)

    for words in (("list", "--json"), ("show", ID), ("watch", ID), ("stop", ID, "--yes")):
        told = ask("session", *words, "--debug")
        assert CANARY not in told.stdout + told.stderr, words
        assert SECRET not in told.stdout + told.stderr
    for status in (400, 403, 409, 500):
        server.always((status, {"message": said, "refusal": said}))
        told = ask("session", "list", "--debug", "--json")
        assert CANARY not in told.stdout + told.stderr
        assert "…" in told.stderr  # it was told, without the secret


@pytest.mark.parametrize(
    "environ",
    [
        {"RENSEI_AUTH_TOKEN": f"two words {CANARY}"},
        {"RENSEI_AUTH_TOKEN": "", "RENSEI_API_KEY": f"{CANARY}\x01"},
        {"RENSEI_API_URL": f"https://me:{CANARY}@app.example"},
        {"RENSEI_API_URL": f"https://app.example/?token={CANARY}"},
        {"RENSEI_API_URL": f"https://app.example:{CANARY}"},
    ],
    ids=["token", "key", "userinfo", "query", "port"],
)
def test_no_secret_of_the_environment_is_shown(ask, environ):
    told = ask("session", "list", "--debug", **environ)

    assert told.exit == 2
    assert CANARY not in told.stdout + told.stderr


@pytest.mark.parametrize(
    "argument",
    [
        f"https://app.example/sessions/{ID}?token={CANARY}",
        f"https://me:{CANARY}@app.example/sessions/{ID}",
        f"https://app.example/nothing?token={CANARY}",
        f"x?token={CANARY}",
        KEY,
    ],
)
def test_no_secret_of_an_argument_is_shown(ask, server, argument):
    server.on("list", (200, {"sessions": []}))

    told = ask("session", "show", argument, "--debug")

    assert told.exit in {2, 5, 1}
    assert CANARY not in told.stdout + told.stderr


def test_no_password_of_a_proxy_is_shown(shell, forward, server, page):
    echo = page(502, f"<p>me:{CANARY} may not, nor bWU6YzRuNHJ5NWVjMmU3ZDAwZA==</p>")
    proxy = forward(server.url, answer=echo)

    for scheme in ("http", "https"):
        told = shell.hasty()(
            "session",
            "list",
            "--url",
            f"{scheme}://app.example",
            "--debug",
            ALL_PROXY=f"http://me:{CANARY}@{proxy.place}",
        )
        assert told.exit == 1
        assert CANARY not in told.stdout + told.stderr
        assert "bWU6YzRuNHJ5" not in told.stdout + told.stderr


@pytest.fixture
def crash(tmp_path):
    """Let the program meet a mistake of its own whose words hold secrets."""

    def crashed(*argv, **environ):
        def clock():
            local_secret = CANARY * 2
            raise ZeroDivisionError(f"{KEY} {SECRET} {len(local_secret)} token={CANARY}")

        out, err = io.StringIO(), io.StringIO()
        home = {"RENSEI_HOME": str(tmp_path), "RENSEI_AUTH_TOKEN": SECRET}
        runtime = Runtime(
            environ={**home, **environ}, stdin=io.StringIO(), stdout=out, stderr=err, now=clock
        )
        return cli.lead(argv, runtime), out.getvalue(), err.getvalue()

    return crashed


@pytest.mark.parametrize("how", ["--debug", "RENSEI_DEBUG"])
def test_a_mistake_of_ours_has_a_traceback_that_can_be_shown(crash, server, how):
    server.always((429, {}, {"retry-after": "Wed, 03 Jun 2026 12:00:01 GMT"}))
    words = ("session", "list", "--url", server.url)

    quiet = crash(*words, RENSEI_DEBUG="0")
    loud = crash(
        *words, *([how] if how == "--debug" else ()), RENSEI_DEBUG=str(how == "RENSEI_DEBUG" or 0)
    )

    assert (quiet[0], loud[0]) == (1, 1)
    assert "Traceback" not in quiet[2]
    assert "this is a mistake in rensei itself (ZeroDivisionError)" in quiet[2]
    assert "Traceback (most recent call last):" in loud[2]
    assert "ZeroDivisionError: rsk_live_… " in loud[2]
    for text in (*quiet[1:], *loud[1:]):
        assert CANARY not in text
        assert SECRET not in text


def test_the_trace_tells_what_was_decided(ask, server):
    server.on("list", (200, {"sessions": [{"id": ID, "status": "completed"}]}))
    server.on("detail", (503, {}), (200, {"id": ID, "status": "completed"}))
    server.on("activities", (404, "<h1>404</h1>"))
    server.on("older", (200, {"activities": [], "sessionStatus": "completed"}))

    told = ask("session", "show", ID, "--debug")

    traced = [line for line in told.stderr.splitlines() if line.startswith("· ")]
    assert traced[0] == f"· server {server.url} from RENSEI_API_URL; credential: RENSEI_AUTH_TOKEN"
    assert [line for line in traced if "a pause of" in line and "the server failed (503)" in line]
    assert f"· the route that this server has is /api/public/sessions/{ID}/activities" in traced


def test_the_trace_of_a_watch_tells_how_it_sees(ask, server):
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (200, {"id": ID, "status": "working"}))
    server.on("activities", (200, {"activities": [], "sessionStatus": "working"}))
    server.on("stream", (404, {"error": "no"}))

    told = ask("session", "watch", ID, "--debug", "--timeout", "1s")

    url = f"{server.url}/api/sessions/{ID}/stream"
    assert told.exit == 8
    assert [line for line in told.stderr.splitlines() if line.startswith(f"· GET {url}: ")]
    assert "rensei: polling: the stream answered 404" in told.stderr.splitlines()
