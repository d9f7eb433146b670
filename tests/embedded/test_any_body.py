"""Nothing a client sends may break the platform: every answer is JSON and below 500."""

from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rensei_cli.embedded.platform import Config, running

WORDS = ["running", "finalizing", "stopped", "queued", "stop", "continue", "$worker", "$session"]
NAMES = [
    *["workerId", "status", "activity", "type", "content", "toolName", "timestamp", "reason"],
    *["prompt", "idempotencyKey", "expectedWorkerId", "identifier", "issueTitle", "priority"],
    *["costUsd", "inputTokens", "acknowledged", "name", "trackerSessionId", "project"],
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(WORDS),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)
bodies = st.one_of(values, st.dictionaries(st.sampled_from(NAMES), values, max_size=6))
ROUTES = [
    "/api/public/sessions/$session/stop",
    "/api/public/sessions/$session/release-claim",
    "/api/public/sessions/$session/prompt",
    "/api/public/sessions/$session/status-override",
    "/api/workers/register",
    "/api/workers/$worker/heartbeat",
    "/api/sessions",
    "/api/sessions/$session/claim",
    "/api/sessions/$session/status",
    "/api/sessions/$session/activity",
]


@pytest.fixture(scope="module")
def wire(tmp_path_factory):
    environ = {"RENSEI_HOME": str(tmp_path_factory.mktemp("home"))}
    with (
        running(Config(in_memory=True), environ=environ) as platform,
        httpx.Client(base_url=platform.url, trust_env=False, verify=False) as http,  # noqa: S501
    ):
        yield platform, http


def send(wire, path, body):
    platform, http = wire
    worker = path.startswith(("/api/workers", "/api/sessions"))
    key = platform.worker_key if worker else platform.operator_key
    return http.post(path, json=body, headers={"Authorization": f"Bearer {key}"})


def known(value, names):
    """Put the real ids where the placeholders are, so that the deeper rules are reached too."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [known(inner, names) for inner in value]
    if isinstance(value, dict):
        return {key: known(inner, names) for key, inner in value.items()}
    return value


@pytest.mark.parametrize("route", ROUTES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies)
def test_any_json_is_answered(wire, route, body):
    worker = send(wire, "/api/workers/register", {}).json()["workerId"]
    session = send(wire, "/api/sessions", {"identifier": "ENG-1", "project": worker}).json()
    names = {"$worker": worker, "$session": session["sessionId"]}
    send(wire, f"/api/sessions/{session['sessionId']}/claim", {"workerId": worker})
    path = route.replace("$session", names["$session"]).replace("$worker", worker)
    answer = send(wire, path, known(body, names))
    assert answer.status_code < 500
    assert isinstance(answer.json(), dict)


@given(raw=st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_bytes_are_answered(wire, raw):
    platform, http = wire
    headers = {"Authorization": f"Bearer {platform.worker_key}"}
    answer = http.post("/api/workers/register", content=raw, headers=headers)
    assert answer.status_code in {201, 400}


@given(query=st.text(max_size=20), path=st.text(max_size=20))
@settings(max_examples=30, deadline=None)
def test_any_question_is_answered(wire, query, path):
    platform, http = wire
    headers = {"Authorization": f"Bearer {platform.operator_key}"}
    params = {"sessionId": query, "cursor": query, "project": query, "status": query}
    for url in ("/api/public/session-activities", "/api/public/sessions"):
        assert http.get(url, params=params, headers=headers).status_code < 500
    url = f"/api/public/sessions/x{quote(path)}"
    assert http.get(url, headers=headers).status_code in {400, 404}
