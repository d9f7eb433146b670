"""Server text made harmless, and figures made readable."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rensei_cli.options import TimeStyle
from rensei_cli.render.text import (
    ago,
    brief,
    clean,
    duration,
    limit,
    moment,
    money,
    one_line,
    tokens,
)

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TEXTS = st.text() | st.text(st.characters(max_codepoint=0x2100)) | st.from_regex(r"[\x00-\x9f]*")


@given(TEXTS)
def test_cleaning_once_is_enough(text):
    once = clean(text)

    assert clean(once) == once
    assert not FORBIDDEN.search(once)


@given(TEXTS, st.integers(1, 50))
def test_a_line_is_one_line_and_no_longer_than_asked(text, characters):
    assert len(one_line(text).splitlines()) <= 1
    assert len(brief(text, characters).splitlines()) <= 1
    assert len(brief(text, characters)) <= characters + 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("\x1b[31m\x07\x7f\x00", "␛[31m␇␡␀"),
        ("\x9b2J\u2028\u202ex", "⟨9B⟩2J⟨2028⟩⟨202E⟩x"),
        ("half \ud83d of one", "half � of one"),
        ("日本語 👩\u200d💻", "日本語 👩\u200d💻"),
        ("[bold]:smile:", "[bold]:smile:"),
    ],
)
def test_what_could_move_a_cursor_becomes_visible(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a \n\n b\t", "a b"),
        ("a\x0bb", "a␋b"),
        ("", ""),
    ],
)
def test_white_space_is_folded(text, shown):
    assert one_line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0123456789", "0123456789"), ("0123456789a", "012345678…"), ("a" * 99, "a" * 9 + "…")],
)
def test_a_cut_is_marked(text, shown):
    assert brief(text, 10) == shown


def test_what_is_cut_off_is_marked_even_where_white_space_hides_it():
    assert brief(f"ab{' ' * 99}cd", 10) == "ab…"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0, "0s"),
        (-5, "0s"),
        (59.9, "59s"),
        (60, "1m 00s"),
        (700, "11m 40s"),
        (11_100, "3h 05m"),
        (90_000, "1d 1h"),
        (1e300, "?"),
        (float("inf"), "?"),
        (float("nan"), "?"),
    ],
)
def test_durations(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(600, "10m"), (90, "1m 30s"), (7200, "2h"), (86_400, "1d"), (36_000, "10h"), (5, "5s")],
)
def test_limits_leave_out_what_is_zero(seconds, shown):
    assert limit(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "now"),
        (-1, "now"),
        (-75, "in 1m 15s"),
        (12.9, "12s ago"),
        (60, "1m ago"),
        (7300, "2h ago"),
        (1e6, "11d ago"),
        (1e300, "?"),
        (float("nan"), "?"),
    ],
)
def test_ages(seconds, shown):
    assert ago(seconds) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(None, "–"), (0, "$0.00"), (0.0041, "$0.0041"), (1.8342, "$1.83"), (1234.5, "$1,234.50")],
)
def test_costs(amount, shown):
    assert money(amount) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(None, "–"), (0, "0"), (950, "950"), (48_210, "48.2k"), (1_500_000, "1.5M"), (10**400, "?")],
)
def test_tokens(count, shown):
    assert tokens(count) == shown


@given(st.floats())
def test_any_figure_is_shown(figure):
    for shown in (duration(figure), limit(figure), ago(figure), money(figure), tokens(figure)):
        assert 0 < len(shown) < 30


KOLKATA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("at", "style", "shown"),
    [
        (NOON, TimeStyle.relative, "now"),
        (NOON - timedelta(minutes=12), TimeStyle.relative, "12m ago"),
        (NOON - timedelta(minutes=12), TimeStyle.utc, "11:48:00Z"),
        (NOON - timedelta(hours=13), TimeStyle.utc, "2026-06-02 23:00:00Z"),
        (NOON - timedelta(minutes=12), TimeStyle.local, "17:18:00"),
        (NOON + timedelta(hours=7), TimeStyle.local, "2026-06-04 00:30:00"),
        (datetime.max.replace(tzinfo=UTC), TimeStyle.local, "?"),
    ],
)
def test_moments(at, style, shown):
    assert moment(at, now=NOON, style=style, zone=KOLKATA) == shown


def test_a_missing_moment_is_not_an_impossible_one():
    assert moment(None, now=NOON, style=TimeStyle.utc, zone=None) == "–"
    assert moment(None, now=NOON, style=TimeStyle.utc, zone=None, impossible=True) == "?"


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(TimeStyle), st.integers(-23, 23))
def test_any_moment_is_shown(at, style, hours):
    zone = timezone(timedelta(hours=hours))

    assert moment(at, now=NOON, style=style, zone=zone)
    assert moment(NOON, now=at, style=style, zone=zone)
