"""What `--json` prints: every known field in its true type, nothing of the server's lost."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter

from rensei_cli.api.sse import ServerEvent
from rensei_cli.api.stream import read_message
from rensei_cli.session.document import activity_document, activity_text, iso, session_document
from rensei_cli.session.schema import SessionDocument

RED = {
    "color": "red",
    "signals": [
        {
            "name": "ToolLoopStuck",
            "severity": "blocking",
            "active": True,
            "since": "2026-06-03T11:48:20Z",
            "durationMs": 700_000,
            "thresholdMs": 600_000,
            "calls": 14,
        }
    ],
}


def test_every_part_has_its_place(told, at):
    action = {"id": "206", "type": "action", "content": "Bash: ls", "timestamp": at(1), "mood": "x"}
    entry = {"action": "stop_signal", "timestamp": at(5), "source": "cli", "reason": "loop"}
    found = told(
        {
            "status": "working",
            "healthSummary": RED,
            "remediationHistory": [entry],
            "timeline": {"queued": at(50), "started": at(20)},
            "shard": {"n": 7},
        },
        [{**action, "id": "205"}, action],
        listed=[{"id": "0f1e2d3c4b5a6978", "status": "queued"}],
    )

    document = session_document(found, found.select(limit=1, types=()))

    assert document["fetchedAt"] == "2026-06-03T12:00:00.000Z"
    assert document["session"]["shard"] == {"n": 7}
    assert document["session"]["costUsd"] is None
    assert "healthSummary" not in document["session"]
    assert document["currentActivity"]["id"] == "206"
    assert document["activities"] == [
        {
            "id": "206",
            "type": "action",
            "toolName": None,
            "content": "Bash: ls",
            "timestamp": "2026-06-03T11:59:59.000Z",
            "mood": "x",
        }
    ]
    assert document["activitiesNotAvailable"] == 204
    assert document["health"]["level"] == "red"
    assert document["health"]["signals"][0] == {
        "name": "ToolLoopStuck",
        "severity": "blocking",
        "state": "active",
        "since": "2026-06-03T11:48:20.000Z",
        "durationMs": 700_000,
        "thresholdMs": 600_000,
        "evidence": {"calls": 14},
    }
    assert document["remediation"] == {
        "reported": True,
        "entries": [
            {
                "id": None,
                "action": "stop_signal",
                "timestamp": "2026-06-03T11:59:55.000Z",
                "source": "cli",
                "actor": None,
                "reason": "loop",
                "previousStatus": None,
                "newStatus": None,
            }
        ],
    }
    assert document["lifecycle"] == [
        {
            "status": "queued",
            "enteredAt": "2026-06-03T11:59:10.000Z",
            "durationSeconds": 30,
            "current": False,
        },
        {
            "status": "working",
            "enteredAt": "2026-06-03T11:59:40.000Z",
            "durationSeconds": 20,
            "current": True,
        },
    ]
    assert document["conflicts"] == [
        {
            "field": "status",
            "values": {"list": "queued", "detail": "working", "activities": "working"},
            "shown": "working",
        }
    ]


def test_what_is_not_reported_is_not_an_empty_history(told):
    found = told({"status": "queued"})

    assert session_document(found, ())["remediation"] == {"reported": False, "entries": []}


def test_both_spellings_of_an_activity_become_the_published_one(example):
    found = example("session-detail-wrapped", "activities-body-createdAt")

    assert [activity_document(item) for item in found.activities][1] == {
        "id": "8",
        "type": "action",
        "toolName": "Read",
        "content": "Read: /src/refunds/retry.py",
        "timestamp": "2026-06-03T09:14:02.000Z",
    }


def test_every_recorded_session_is_a_document_of_its_schema(recording):
    schema = TypeAdapter(SessionDocument)
    for name in ("completed", "failed", "finalizing", "parked", "queued", "running", "stopped"):
        found = recording(f"session-{name}", "activities-running", "sessions-list")
        document = json.loads(json.dumps(session_document(found, found.activities)))

        assert schema.validate_python(document, strict=True) == document


def test_moments_are_written_in_utc():
    east = datetime(2026, 6, 3, 14, 30, tzinfo=timezone(timedelta(hours=2)))

    assert iso(east) == "2026-06-03T12:30:00.000Z"
    assert iso(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000Z"
    assert iso(None) is None


SENT = b'{"id":"7","type":"thought","content":"ok","toolName":null,%s}'
TIMED = b'"timestamp":"2026-06-03T09:14:02.000Z"'


def passed_on(*lines):
    (activity,) = read_message(ServerEvent("activity", b"\n".join(lines), "7"))
    return activity_text(activity)


def test_what_came_as_it_is_told_is_passed_on_as_it_came():
    assert passed_on(SENT % (TIMED + b',"more": 1.50')) == (
        '{"id":"7","type":"thought","content":"ok","toolName":null,'
        '"timestamp":"2026-06-03T09:14:02.000Z","more": 1.50}'
    )


def test_what_is_always_told_is_added():
    assert passed_on(b'{"id":"7","type":"thought","content":"ok","timestamp":null}') == (
        '{"id":"7","type":"thought","content":"ok","timestamp":null,"toolName":null}'
    )


@pytest.mark.parametrize(
    "lines",
    [
        (SENT % b'"timestamp":"2026-06-03T11:14:02+02:00"',),
        (SENT % b'"timestamp":"0001-01-01T00:00:00.000Z"',),
        (SENT % b'"timestamp":"2026-06-03T09:14:02,000Z"',),
        (SENT % b'"timestamp":"2026-W23-3T09:14:02.000Z"',),
        (SENT % b'"timestamp":"2026-06-03T091402.00000Z"',),
        (SENT % (TIMED + b',\t"more":1'),),
        (SENT % (TIMED + b',"body":"ok"'),),
        (SENT % (TIMED + b',"more":NaN'),),
        (SENT % (TIMED + b',"more":1e999'),),
        (SENT % (TIMED + b',"more":"\xc3\xbc"'),),
        (SENT % (TIMED + b',"more":"\\ud800"'),),
        (SENT % (TIMED + b',"more":"\x7f"'),),
        (b'{"id":"7",', b'"type":"thought","content":"ok","toolName":null,%s}' % TIMED),
        (b'{"type":"thought","content":"without an id","toolName":null,%s}' % TIMED,),
        (b'{"id":7,"type":"thought","content":"ok","toolName":null,%s}' % TIMED,),
        (b'{"id":"7","type":"thought","content":"ok","toolName":"",%s}' % TIMED,),
    ],
)
def test_what_is_told_in_other_words_is_written_anew(lines):
    assert passed_on(*lines) is None
