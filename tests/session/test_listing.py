"""Which sessions a list shows, in which order, and how each one is."""

import pytest

from rensei_cli.api.models import Session, SessionList
from rensei_cli.api.reading import moment
from rensei_cli.session.health import Level
from rensei_cli.session.listing import list_document, select

SESSIONS = [
    ("a", "working", "red", 500),
    ("b", "completed", None, 10),
    ("c", "queued", None, 40),
    ("d", "running", "yellow", 90),
    ("e", "stopped", "green", 20),
    ("f", "parked", "green", 600),
]


@pytest.fixture
def chosen(at):
    def started(ago):
        return at(ago) if ago < 10**10 else "+058862-03-04T06:47:12.000Z"

    def ids(statuses=(), levels=(), *, ended=False, limit=None, sessions=SESSIONS):
        items = [
            {"id": name, "status": status, "healthSummary": color, "startedAt": started(ago)}
            for name, status, color, ago in sessions
        ]
        listed = SessionList(tuple(map(Session, items)), moment(at(0)))
        return select(
            listed,
            statuses=statuses,
            levels=levels,
            ended=ended,
            limit=limit,
            fetched_at=listed.timestamp,
        )

    return ids


def names(listing):
    return "".join(row.session.id for row in listing.rows)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "cdaf"),
        ({"ended": True}, "cdafbe"),
        ({"ended": True, "limit": 5}, "cdafb"),
        ({"limit": 1}, "c"),
        ({"statuses": ["working"]}, "da"),
        ({"statuses": ["Running"]}, "d"),
        ({"statuses": ["queued", "stopped"]}, "ce"),
        ({"statuses": ["typo"]}, ""),
        ({"levels": {Level.red}}, "a"),
        ({"levels": {Level.red, Level.yellow}}, "da"),
        ({"levels": {Level.green}, "ended": True}, "fbe"),
    ],
)
def test_live_sessions_come_first_and_the_newest_of_them(chosen, asked, found):
    assert names(chosen(**asked)) == found


@pytest.mark.parametrize(
    ("sessions", "asked", "words"),
    [
        ([], {}, "no sessions"),
        ([SESSIONS[1]], {}, "no live sessions; 1 has ended: rensei session list --all"),
        (SESSIONS[1:6:3], {}, "no live sessions; 2 have ended: rensei session list --all"),
        (SESSIONS, {"statuses": ["typo"]}, "none of 6 sessions matches"),
        ([SESSIONS[2]], {"levels": {Level.red}}, "none of 1 session matches"),
    ],
)
def test_an_empty_list_says_why(chosen, sessions, asked, words):
    listing = chosen(sessions=sessions, **asked)

    assert (listing.rows, listing.nothing()) == ([], words)


def test_an_impossible_start_sorts_last(chosen):
    listed = [("x", "working", None, 10**10), *SESSIONS]

    assert names(chosen(sessions=listed)) == "cdafx"


def test_a_running_session_without_a_report_is_unknown_and_not_yellow(chosen):
    assert [row.health.level for row in chosen(sessions=[("a", "working", None, 99_999)]).rows] == [
        Level.unknown
    ]


def test_the_document_counts_what_is_shown_and_what_there_is(chosen):
    document = list_document(chosen(limit=2))

    assert (document["schema"], document["count"], document["total"]) == ("rensei.sessions/1", 2, 6)
    assert [(item["id"], item["health"]) for item in document["sessions"]] == [
        ("c", "none"),
        ("d", "yellow"),
    ]
