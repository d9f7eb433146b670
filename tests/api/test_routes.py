"""Two forms of one route: which is asked, and what is remembered of the answer."""

import pytest

from rensei_cli.api import calls
from rensei_cli.errors import NotFoundError, RouteMissingError

ID = "0f1e2d3c4b5a6978"
PAGE = {"activities": [{"id": "1", "type": "thought", "content": "x"}], "sessionStatus": "working"}


def asked(server):
    return [request.route for request in server.asked]


def test_the_query_form_is_asked_first_and_alone_where_it_is_spoken(client, server):
    server.on("activities", (200, PAGE))

    assert client.send(calls.activities(ID)).status == "working"
    assert client.send(calls.activities(ID, after="a b")).status == "working"

    assert [request.target for request in server.asked] == [
        f"/api/public/session-activities?sessionId={ID}",
        f"/api/public/session-activities?sessionId={ID}&cursor=a+b",
    ]


@pytest.mark.parametrize(
    "missing",
    [(404, "<h1>404</h1>"), (404, b""), (405, "<h1>405</h1>"), (405, b""), (405, {"error": "no"})],
    ids=["404 HTML", "404 empty", "405 HTML", "405 empty", "405 JSON"],
)
def test_a_missing_route_leads_to_the_path_form_which_is_remembered(client, server, missing):
    server.on("activities", missing)
    server.on("older", (200, PAGE))

    for _ in range(3):
        assert len(client.send(calls.activities("x/y", after="5")).activities) == 1

    assert asked(server) == ["activities", "older", "older", "older"]
    assert server.asked[-1].target == "/api/public/sessions/x%2Fy/activities?after=5"


def test_a_missing_session_is_no_missing_route(client, server):
    server.on("activities", (404, {"error": "Session not found"}))

    with pytest.raises(NotFoundError):
        client.send(calls.activities(ID))

    assert asked(server) == ["activities"]


def test_a_session_missing_from_the_path_form_settles_nothing(client, server):
    server.on("activities", (404, "<h1>404</h1>"))
    server.on("older", (404, {"error": "Session not found"}), (200, PAGE))

    with pytest.raises(NotFoundError):
        client.send(calls.activities("gone"))

    assert client.send(calls.activities(ID)).status == "working"
    assert asked(server) == ["activities", "older", "activities", "older"]


def test_a_server_with_neither_form_is_told_apart_from_one_without_the_session(client, server):
    server.always((404, "<h1>404</h1>"))

    with pytest.raises(RouteMissingError):
        client.send(calls.activities(ID))


def test_a_failing_server_is_not_taken_for_an_older_one(client, server):
    server.on("activities", (500, b""), (200, PAGE))

    assert client.send(calls.activities(ID)).status == "working"
    assert asked(server) == ["activities", "activities"]


def test_three_calls_at_once_agree_on_the_form_that_is_spoken(client, server):
    server.on("activities", (404, "<h1>404</h1>"))
    server.on("older", (200, PAGE))

    pending = [client.start(calls.activities(f"session-{number}")) for number in range(3)]

    assert [one.result().status for one in pending] == ["working"] * 3
    before = len(server.asked)
    client.send(calls.activities(ID))
    assert asked(server)[before:] == ["older"]


def test_show_does_without_activities_and_says_why(ask, server):
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (200, {"id": ID, "status": "working"}))

    told = ask("session", "show", ID, "--json")

    assert told.exit == 0
    assert told.document()["unavailable"] == [
        {"part": "activities", "why": "this server does not have that endpoint"}
    ]


def test_a_project_is_asked_for_by_its_name(client, server):
    server.on("list", (200, {"sessions": []}))

    client.send(calls.sessions(project="a/b&c"))

    assert server.asked[0].target == "/api/public/sessions?project=a%2Fb%26c"
