"""A list of ten thousand sessions: whole, and in memory that grows with it and not faster."""

import tracemalloc

import pytest

MANY = 10_000


def sessions(count):
    return [
        {
            "id": f"{number:016x}",
            "identifier": f"ENG-{number}",
            "issueTitle": "Retry failed refunds",
            "status": "working" if number % 2 else "queued",
            "startedAt": "2026-06-03T11:30:00.000Z",
            "costUsd": 0.42,
        }
        for number in range(count)
    ]


@pytest.fixture
def listed(ask, server):
    """Give what a list of so many sessions prints."""

    def asked(count, *options):
        server.on("list", (200, {"sessions": sessions(count)}))
        told = ask("session", "list", *options)
        assert told.exit == 0
        return told

    return asked


def test_ten_thousand_sessions_are_listed_whole(listed):
    named = {f"ENG-{number}" for number in range(MANY)}
    rows = listed(MANY, "-q").stdout.splitlines()
    page = listed(MANY).stdout
    document = listed(MANY, "--json").document()

    assert set(rows) == {run["id"] for run in sessions(MANY)}
    assert named <= set(page.split())
    assert {run["identifier"] for run in document["sessions"]} == named
    assert document["count"] == document["total"] == MANY


def test_a_limit_says_how_many_there_are(listed):
    document = listed(MANY, "--json", "--limit", "5").document()

    assert (document["count"], document["total"]) == (5, MANY)


@pytest.mark.parametrize("options", [("-q",), ("--json",), ()])
def test_the_memory_of_a_list_grows_with_it_and_not_faster(listed, options):
    def most_bytes(count):
        tracemalloc.start()
        listed(count, *options)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    listed(1, *options)  # what is loaded once
    assert most_bytes(MANY // 2) < most_bytes(MANY // 20) * 10 * 1.2
