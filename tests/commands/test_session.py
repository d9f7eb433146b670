"""`session list` and `session show`, end to end against a real platform."""

import json


def test_show_tells_what_a_session_does_and_how_it_is(rensei, world):
    session = world.enqueue(provider="claude", branch="eng-124-refunds")
    worker = world.worker()
    world.claim(session, worker)
    world.act(session, worker, content="Reading the failing test first.")

    result = rensei("session", "show", "ENG-124")

    assert result.exit == 0
    assert f"using the embedded platform at {world.platform.url}" in result.stderr
    for part in (session, "● working", "● green", "Reading the failing test first."):
        assert part in result.stdout


def test_show_as_json_is_one_document(rensei, world):
    session = world.enqueue()

    document = json.loads(rensei("session", "show", session[:6], "--json").stdout)

    assert document["schema"] == "rensei.session/1"
    assert document["session"]["id"] == session
    assert document["health"]["level"] == "none"


def test_list_shows_live_sessions_first_and_ids_alone_with_q(rensei, world):
    first, second = world.enqueue("ENG-1"), world.enqueue("ENG-2")

    result = rensei("session", "list", "-q")

    assert result.exit == 0
    assert set(result.stdout.split()) == {first, second}
