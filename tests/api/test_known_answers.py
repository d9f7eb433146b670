"""Every recorded answer and every example of the wire, and what this program takes it for."""

import json
from pathlib import Path

import pytest

from rensei_cli.api.activity import read_page
from rensei_cli.api.answer import Answer, error_of
from rensei_cli.api.models import read_session, read_sessions
from rensei_cli.api.reports import read_health
from rensei_cli.api.sse import Decoder
from rensei_cli.api.stream import StatusHint, read_message

WIRE = Path(__file__).parent.parent / "wire"


def recorded(name):
    head, _, body = (WIRE / "recordings" / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    if not body and b"\n\n" in head:
        head, _, body = head.partition(b"\n\n")
    status, *lines = head.decode().splitlines()
    fields = (line.partition(":") for line in lines)
    headers = {field.strip().lower(): value.strip() for field, _, value in fields}
    return Answer(int(status.split()[1]), headers, body)


def example(name):
    """Give an example as an answer; keys that begin with `_` are notes."""
    told = json.loads((WIRE / "examples" / f"{name}.json").read_text())
    notes = told if isinstance(told, dict) else {}
    status = notes.get("_status") or next(
        (code for code in (400, 401, 403, 404, 429, 500) if name.startswith(f"error-{code}")), 200
    )
    headers = {key.lower(): value for key, value in notes.get("_headers", {}).items()}
    if isinstance(told, dict):
        told = {key: value for key, value in told.items() if not key.startswith("_")}
    return Answer(status, {"content-type": "application/json"} | headers, json.dumps(told).encode())


def of_session(answer):
    found = read_session(answer)
    moments = found.timeline
    known = [name for name in moments.fields() if getattr(moments, name)]
    return found.identifier, found.status, found.duration, known


def of_page(answer):
    page = read_page(answer)
    first = page.activities[0].id if page.activities else None
    return len(page.activities), first, page.cursor, page.status


SESSIONS = {
    "session-queued": ("RIG-1", "queued", 13, ["queued"]),
    "session-parked": ("RIG-3", "parked", 14, ["queued"]),
    "session-running": ("RIG-4", "working", 16, ["queued"]),
    "session-finalizing": ("RIG-5", "queued", 17, ["queued"]),
    "session-completed": ("RIG-6", "completed", None, ["queued"]),
    "session-failed": ("RIG-7", "failed", None, ["queued"]),
    "session-stopped": ("RIG-8", "failed", None, ["queued"]),
}
PAGES = {
    "activities-running": (15, "1", "15", "working"),
    "activities-running-after-past-end": (0, None, "9999", "working"),
    "activities-silent": (0, None, None, "working"),
    "activities-finalizing": (7, "1", "7", "queued"),
    "activities-completed": (7, "1", "7", "completed"),
    "activities-stopped": (7, "1", "7", "stopped"),
    "activities-ring-after-10": (200, "51", "250", "working"),
    "restart-activities-after-14-before-post": (0, None, "14", "working"),
}
ERRORS = {
    "session-bad-id": ("usage", 400, "the server refused the request: Invalid session ID format"),
    "session-unknown-id": ("not_found", 404, "Session not found"),
    "noredis-session": ("not_found", 404, "Session not found"),
    "public-stop-404": ("route_missing", 404, "this server does not have that endpoint"),
    "session-delete-405": ("route_missing", 405, "this server does not have that endpoint"),
    "session-trailing-slash": (
        "contract",
        308,
        "the server moved: 308 to /api/public/sessions/1d3da4fd5c35fa22",
    ),
    "rate-limited-429": ("rate_limited", 429, "the server allows no more requests now (429)"),
}
LISTS = {"sessions-list": 14, "noredis-sessions-list": 0}


def test_every_recording_is_spoken_of_here():
    known = {*SESSIONS, *PAGES, *ERRORS, *LISTS}

    assert known == {path.stem for path in (WIRE / "recordings").glob("*.http")}


@pytest.mark.parametrize(("name", "expected"), SESSIONS.items(), ids=SESSIONS)
def test_a_recorded_session_decodes(name, expected):
    assert error_of(recorded(name)) is None
    assert of_session(recorded(name)) == expected


@pytest.mark.parametrize(("name", "expected"), PAGES.items(), ids=PAGES)
def test_a_recorded_page_of_activities_decodes(name, expected):
    assert error_of(recorded(name)) is None
    assert of_page(recorded(name)) == expected


@pytest.mark.parametrize(("name", "expected"), ERRORS.items(), ids=ERRORS)
def test_a_recorded_failure_is_the_error_it_means(name, expected):
    error = error_of(recorded(name))

    assert (error.code, error.http_status, error.message) == expected


@pytest.mark.parametrize(("name", "count"), LISTS.items(), ids=LISTS)
def test_a_recorded_list_decodes(name, count):
    listed = read_sessions(recorded(name))

    assert len(listed.sessions) == count
    assert listed.timestamp.year == 2026


def test_the_recorded_list_holds_what_the_detail_gets_wrong():
    listed = {item.identifier: item for item in read_sessions(recorded("sessions-list")).sessions}

    assert listed["RIG-8"].status == "stopped"
    assert listed["RIG-5"].status == "working"
    assert listed["RIG-6"].cost_usd == 1.2345678
    assert (listed["Unknown"].started_at, listed["Unknown"].duration) == (None, None)


def test_a_recorded_activity_may_be_of_any_type_with_any_content():
    page = {item.id: item for item in read_page(recorded("activities-running")).activities}

    assert page["7"].raw["contextValue"] == {"name": "rig/4", "ahead": 2, "tags": ["a", None]}
    assert page["11"].type == "plan"
    assert page["12"].content == '{"body": "content may be any truthy JSON value"}'
    assert "\x1b[31mANSI" in page["9"].content


def health(report):
    return report.color, [(item.name, item.active, item.severity) for item in report.signals]


REFUSAL = "session_lifecycle_reconciliation_required (reconciliation_required)"
ENRICHED = ("red", [("ToolLoopStuck", True, "blocking")])
OSS_SIGNALS = [
    ("LongRunning", True, None),
    ("StaleHeartbeat", False, None),
    ("ClaimStuck", False, None),
    ("ToolLoopStuck", True, None),
]


def test_a_wrapped_detail_decodes():
    found = read_session(example("session-detail-wrapped"))

    assert (found.identifier, found.input_tokens, found.cost_usd) == ("PAY-412", 48210, 1.8342)
    assert (found.health, found.remediation) == (None, None)
    assert found.timestamp.isoformat() == "2026-06-03T09:15:30+00:00"


def test_a_bare_detail_decodes_with_its_health_and_its_history():
    found = read_session(example("session-detail-bare-enriched"))

    assert health(found.health) == ENRICHED
    signal = found.health.signals[0]
    assert (signal.duration_ms, signal.threshold_ms) == (810_000, 600_000)
    assert [
        (entry.action, entry.source, entry.actor, entry.new_status) for entry in found.remediation
    ] == [
        ("claim_release", "CLI", "ana@example.com", "queued"),
        ("stop_signal", "webhook", None, None),
    ]


def test_booleans_on_a_bare_detail_are_signals():
    found = read_session(example("session-detail-bare-bool-signals"))

    assert found.health.color is None
    assert [item.name for item in found.health.signals if item.active] == ["StaleHeartbeat"]


def test_the_signals_of_the_open_source_supervisor_are_read():
    assert health(read_health(example("stuck-signals-oss").json())) == (None, OSS_SIGNALS)


def test_impossible_times_and_durations_are_unknown():
    expected = ("PAY-412", "failed", None, ["queued"])

    assert of_session(example("session-detail-oss-bad-timestamps")) == expected


def test_what_another_client_printed_is_read_as_a_detail():
    found = read_session(example("show-json-go"))

    assert (found.identifier, found.status) == ("PAY-412", "working")


def test_the_listed_example_decodes():
    listed = read_sessions(example("sessions-list"))

    assert [(item.identifier, item.status, item.cost_usd) for item in listed.sessions] == [
        ("PAY-412", "working", 1.8342),
        ("PAY-409", "parked", None),
        ("PAY-398", "stopped", 0.0041),
    ]


def test_both_spellings_of_an_activity_mean_the_same():
    older = read_page(example("activities-body-createdAt")).activities
    newer = read_page(example("activities-content-timestamp")).activities

    assert [(item.type, item.tool, item.content) for item in older] == [
        ("thought", None, "Reading the failing test first."),
        ("action", "Read", "Read: /src/refunds/retry.py"),
        ("response", None, "Refund retry is fixed."),
    ]
    assert older[1].tool_input == {"file_path": "/src/refunds/retry.py"}
    assert older[0].at.isoformat() == "2026-06-03T09:14:01+00:00"
    assert [(item.type, item.tool, item.content) for item in newer] == [
        ("thought", None, "Checking how refunds are retried."),
        ("action", "Read", "Read: src/refunds/retry.py"),
        ("context", None, "currentFile"),
        ("progress", None, "3 of 5 tests pass"),
        ("error", "Bash", "pytest exited with 1"),
    ]
    assert newer[0].at.isoformat() == "2026-06-03T09:14:01+00:00"


def test_an_empty_page_of_a_finished_session_decodes():
    assert of_page(example("activities-empty-terminal")) == (0, None, "9", "completed")


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("error-400", "usage", "the server refused the request: Invalid session ID format"),
        ("error-401", "auth", "Invalid or missing API key"),
        ("error-403", "auth", "Session is owned by another worker"),
        ("error-404", "not_found", "Session not found"),
        ("error-429", "rate_limited", "Too many requests"),
        ("error-500-list", "server_error", "Failed to fetch sessions"),
        ("stop-409-typed", "refused", f"the server refused: {REFUSAL}"),
    ],
)
def test_an_example_of_a_failure_is_the_error_it_means(name, code, said):
    error = error_of(example(name))

    assert error.code == code
    assert said in (error.message, error.hint)


def test_a_typed_refusal_says_when_to_come_back():
    error = error_of(example("stop-409-typed"))

    assert (error.retryable, error.remedy) == (True, "the same again in 15 s")


@pytest.mark.parametrize(
    "name",
    [
        "attestation",
        "audit-chain",
        "audit-events",
        "daemon-stop",
        "nack",
        "reconnect",
        "release-claim-guess",
        "stats",
        "stop-200",
        "stop-200-receipt",
        "stop-200-receipt-presession",
        "stop-202-pending",
        "prompt-go",
        "prompt-held",
        "prompt-openapi",
        "session-status-worker",
        "session-status-worker-prose",
        "whoami",
        "worker-health-oss",
        "remediation-decision-oss",
        "remediation-record-oss",
    ],
)
def test_answers_of_other_endpoints_are_successes_and_json(name):
    answer = example(name)

    assert error_of(answer) is None
    assert answer.json()


def test_the_guessed_stream_tells_an_activity_and_a_status():
    raw = example("sse-session-guesses").json()["raw"].encode()

    told = [message for event in Decoder().feed(raw) for message in read_message(event)]

    assert [getattr(message, "content", None) for message in told] == ["Bash: pytest", None]
    assert told[1] == StatusHint("completed")


def test_the_stream_of_another_protocol_tells_states_and_no_activity():
    raw = example("sse-a2a-sample").json()["raw"].encode()

    told = [message for event in Decoder().feed(raw) for message in read_message(event)]

    assert told == [StatusHint("working"), StatusHint("completed")]
