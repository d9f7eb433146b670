import json

import pytest

from rensei_cli.embedded import auth


def hook(site, wish, signature=None):
    body = json.dumps(wish).encode()
    given = signature or auth.signature(site.platform.webhook_secret, body)
    return site.operator.post("/webhook", content=body, headers={"X-Rensei-Signature": given})


@pytest.mark.parametrize("named", ["sessionId", "trackerSessionId"])
def test_a_signed_webhook_stops_a_session_by_either_id(site, named):
    tracker_id = "5b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11"
    session_id = site.enqueue(trackerSessionId=tracker_id)
    name = session_id if named == "sessionId" else tracker_id
    assert hook(site, {"sessionId": name, "signal": "stop"}).status_code == 200
    (entry,) = site.session(session_id)["remediationHistory"]
    assert (entry["source"], entry["actor"]) == ("webhook", "webhook")


def test_a_webhook_lets_an_ended_session_go_on(site):
    session_id = site.enqueue()
    site.do(session_id, "stop")
    answer = hook(site, {"sessionId": session_id, "signal": "continue"}).json()
    assert (answer["continued"], answer["newStatus"]) == (True, "queued")
    again = hook(site, {"sessionId": session_id, "signal": "continue"}).json()
    assert again["continued"] is False


def test_a_webhooks_stop_waits_for_the_worker_too(site):
    session_id, worker_id = site.run()
    wish = {"sessionId": session_id, "signal": "stop", "reason": "closed"}
    assert hook(site, wish).status_code == 202
    assert site.session(session_id)["remediationHistory"][0] == {
        "id": "rem_1",
        "action": "stop_signal",
        "timestamp": "2026-06-03T12:00:00.000Z",
        "source": "webhook",
        "actor": "webhook",
        "reason": "closed",
        "previousStatus": "working",
        "newStatus": "working",
    }
    assert [one["reason"] for one in site.beat(worker_id)["signals"]] == ["closed"]
    site.report(session_id, worker_id, "stopped")
    hook(site, {**wish, "signal": "continue"})
    entry = site.session(session_id)["remediationHistory"][1]
    assert (entry["source"], entry["previousStatus"], entry["newStatus"]) == (
        *("webhook", "stopped", "queued"),
    )


def test_a_webhooks_reason_has_a_length_too(site):
    wish = {"sessionId": site.enqueue(), "signal": "stop", "reason": "x" * 200_000}
    assert hook(site, wish).status_code == 400


@pytest.mark.parametrize("signature", ["00" * 32, "not-hex", b"\xc3\xa4"])
def test_a_webhook_without_its_signature_does_nothing(site, signature):
    session_id = site.enqueue()
    answer = hook(site, {"sessionId": session_id, "signal": "stop"}, signature)
    assert answer.status_code == 401
    assert site.session(session_id)["status"] == "queued"


def test_a_webhook_asks_for_something_known(site):
    session_id = site.enqueue()
    assert hook(site, {"sessionId": session_id, "signal": "dance"}).status_code == 400
    assert hook(site, {"sessionId": "nobody", "signal": "stop"}).status_code == 404
