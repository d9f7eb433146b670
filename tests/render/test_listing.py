"""The list of sessions at several widths."""

# ruff: noqa: E501 - a drawing is as wide as its terminal

import pytest
from inline_snapshot import snapshot


@pytest.fixture
def sessions(wire):
    return [
        wire.run(healthSummary=wire.report(ToolLoopStuck=700), startedAt=wire.at(760)),
        wire.run(
            id="0f1e2d3c4b5a6978",
            identifier="ENG-98",
            issueTitle="日本語のタイトルは幅が二倍 👩‍💻 and a title that goes on for longer than any screen",
            healthSummary=wire.report(LongRunning=3000),
            startedAt=wire.at(7300),
            costUsd=12.5,
        ),
        wire.run(
            id="1111aaaa2222bbbb",
            identifier="PAY-4120",
            issueTitle=None,
            status="queued",
            startedAt=wire.at(0.2),
            workType="qa",
            provider=None,
            costUsd=None,
        ),
        wire.run(
            id="3333cccc4444dddd",
            identifier="Unknown",
            issueTitle=None,
            status="completed",
            startedAt="+058862-03-04T06:47:12.000Z",
            costUsd=0.0041,
        ),
    ]


def test_wide(table, sessions):
    assert table(sessions, 120) == snapshot("""\
HEALTH    ID                ISSUE     STATUS       AGE     COST  WORK TYPE    PROVIDER  TITLE
– none    1111aaaa2222bbbb  PAY-4120  ◌ queued     now        –  qa           –         –
● red     a1b2c3d4e5f60718  ENG-124   ● working    12m    $1.83  development  claude    Retry failed refunds
● yellow  0f1e2d3c4b5a6978  ENG-98    ● working     2h   $12.50  development  claude    日本語のタイトルは幅が二倍 👩\u200d💻 a…
● green   3333cccc4444dddd  Unknown   ✓ completed    –  $0.0041  development  claude    –\
""")


def test_usual(table, sessions):
    assert table(sessions, 80) == snapshot("""\
HEALTH    ID                ISSUE     STATUS       AGE     COST  WORK TYPE
– none    1111aaaa2222bbbb  PAY-4120  ◌ queued     now        –  qa
● red     a1b2c3d4e5f60718  ENG-124   ● working    12m    $1.83  development
● yellow  0f1e2d3c4b5a6978  ENG-98    ● working     2h   $12.50  development
● green   3333cccc4444dddd  Unknown   ✓ completed    –  $0.0041  development\
""")


def test_narrow(table, sessions):
    assert table(sessions, 60) == snapshot("""\
HEALTH    ID                ISSUE     STATUS       AGE
– none    1111aaaa2222bbbb  PAY-4120  ◌ queued     now
● red     a1b2c3d4e5f60718  ENG-124   ● working    12m
● yellow  0f1e2d3c4b5a6978  ENG-98    ● working     2h
● green   3333cccc4444dddd  Unknown   ✓ completed    –\
""")


def test_in_colour(table, sessions):
    assert table(sessions, 60, color=True).splitlines() == snapshot(
        [
            "\x1b[90mHEALTH\x1b[0m    \x1b[90mID\x1b[0m                \x1b[90mISSUE\x1b[0m     \x1b[90mSTATUS\x1b[0m       \x1b[90mAGE\x1b[0m",
            "\x1b[90m– none\x1b[0m    \x1b[36m1111aaaa2222bbbb\x1b[0m  \x1b[1mPAY-4120\x1b[0m  \x1b[33m◌ queued\x1b[0m     now",
            "\x1b[1;31m● red\x1b[0m     \x1b[36ma1b2c3d4e5f60718\x1b[0m  \x1b[1mENG-124\x1b[0m   \x1b[32m● working\x1b[0m    12m",
            "\x1b[33m● yellow\x1b[0m  \x1b[36m0f1e2d3c4b5a6978\x1b[0m  \x1b[1mENG-98\x1b[0m    \x1b[32m● working\x1b[0m     2h",
            "\x1b[32m● green\x1b[0m   \x1b[36m3333cccc4444dddd\x1b[0m  \x1b[1mUnknown\x1b[0m   \x1b[32m✓ completed\x1b[0m    \x1b[90m–\x1b[0m",
        ]
    )


def test_in_words(table, sessions):
    assert table(sessions, 80, a11y=True) == snapshot("""\
HEALTH  ID                ISSUE     STATUS     AGE     COST  WORK TYPE
none    1111aaaa2222bbbb  PAY-4120  queued     now        –  qa
red     a1b2c3d4e5f60718  ENG-124   working    12m    $1.83  development
yellow  0f1e2d3c4b5a6978  ENG-98    working     2h   $12.50  development
green   3333cccc4444dddd  Unknown   completed    –  $0.0041  development\
""")


def test_nobody_knows_the_titles_of_a_plain_list(table, sessions):
    plain = [
        {"id": run["id"], "identifier": run["identifier"], "status": run["status"]}
        for run in sessions
    ]

    assert table(plain, 120) == snapshot("""\
HEALTH     ID                ISSUE     STATUS
? unknown  a1b2c3d4e5f60718  ENG-124   ● working
? unknown  0f1e2d3c4b5a6978  ENG-98    ● working
– none     1111aaaa2222bbbb  PAY-4120  ◌ queued
● green    3333cccc4444dddd  Unknown   ✓ completed\
""")


@pytest.mark.parametrize("width", [16, 20, 40, 44, 60, 80])
def test_ids_are_whole_at_any_width(table, sessions, width):
    drawn = table([*sessions, sessions[0] | {"id": "7b0c7c9e-5a51-4f0e"[:16]}], width)

    for run in sessions:
        assert any(run["id"] in line for line in drawn.splitlines())
    assert all(len(line) <= width for line in drawn.splitlines())


def test_an_id_wider_than_the_screen_is_folded(table, wire):
    assert table([wire.run(id="x" * 30)], 16).split() == ["ID", "x" * 16, "x" * 14]
