import http.client
import json

import httpx
import pytest

from rensei_cli.embedded import auth

UNKNOWN = "0123456789abcdef"


def bare(site, method, path, **options):
    url = site.platform.url + path
    return httpx.request(method, url, trust_env=False, verify=False, **options)  # noqa: S501


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/public/sessions"),
        ("GET", f"/api/public/sessions/{UNKNOWN}"),
        ("GET", f"/api/public/session-activities?sessionId={UNKNOWN}"),
        ("GET", f"/api/sessions/{UNKNOWN}/stream"),
        ("POST", f"/api/public/sessions/{UNKNOWN}/stop"),
        ("GET", "/api/cli/whoami"),
        ("GET", "/api/public/stats"),
    ],
)
def test_operators_need_their_own_key(site, method, path):
    for key in (None, "", "Bearer", "Bearer wrong", f"Bearer {site.platform.worker_key}", "ä"):
        headers = {"Authorization": key.encode("latin-1")} if key is not None else {}
        answer = bare(site, method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"] == "Unauthorized"


@pytest.mark.parametrize("path", ["/api/workers/register", f"/api/sessions/{UNKNOWN}/claim"])
def test_workers_need_theirs(site, path):
    assert site.operator.post(path, json={}).status_code == 401


def test_either_may_enqueue(site):
    for client in (site.operator, site.crew):
        assert client.post("/api/sessions", json={"identifier": "ENG-1"}).status_code == 201
    assert bare(site, "POST", "/api/sessions", json={"identifier": "ENG-1"}).status_code == 401


def test_anybody_may_ask_whether_it_lives(site):
    assert bare(site, "GET", "/api/health").json()["status"] == "ok"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]:80"])
def test_a_foreign_host_name_is_turned_away(site, host):
    answer = bare(site, "GET", "/api/health", headers={"Host": host})
    assert answer.status_code == 421
    assert "loopback" in answer.json()["message"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:9"])
def test_every_name_of_this_machine_is_welcome(site, host):
    assert bare(site, "GET", "/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:x", "127.0.0.1:", "localhost:80:80", None])
def test_a_host_is_a_name_and_perhaps_a_port(host):
    assert auth.is_loopback(host) is (host == "127.0.0.1:")


@pytest.mark.parametrize(
    "session_id", ["0F1E2D3C4B5A6978", "ENG-124", "0f1e2d3c4b5a697", "0f1e2d3c4b5a69780", "%ff"]
)
def test_an_id_of_another_form_is_refused(site, session_id):
    wrong = {"error": "Invalid session ID format"}
    detail = site.operator.get(f"/api/public/sessions/{session_id}")
    assert (detail.status_code, detail.json()) == (400, wrong)
    page = site.operator.get(f"/api/public/session-activities?sessionId={session_id}")
    assert (page.status_code, page.json()) == (400, wrong)
    assert site.operator.get(f"/api/sessions/{session_id}/stream").status_code == 400
    assert site.do(session_id, "stop").status_code == 400


def test_an_unknown_session_is_not_found(site):
    for answer in (
        site.operator.get(f"/api/public/sessions/{UNKNOWN}"),
        site.operator.get(f"/api/sessions/{UNKNOWN}/stream"),
        site.do(UNKNOWN, "stop"),
        site.claim(UNKNOWN, site.worker()),
    ):
        assert (answer.status_code, answer.json()) == (404, {"error": "Session not found"})


def test_unknown_routes_and_methods_answer_in_json(site):
    missing = site.operator.get("/api/public/sessions/")
    assert (missing.status_code, missing.json()) == (404, {"error": "Not Found"})
    wrong = site.operator.put("/api/public/sessions")
    assert (wrong.status_code, wrong.json()) == (405, {"error": "Method Not Allowed"})
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_every_answer_has_a_number_and_takes_the_callers(site):
    for path in ("/api/health", "/nowhere", "/api/public/sessions"):
        assert len(bare(site, "GET", path).headers["X-Request-Id"]) == 32
    own = bare(site, "GET", "/api/health", headers={"X-Request-Id": "trace.7-b"})
    assert own.headers["X-Request-Id"] == "trace.7-b"
    bad = bare(site, "GET", "/api/health", headers={"X-Request-Id": "a b"})
    assert bad.headers["X-Request-Id"] != "a b"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"stop"',
        b"7",
        b"\xff",
        b'{"reason": NaN}',
        b'{"reason": 1e999}',
        b'{"reason": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"reason": ' + b"[" * 100_000,
        b'{"reason": ' + b"[" * 80 + b"]" * 80 + b"}",
        b'{"reason": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_no_sound_json_object_is_refused(site, body):
    session_id = site.enqueue()
    answer = site.operator.post(f"/api/public/sessions/{session_id}/stop", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    assert site.session(session_id)["status"] == "queued"


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b" "])
def test_a_body_may_be_left_out(site, body):
    session_id = site.enqueue()
    answer = site.operator.post(f"/api/public/sessions/{session_id}/stop", content=body)
    assert answer.status_code == 200


def test_a_body_may_have_a_mebibyte(site):
    session_id, worker_id = site.claimed()
    body = json.dumps({"workerId": worker_id, "activity": {"type": "x", "content": ""}}).encode()
    padding = b" " * ((1 << 20) - len(body))
    path = f"/api/sessions/{session_id}/activity"
    assert site.crew.post(path, content=body + padding).status_code == 200
    assert site.crew.post(path, content=body + padding + b" ").status_code == 413


def test_a_body_without_an_end_is_cut_off(site):
    """Chunked, so that no length announces it."""
    host = httpx.URL(site.platform.url)
    connection = http.client.HTTPConnection(host.host, host.port, timeout=5)
    connection.putrequest("POST", "/webhook")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(17):
        connection.send(chunk)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (413, "Payload Too Large")
    connection.close()


def test_fields_of_the_wrong_kind_are_named(site):
    session_id, worker_id = site.run()
    for field, value in {
        "costUsd": -1,
        "inputTokens": 2**60,
        "outputTokens": 1.5,
        "provider": 7,
    }.items():
        answer = site.report(session_id, worker_id, "running", **{field: value})
        assert answer.status_code == 400
        assert answer.json()["message"].startswith(field)
