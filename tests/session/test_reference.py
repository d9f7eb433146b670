"""What a person may write for a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rensei_cli.api.models import Session
from rensei_cli.errors import NotFoundError, RenseiError, UsageError
from rensei_cli.session.reference import Form, parse, resolve

A, B, C = "a1b2c3d4e5f60718", "a1b2ffffffffffff", "0f1e2d3c4b5a6978"


def run(session_id, identifier="ENG-1", status="working", started="2026-06-03T10:00:00Z"):
    return Session(
        {"id": session_id, "identifier": identifier, "status": status, "startedAt": started}
    )


@pytest.mark.parametrize(
    ("argument", "form", "text"),
    [
        (A, Form.id, A),
        (A.upper(), Form.id, A),
        (f"  {A}\n", Form.id, A),
        ("a1b2", Form.prefix, "a1b2"),
        ("A1B2C", Form.prefix, "a1b2c"),
        ("a1b", Form.id, "a1b"),
        ("ENG-124", Form.identifier, "ENG-124"),
        ("eng-124", Form.identifier, "eng-124"),
        ("mock-001", Form.identifier, "mock-001"),
        ("ses_abc123", Form.id, "ses_abc123"),
        ("7b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11", Form.id, "7b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11"),
        ("@latest", Form.latest, "@latest"),
        ("..", Form.id, ".."),
        ("a/b%2f?x=1#y", Form.id, "a/b%2f?x=1#y"),
        ("セッション", Form.id, "セッション"),
        (f"https://app.rensei.ai/sessions/{A}", Form.id, A),
        (f"https://app.rensei.ai/acme/web/sessions/{A.upper()}/inspect?tab=health#x", Form.id, A),
        (f"https://app.rensei.ai/sessions/web/sessions/{A}", Form.id, A),
        ("http://localhost:3000/sessions/mock%2F1", Form.id, "mock/1"),
        ("http://[broken/sessions/x", Form.id, "http://[broken/sessions/x"),
    ],
)
def test_a_reference_is_recognised(argument, form, text):
    reference = parse(argument)

    assert (reference.form, reference.text) == (form, text)


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (A + A, "access hash"),
        ((A + A).upper(), "access hash"),
        (f"https://app.rensei.ai/sessions/{A}{A}", "access hash"),
        ("https://app.rensei.ai/acme/web", "does not name a session"),
        ("https://app.rensei.ai/sessions/", "does not name a session"),
        ("https://app.rensei.ai/sessions", "does not name a session"),
    ],
)
def test_what_cannot_name_a_session_is_a_usage_error(argument, why):
    with pytest.raises(UsageError, match=why):
        parse(argument)


@pytest.mark.parametrize(
    ("argument", "found"),
    [("a1b2c", A), ("A1B2C3", A), ("0f1e", C), ("eng-1", A), ("ENG-7", "ENG-7"), (C, C)],
)
def test_a_reference_is_resolved_among_the_sessions_listed(argument, found):
    listed = [run(A), run(B, "ENG-2"), run(C, "ENG-3")]

    assert resolve(parse(argument), listed) == found


def test_an_ambiguous_prefix_lists_its_candidates():
    with pytest.raises(UsageError, match="a1b2 names 2 sessions") as raised:
        resolve(parse("a1b2"), [run(A), run(B, "ENG-2", "stopped"), run(C)])

    assert raised.value.hint == f"{A}  ENG-1  working\n{B}  ENG-2  stopped"
    assert raised.value.exit_code == 2


def test_a_whole_id_is_no_prefix_of_a_longer_one():
    assert resolve(parse("beef"), [run("beef01"), run("beef")]) == "beef"


def test_several_live_sessions_of_an_issue_are_ambiguous():
    with pytest.raises(UsageError, match="ENG-1 names 2 sessions") as raised:
        resolve(parse("ENG-1"), [run(A), run(B, status="queued"), run(C, status="failed")])

    assert C not in raised.value.hint


def test_many_candidates_are_counted():
    with pytest.raises(UsageError) as raised:
        resolve(parse("ENG-1"), [run(f"{number:016x}") for number in range(14)])

    assert raised.value.hint.splitlines()[-1] == "and 4 more"


def test_of_several_that_have_ended_the_newest_is_meant():
    listed = [
        run(A, status="failed", started="2026-06-03T09:00:00Z"),
        run(B, status="stopped", started="2026-06-03T11:00:00Z"),
        run(C, status="completed", started="+058862-03-04T06:47:12.000Z"),
    ]

    assert resolve(parse("ENG-1"), listed) == B
    assert resolve(parse("@latest"), listed) == B


def test_the_live_session_of_an_issue_is_meant_before_those_that_have_ended():
    ended = run(A, status="failed", started="2026-06-03T11:00:00Z")

    assert resolve(parse("ENG-1"), [ended, run(B, started="nonsense")]) == B


def test_of_equally_old_sessions_the_first_listed_is_the_latest():
    assert resolve(parse("@latest"), [run(B), run(A)]) == B


@pytest.mark.parametrize("argument", ["@latest", "dead"])
@pytest.mark.parametrize("listed", [[], [run(None)]])
def test_nothing_to_be_found_is_not_found(argument, listed):
    with pytest.raises(NotFoundError):
        resolve(parse(argument), listed)


def test_a_session_without_an_id_cannot_be_meant():
    with pytest.raises(NotFoundError, match="ENG-1 has no id"):
        resolve(parse("ENG-1"), [run(None)])


@given(st.text())
def test_any_text_is_a_reference_or_one_of_our_errors(text):
    try:
        assert parse(text).text
    except RenseiError as error:
        assert error.exit_code == 2  # noqa: PT017 - either is right
