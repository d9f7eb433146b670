"""Whatever a server writes, wherever it writes it: the screen stays ours."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rensei_cli.errors import RenseiError
from rensei_cli.options import TimeStyle
from rensei_cli.render.error import error_view

ANSI = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=\d+)?;[!-~]*\x1b\\")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NASTY = st.sampled_from(
    (
        *("\x1b[2J", "\x1b]8;;http://evil\x07", "\x9b31m", "\r", "\u202e", "[red]", "[/]"),
        *("\x00", "\u2028", "\ud83d", "👩\u200d💻", "日本", "\t", "\n", "e\u0301", "\u200b", " "),
    )
)
TEXT = st.text(max_size=30) | st.lists(NASTY | st.text(max_size=5), max_size=12).map("".join)
WIDTHS = st.sampled_from([20, 33, 60, 80, 120])
quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def fits(drawn, width):
    """Assert that nothing but text and the program's own ANSI codes is on the screen."""
    bare = ANSI.sub("", drawn)
    assert not CONTROL.search(bare), repr(bare)
    assert max(map(cell_len, bare.split("\n"))) <= width


@st.composite
def sessions(draw):
    word = TEXT
    signal = st.fixed_dictionaries(
        {"name": st.just("ToolLoopStuck") | word, "severity": word, "message": word},
        optional={"active": st.booleans(), "tool": word, "workerId": word, "sample": word}
        | {"calls": st.integers(0, 10**30) | word, "identical": st.integers() | word}
        | {"durationMs": st.floats() | word, "seconds": st.floats(), "since": word},
    )
    entry = st.fixed_dictionaries(
        dict.fromkeys(("action", "source", "actor", "reason", "previousStatus", "newStatus"), word)
    )
    names = ("identifier", "issueTitle", "workType", "provider", "branch", "status", "url")
    return draw(
        st.fixed_dictionaries(
            dict.fromkeys(names, word)
            | {
                "id": word.filter(bool),
                "healthSummary": st.fixed_dictionaries({"signals": st.lists(signal, max_size=3)}),
                "remediationHistory": st.lists(entry, max_size=2),
                "costUsd": st.floats(),
                "inputTokens": st.integers(),
                "timeline": st.fixed_dictionaries({"queued": word, "started": word}),
            }
        )
    )


ACTIVITIES = st.lists(
    st.fixed_dictionaries(
        {"id": TEXT, "type": st.just("action") | TEXT, "content": TEXT},
        optional={"toolName": TEXT, "timestamp": TEXT, "toolOutput": TEXT, "isError": st.booleans()}
        | {"toolInput": st.dictionaries(TEXT, TEXT, max_size=2), "durationMs": st.floats()},
    ),
    max_size=4,
)


@quickly
@given(sessions(), ACTIVITIES, TEXT, WIDTHS, st.sampled_from(TimeStyle), st.booleans())
def test_no_page_is_taken_over(screen, session, activities, link, width, times, full):
    options = {"width": width, "link": link, "times": times, "full": full}

    fits(screen(session, activities, **options, color=full), width)
    fits(screen(session, activities, **options, color=not full, a11y=True), width)


@quickly
@given(TEXT, TEXT, TEXT, WIDTHS, st.booleans())
def test_no_warning_is_taken_over(screen, wire, first, second, why, width, color):
    session = wire.run(status=first)
    listed = [{"id": session["id"], "status": second}]

    fits(screen(session, RenseiError(why), listed, width=width, color=color), width)
    fits(screen(RenseiError(why), [], listed, width=width, color=color), width)


@quickly
@given(st.lists(sessions(), min_size=1, max_size=3), WIDTHS, st.booleans())
def test_no_list_is_taken_over(table, listed, width, color):
    fits(table(listed, width, color=color), width)


@quickly
@given(TEXT, TEXT, TEXT, TEXT, WIDTHS, st.booleans())
def test_no_error_is_taken_over(draw, message, hint, remedy, request_id, width, color):
    error = RenseiError(message, hint, remedy, request_id=request_id)

    fits(draw(error_view(error), width=width, color=color), width)


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        ("https://app.rensei.ai/sessions/a%20b", True),
        ("https://evil/\x1b\\", False),
        ("https://evil/a b", False),
        ("https://evil/é", False),
        ("https://evil/\u202e", False),
    ],
)
def test_only_a_plain_address_becomes_a_link(screen, wire, link, linked):
    assert ("\x1b]8;" in screen(wire.run(), color=True, link=link)) is linked


def test_a_megabyte_is_not_read_for_a_line(screen, wire):
    huge = "to and fro, " * 100_000
    calls = [wire.activity(n, 1, "action", huge, toolName="Bash") for n in range(9)]
    session = wire.run(issueTitle=huge, branch=huge, workType=huge)

    assert len(screen(session, calls, limit=None)) < 3000
