"""Statuses in the words of several servers, and the phases they make."""

import pytest

from rensei_cli.session.lifecycle import (
    Outcome,
    exit_code,
    meaning_of,
    outcome_of,
    reconciled,
)


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        ("completed", Outcome.completed, 0),
        ("succeeded", Outcome.completed, 0),
        ("failed", Outcome.failed, 3),
        ("timed_out", Outcome.failed, 3),
        ("stopped", Outcome.stopped, 6),
        ("Canceled", Outcome.stopped, 6),
        ("working", None, 8),
        ("unheard-of", None, 8),
        ("", None, 8),
        (None, None, 8),
    ],
)
def test_only_known_ends_are_ends(status, outcome, code):
    assert outcome_of(status) is outcome
    assert exit_code(status) == code


@pytest.mark.parametrize(
    ("status", "meaning"),
    [("pending", "queued"), ("Claimed", "working"), ("finalizing", "working"), ("lost", "failed")]
    + [(word, word) for word in ("queued", "parked", "completed", "Unheard-Of", "")],
)
def test_every_word_has_one_meaning(status, meaning):
    assert meaning_of(status) == meaning


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (("stopped", "failed"), "stopped"),
        (("failed", "stopped"), "stopped"),
        (("completed", "failed"), "completed"),
        (("working", "queued"), "working"),
        (("queued", "parked"), "parked"),
        (("working", "failed"), "failed"),
        (("mystery", "queued"), "queued"),
    ],
)
def test_a_conflict_shows_the_better_founded(told, shown):
    status, conflict = reconciled({"list": told[0], "detail": told[1], "activities": None})

    assert (status, conflict.shown) == (shown, shown)
    assert conflict.values == {"list": told[0], "detail": told[1]}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"list": "working", "detail": "running"}, "working"),
        ({"list": "canceled", "detail": "stopped"}, "stopped"),
        ({"detail": "running"}, "running"),
        ({"list": None, "detail": ""}, None),
        ({}, None),
    ],
)
def test_synonyms_are_no_conflict(told, shown):
    assert reconciled(told) == (shown, None)


def drawn(snapshot):
    """Give the phases as `status seconds`, the current one starred."""
    return [
        f"{phase.status} {'-' if phase.seconds is None else f'{phase.seconds:g}'}"
        + ("?" if phase.impossible else "")
        + ("*" if phase.current else "")
        for phase in snapshot.lifecycle
    ]


def test_the_phases_of_a_timeline(told, at):
    line = {"created": at(101), "queued": at(100), "started": at(60), "completed": at(10)}

    assert drawn(told({"status": "completed", "timeline": line})) == [
        "queued 40",
        "working 50",
        "completed -*",
    ]
    assert drawn(told({"status": "working", "timeline": {**line, "completed": None}})) == [
        "queued 40",
        "working 60*",
    ]


def test_a_session_stopped_in_the_queue_never_worked(told, at):
    line = {"queued": at(100), "completed": at(10)}

    assert drawn(told({"status": "stopped", "timeline": line})) == ["queued 90", "stopped -*"]


def test_without_a_timeline_the_start_is_that_of_the_queue(told, at):
    assert drawn(told({"status": "working", "startedAt": at(50)})) == ["queued -", "working -*"]
    assert drawn(told({"status": "parked", "startedAt": at(50)})) == ["queued -", "parked -*"]


def test_a_session_sent_back_to_the_queue(told, at):
    line = {"created": at(500), "queued": at(100), "started": at(300)}

    assert drawn(told({"status": "queued", "timeline": line})) == [
        "queued 200",
        "working 200",
        "queued 100*",
    ]


def test_a_session_that_must_be_queued_again_though_no_time_tells_it(told, at):
    line = {"queued": at(300), "started": "+058862-03-04T06:42:26.000Z"}

    assert drawn(told({"status": "queued", "timeline": line})) == [
        "queued -",
        "working -?",
        "queued -*",
    ]


def test_the_lifecycle_a_server_tells_is_taken_in_public_words(told, at):
    told_by_server = [
        {"status": "pending", "enteredAt": at(500)},
        {"status": "claimed", "enteredAt": at(400)},
        {"status": "running", "enteredAt": at(390)},
        {"status": "pending", "enteredAt": at(200)},
        {"status": "running", "enteredAt": at(150)},
        {"status": "finalizing", "enteredAt": at(20)},
    ]
    found = told({"status": "working", "lifecycle": told_by_server})

    assert drawn(found) == ["queued 100", "working 200", "queued 50", "working 150*"]


def test_a_lifecycle_that_lags_behind_the_status_is_completed_by_it(told, at):
    lifecycle = [
        {"status": "queued", "enteredAt": at(90)},
        {"status": "working", "enteredAt": at(60)},
    ]

    assert drawn(told({"status": "stopped", "lifecycle": lifecycle})) == [
        "queued 30",
        "working -",
        "stopped -*",
    ]


def test_times_that_run_backwards_give_no_duration(told, at):
    lifecycle = [
        {"status": "queued", "enteredAt": at(50)},
        {"status": "working", "enteredAt": at(90)},
    ]

    assert drawn(told({"status": "working", "lifecycle": lifecycle})) == ["queued -", "working 90*"]


def test_half_a_second_backwards_is_rounding(told):
    lifecycle = [
        {"status": "queued", "enteredAt": "2026-06-03T11:00:00.500Z"},
        {"status": "working", "enteredAt": "2026-06-03T11:00:00Z"},
    ]

    assert drawn(told({"status": "working", "lifecycle": lifecycle}))[0] == "queued 0"
