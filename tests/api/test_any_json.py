"""Any JSON where an answer is expected gives a value or a `ContractError`, and valid JSON again."""

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from rensei_cli.api.activity import read_page
from rensei_cli.api.answer import Answer, error_of
from rensei_cli.api.decoding import is_deep, json_in
from rensei_cli.api.models import SessionList, read_session, read_sessions
from rensei_cli.api.sse import ServerEvent
from rensei_cli.api.stream import read_message
from rensei_cli.errors import ContractError, RenseiError
from rensei_cli.output import dumps
from rensei_cli.session.document import activity_document, activity_text, session_document
from rensei_cli.session.listing import list_document, select
from rensei_cli.session.snapshot import assemble

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
ID = "0f1e2d3c4b5a6978"

# Lone surrogates, controls and all the rest: what JSON can hold in a text.
_ODD_TEXTS = """\
yesterday +058862-03-04T06:41:45.000Z 0001-01-01T00:00:00+23:59 9999-12-31T23:59:59-23:59
2026-06-03T09:14:01Z working completed red {"tool":[1]} {"tool":"Read","input":{"path":1}}
"""
texts = st.text(st.characters(), max_size=12) | st.sampled_from(["\ud800", *_ODD_TEXTS.split()])
numbers = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.sampled_from([10**4299, -(10**4299), 1e308, -0.0, 2**63, 1_780_476_000_000, 1e11, 1e15]),
)
_KEYS = """\
id identifier status workType startedAt duration costUsd provider project timeline created queued
started completed branch issueTitle inputTokens outputTokens url claim workerId claimedAt
heartbeatAt expiresAt lifecycle enteredAt health healthSummary stuckSignals signals color
remediation remediationHistory history operatorActions action at actor timestamp sessions session
activities cursor sessionStatus content body type toolName toolInput toolOutput isError durationMs
createdAt name active severity since message evaluatedAt heartbeatStale raw __dict__ __class__
schema
"""
keys = st.sampled_from(_KEYS.split()) | texts
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=8),
    max_leaves=12,
)
sessions = st.dictionaries(keys, values, max_size=12).map(lambda found: {"id": ID} | found)
pages = st.fixed_dictionaries(
    {"activities": st.lists(st.dictionaries(keys, values, max_size=8), max_size=4)},
    optional={"cursor": values, "sessionStatus": values},
)


def answered(value, status=200):
    return Answer(status, {"content-type": "application/json"}, json.dumps(value).encode())


def outcome(read, answer):
    """Give the value or the error as a value; any other exception fails the test."""
    try:
        return read(answer)
    except ContractError as error:
        return error


def refuse(constant):
    raise ValueError(constant)


def is_strict(text):
    json.loads(text, parse_constant=refuse)
    return text.isascii() and text.isprintable()


@given(value=values)
def test_any_json_is_an_answer_or_a_contract_error(value):
    for read in (read_sessions, read_session, read_page):
        found = outcome(read, answered(value))

        assert not isinstance(found, ContractError) or is_strict(dumps(found.document()))


@given(body=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_an_answer_or_a_contract_error(body):
    for read in (read_sessions, read_session, read_page):
        found = outcome(read, Answer(200, {}, body))

        assert found is not None


@given(value=values, status=st.integers(300, 999))
def test_any_failure_is_one_error_with_one_document(value, status):
    error = error_of(answered(value, status))

    assert isinstance(error, RenseiError)
    assert "\n" not in error.message + (error.hint or "")
    assert is_strict(dumps(error.document()))


@settings(max_examples=40)
@given(value=sessions, page=pages, wrapped=st.booleans())
def test_whatever_a_session_holds_its_document_is_strict_json(value, page, wrapped):
    detail = outcome(read_session, answered({"session": value} if wrapped else value))
    activities = outcome(read_page, answered(page))
    listing = outcome(read_sessions, answered({"sessions": [value, value]}))

    if not isinstance(detail, ContractError):
        snapshot = assemble(ID, detail=detail, page=activities, listing=listing, fetched_at=NOON)
        assert is_strict(dumps(session_document(snapshot, snapshot.activities or ())))
    if isinstance(listing, SessionList):
        found = select(listing, statuses=(), levels=(), ended=True, limit=None, fetched_at=NOON)
        assert is_strict(dumps(list_document(found)))


@given(depth=st.integers(1, 3000), infinite=st.booleans(), listed=st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_depth_is_too_deep_to_be_told(depth, infinite, listed):
    leaf = "1e999" if infinite else "1"
    opened, closed = ("[", "]") if listed else ('{"a":', "}")
    nested = opened * depth + leaf + closed * depth
    body = f'{{"id": "{ID}", "issue": {nested}, "content": {nested}}}'.encode()

    session = read_session(Answer(200, {}, body))
    [activity] = read_page(Answer(200, {}, b'{"activities": [' + body + b"]}")).activities
    [streamed] = read_message(ServerEvent("activity", body, ""))

    for found in (session, activity, streamed):
        assert found.id == ID
        assert is_strict(dumps(found.raw))
        assert is_strict(dumps(found.raw, indent=2).replace("\n", ""))


def test_all_but_what_is_too_deep_is_read():
    said = [{"id": "1", "content": '\\"]}'}, {"id": "2", "more": [[], {}]}]
    deep = b'{"a": [' * 100_000 + b'"]"' + b"]}" * 100_000

    found = json_in(b'[%b, %b, "]"]' % (json.dumps(said).encode(), deep))

    assert (found[0], found[2]) == (said, "]")
    told = json.dumps(found[1])
    assert (told.count("a"), told.count("\\u2026")) == (100, 1)


@given(depth=st.integers(150, 250), said=st.lists(st.text('[]{}"\\\\a', max_size=6), max_size=5))
def test_no_text_hides_how_deep_it_is_nested(depth, said):
    value = said
    for level in range(depth - 1):
        value = [*said, value] if level % 2 else {"a": said, "b": value}

    assert is_deep(json.dumps(value)) == (depth > 200)


@given(digits=st.integers(1, 9000), negative=st.booleans())
def test_a_number_too_long_to_be_one_is_its_digits(digits, negative):
    written = "-" * negative + "9" * digits

    found = json_in(b'{"id": %b}' % written.encode())["id"]

    assert str(found) == written if digits <= 4300 else found == written


usual = st.fixed_dictionaries(
    {"id": st.just("7"), "type": st.just("action"), "content": texts},
    optional={"toolName": texts, "timestamp": st.just("2026-06-03T09:14:02.000Z")},
)


@given(raw=usual, more=st.dictionaries(keys, values, max_size=4), as_ascii=st.booleans())
@settings(max_examples=300)
def test_a_text_that_is_passed_on_says_what_would_have_been_written(raw, more, as_ascii):
    sent = json.dumps(more | raw, ensure_ascii=as_ascii).encode("utf-8", "surrogatepass")

    for activity in read_message(ServerEvent("activity", sent, "")):
        text = activity_text(activity)
        assert text is None or is_strict(text)
        assert text is None or json.loads(text) == json.loads(dumps(activity_document(activity)))
