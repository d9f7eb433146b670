"""`session list`, end to end against a real platform."""

import pytest

from rensei_cli.session.schema import ListDocument


def test_list_as_json_is_one_document_of_its_schema(rensei, valid, working, ended):
    ended("completed")

    document = valid(rensei("--json", "session", "list").stdout, ListDocument)

    assert (document["count"], document["total"]) == (1, 2)
    assert [run["id"] for run in document["sessions"]] == [working[0]]
    assert document["sessions"][0]["health"] == "green"


def test_ids_alone_with_q(rensei, world):
    found = {world.enqueue(f"ENG-{number}") for number in range(3)}

    result = rensei("session", "list", "-q")

    assert set(result.stdout.splitlines()) == found


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 3),
        (("--limit", "2"), 2),
        (("--all",), 4),
        (("--status", "working"), 1),
        (("--status", "working", "--status", "failed"), 2),
        (("--status", "parked"), 0),
        (("--health", "red"), 0),
        (("--health", "yellow", "--all"), 0),
    ],
)
def test_filters(rensei, world, working, ended, options, count):
    assert working
    world.enqueue("ENG-2")
    world.enqueue("ENG-3")
    ended("failed")

    result = rensei("session", "list", "-q", *options)

    assert (result.exit, len(result.stdout.splitlines())) == (0, count)


def test_an_empty_list_is_silent_on_stdout_and_says_why(rensei, valid, world, ended):
    assert world.platform.url
    nothing = rensei("session", "list")
    ended("stopped")
    hidden = rensei("session", "list")

    assert (nothing.exit, nothing.stdout, nothing.stderr.splitlines()[-1]) == (0, "", "no sessions")
    assert (hidden.exit, hidden.stdout) == (0, "")
    assert hidden.stderr.endswith("no live sessions; 1 has ended: rensei session list --all\n")
    assert valid(rensei("session", "list", "--json").stdout, ListDocument)["sessions"] == []
