"""Putting the answers together: which one speaks where another is silent or contradicts it."""

import pytest

from rensei_cli.errors import (
    AuthError,
    NotFoundError,
    RateLimitedError,
    RouteMissingError,
    ServerError,
    UsageError,
)
from rensei_cli.session.snapshot import Missing

ID = "0f1e2d3c4b5a6978"
THOUGHT = {"id": "1", "type": "thought", "content": "hm", "timestamp": "2026-06-03T11:59:30Z"}


def test_without_a_detail_the_list_speaks(told):
    listed = {"id": ID, "identifier": "ENG-1", "status": "working", "costUsd": 0.5}

    found = told(ServerError("the server failed (500)"), [THOUGHT], listed=[listed])

    assert (found.session.identifier, found.status) == ("ENG-1", "working")
    assert found.unavailable == (Missing("detail", "the server failed (500)"),)


def test_a_detail_that_is_not_found_leaves_what_the_list_knows(told):
    found = told(NotFoundError("Session not found"), listed=[{"id": ID, "status": "queued"}])

    assert found.status == "queued"
    assert [item.part for item in found.unavailable] == ["detail"]


@pytest.mark.parametrize("error", [NotFoundError("gone"), RouteMissingError("no such route")])
def test_activities_prove_a_session_without_a_detail(told, error):
    found = told(error, [THOUGHT], status="working")

    assert (found.session.id, found.status) == (ID, "working")
    assert len(found.activities) == 1


@pytest.mark.parametrize("error", [NotFoundError("gone"), UsageError("bad id")])
def test_an_empty_page_proves_nothing(told, error):
    with pytest.raises(type(error)):
        told(error, [], status="working")


def test_a_status_beside_an_empty_page_is_enough_after_a_failure(told):
    assert told(ServerError("500"), [], status="queued").status == "queued"


@pytest.mark.parametrize("page", [[THOUGHT], ServerError("500")])
def test_a_refused_credential_is_raised_even_if_the_list_knows_the_session(told, page):
    with pytest.raises(AuthError):
        told(AuthError("401"), page, listed=[{"id": ID, "status": "working"}])


def test_nothing_at_all_is_the_error_of_the_detail(told):
    with pytest.raises(RateLimitedError):
        told(RateLimitedError("429"), ServerError("500"), listed=ServerError("500"))


def test_a_list_that_fails_is_not_missed(told):
    found = told({"status": "working"}, [THOUGHT], listed=ServerError("500"))

    assert found.unavailable == ()


def test_ages_count_by_the_clock_of_the_server(told, at):
    found = told({"status": "queued", "timeline": {"queued": at(-3570)}}, now=at(-3600))

    assert found.skew_seconds == 3600
    assert [phase.seconds for phase in found.lifecycle] == [30]


@pytest.mark.parametrize(("ahead", "skew"), [(0, None), (5, None), (-5, None), (6, 6), (-90, -90)])
def test_a_few_seconds_are_no_skew(told, at, ahead, skew):
    assert told({"status": "queued"}, now=at(-ahead)).skew_seconds == skew


@pytest.mark.parametrize(
    ("ids", "gone"),
    [(["1", "2"], 0), (["232"], 231), (["a1", "a2"], None), ([""], None), (["0"], None)],
)
def test_older_activities_are_counted_where_ids_are_numbers(told, ids, gone):
    page = [{**THOUGHT, "id": one} for one in ids]

    assert told({"status": "working"}, page).not_available == gone


@pytest.mark.parametrize(
    ("limit", "types", "ids"),
    [
        (None, (), "12345"),
        (2, (), "45"),
        (0, (), ""),
        (9, (), "12345"),
        (None, {"error"}, "24"),
        (1, {"error"}, "4"),
        (3, {"response"}, ""),
    ],
)
def test_the_last_of_the_types_asked_for_are_chosen(told, limit, types, ids):
    page = [{**THOUGHT, "id": one, "type": "error" if one in "24" else "action"} for one in "12345"]
    found = told({"status": "working"}, page)

    assert "".join(item.id for item in found.select(limit=limit, types=types)) == ids


def test_none_is_chosen_of_what_could_not_be_read(told):
    found = told({"status": "working"}, ServerError("500"))

    assert list(found.select(limit=5, types=())) == []
