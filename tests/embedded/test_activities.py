import pytest


def many(site, number):
    session_id, worker_id = site.claimed()
    for count in range(1, number + 1):
        site.act(session_id, worker_id, content=f"step {count}")
    return session_id, worker_id


def ids(page):
    return [int(one["id"]) for one in page["activities"]]


def test_a_live_session_shows_its_newest_two_hundred(site):
    session_id, worker_id = many(site, 250)
    assert ids(site.activities(session_id)) == list(range(51, 251))
    assert ids(site.activities(session_id, after="10")) == list(range(51, 251))
    site.finish(session_id, worker_id)
    assert ids(site.activities(session_id)) == list(range(1, 251))


def test_a_cursor_gives_what_is_newer_and_names_the_last(site):
    session_id, _ = many(site, 5)
    page = site.activities(session_id, cursor="3")
    assert (ids(page), page["cursor"], page["sessionStatus"]) == ([4, 5], "5", "working")


@pytest.mark.parametrize("cursor", ["5", "9999", "9" * 40])
def test_nothing_newer_echoes_the_cursor(site, cursor):
    session_id, _ = many(site, 5)
    page = site.activities(session_id, cursor=cursor)
    assert (page["activities"], page["cursor"]) == ([], cursor)


def test_nothing_stored_and_nothing_asked_has_no_cursor(site):
    page = site.activities(site.enqueue())
    assert page == {"activities": [], "sessionStatus": "queued"}


@pytest.mark.parametrize(("cursor", "first"), [("abc", 1), ("", 1), ("-1", 1), ("3.7", 4)])
def test_a_cursor_is_read_as_leniently_as_elsewhere(site, cursor, first):
    session_id, _ = many(site, 5)
    assert ids(site.activities(session_id, after=cursor))[0] == first


def test_cursor_wins_over_its_alias(site):
    session_id, _ = many(site, 5)
    assert ids(site.activities(session_id, cursor="4", after="1")) == [5]


def test_an_activity_comes_back_as_it_was_given(site):
    session_id, worker_id = site.claimed()
    given = {
        "type": "action",
        "content": {"tool": "Bash", "ünïcode": ["\u2028", "\x00", "🎌"]},
        "toolName": "Bash",
        "toolInput": {"command": "python -m unittest -q"},
        "toolOutput": "FAILED",
        "toolUseId": "tool_1",
        "isError": True,
        "durationMs": 81,
        "timestamp": "yesterday",
        "somethingNew": 1e100,
    }
    site.act(session_id, worker_id, **given)
    assert site.activities(session_id)["activities"] == [{**given, "id": "1"}]


def test_an_activity_without_a_time_gets_the_platforms(site):
    session_id, worker_id = site.claimed()
    site.act(session_id, worker_id, id="77")
    (activity,) = site.activities(session_id)["activities"]
    assert (activity["id"], activity["timestamp"]) == ("1", "2026-06-03T12:00:00.000Z")


@pytest.mark.parametrize("activity", [None, "thought", [], {}, {"type": 7}, {"content": "x"}])
def test_an_activity_is_an_object_with_a_type(site, activity):
    session_id, worker_id = site.claimed()
    body = {"workerId": worker_id, "activity": activity}
    assert site.crew.post(f"/api/sessions/{session_id}/activity", json=body).status_code == 400


def test_the_session_has_to_be_named(site):
    assert site.operator.get("/api/public/session-activities").status_code == 400
