"""The log says who wrote what, in the order in which it came to count."""

import json
import sqlite3
import sys

import pytest

from rensei_cli.embedded import auth
from rensei_cli.embedded.journal import Act, Journal
from rensei_cli.embedded.platform import Cause, Config, StartError, running

ACT = Act(at=0, act="stop", session_id=None, worker_id=None, status=404)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "acts.jsonl"


@pytest.fixture
def site(start, log):
    return start(log=log)


def lines(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_every_act_is_told_with_who_did_it_and_how_it_was_answered(site, log):
    session_id, worker_id = site.run()
    site.do(session_id, "prompt", {"prompt": "a secret plan"})
    site.do(session_id, "release-claim", {"reason": "a secret reason"})
    site.act(session_id, worker_id)
    site.claim(session_id, worker_id)
    site.act(session_id, worker_id)
    site.do(session_id, "stop")
    site.report(session_id, worker_id, "stopped")
    site.do(session_id, "status-override", {"status": "queued"})
    told = [(one["act"], one.get("workerId"), one["status"]) for one in lines(log)]
    assert told == [
        ("enqueue", None, 201),
        ("register", worker_id, 201),
        ("claim", worker_id, 200),
        ("activity", worker_id, 200),
        ("prompt", None, 200),
        ("release-claim", worker_id, 200),
        ("activity", worker_id, 409),
        ("claim", worker_id, 200),
        ("activity", worker_id, 200),
        ("stop", None, 202),
        ("status", worker_id, 200),
        ("status-override", None, 200),
    ]
    assert {one["at"] for one in lines(log)} == {"2026-06-03T12:00:00.000Z"}
    assert {one.get("sessionId") for one in lines(log) if one["act"] != "register"} == {session_id}


def test_neither_keys_nor_what_was_said_are_told(site, log):
    session_id, worker_id = site.run()
    site.do(session_id, "stop", {"reason": "hush", "workerId": "hush"})
    site.act(session_id, "a worker's name\n of any\x1b kind")
    site.act(session_id, worker_id, content="hush")
    site.crew.post("/api/workers/register", json={"name": "hush"})
    text = log.read_text()
    assert "hush" not in text
    assert "kind" not in text
    assert "_live_" not in text


def test_beats_polls_and_questions_are_not_acts(site, log):
    session_id, worker_id = site.run()
    before = len(lines(log))
    site.beat(worker_id)
    site.poll(worker_id)
    site.session(session_id)
    assert len(lines(log)) == before


def test_what_is_refused_is_told_too(site, log):
    session_id = site.enqueue()
    site.do("0" * 16, "stop")
    site.do(session_id, "status-override", {"status": "working"})
    site.do(session_id, "prompt", {"prompt": " "})
    site.do(session_id, "release-claim")
    told = [(one["act"], one["sessionId"], one["status"]) for one in lines(log)[1:]]
    assert told == [
        ("stop", "0" * 16, 404),
        ("status-override", session_id, 400),
        ("prompt", session_id, 400),
        ("release-claim", session_id, 409),
    ]


def test_a_webhook_is_told_with_the_session_it_means(site, log):
    tracker_id = "5b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11"
    session_id = site.enqueue(trackerSessionId=tracker_id)
    body = json.dumps({"sessionId": tracker_id, "signal": "stop"}).encode()
    headers = {"X-Rensei-Signature": auth.signature(site.platform.webhook_secret, body)}
    site.operator.post("/webhook", content=body, headers=headers)
    newest = lines(log)[-1]
    assert (newest["act"], newest["sessionId"], newest["status"]) == ("webhook", session_id, 200)


def test_a_request_sent_again_under_its_key_is_no_second_act(site, log):
    session_id = site.enqueue()
    for _ in range(2):
        site.do(session_id, "stop", **{"Idempotency-Key": "k-1"})
    assert [one["act"] for one in lines(log)] == ["enqueue", "stop"]


def test_what_could_not_be_stored_did_not_happen(site, log):
    session_id, worker_id = site.run()
    limit = site.platform.store.submit
    limit(lambda unit: unit.row("PRAGMA max_page_count = 1")).result()
    assert site.act(session_id, worker_id, content="x" * 900_000).status_code == 503
    assert (lines(log)[-1]["act"], lines(log)[-1]["status"]) == ("activity", 503)


def test_what_could_not_be_committed_did_not_happen(site, log):
    def work(unit):
        unit.acts.append(ACT)
        unit.connection.execute("COMMIT")

    assert isinstance(site.platform.store.submit(work).exception(), sqlite3.Error)
    assert [one["status"] for one in lines(log)] == [503]


def test_the_log_is_its_owners_alone_and_goes_on_where_it_was(start, log):
    log.write_text('{"act":"before"}\n')
    log.chmod(0o644)
    start(log=log).enqueue()
    assert [one["act"] for one in lines(log)] == ["before", "enqueue"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_new_log_is_private_and_may_be_closed_twice(log):
    journal = Journal(log)
    journal.write([ACT])
    journal.close()
    journal.close()
    assert log.stat().st_mode & 0o777 == 0o600
    assert lines(log) == [{"at": "1970-01-01T00:00:00.000Z", "act": "stop", "status": 404}]


def test_a_log_that_cannot_be_opened_keeps_the_platform_from_starting(tmp_path):
    config = Config(in_memory=True, log=tmp_path / "no" / "log")
    platform = running(config, environ={"RENSEI_HOME": str(tmp_path)})
    with pytest.raises(StartError, match="No such file") as caught:
        platform.__enter__()
    assert caught.value.cause is Cause.log


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_gap_in_the_log_is_told_and_the_platform_goes_on(start, caplog):
    site = start(log="/dev/full")
    session_id, worker_id = site.run()
    assert site.session(session_id)["claim"]["workerId"] == worker_id
    assert "The log of acts has a gap: [Errno 28]" in caplog.text
