"""What a watch looks like: the expected lines stand in the tests."""

import gc
import io
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from rich.cells import cell_len
from story import EVENTS, GREEN, NOON, RED, SESSION, STOP, act, call

from rensei_cli.api.activity import ActivityPage
from rensei_cli.api.models import Session
from rensei_cli.render.digest import digest, status_line
from rensei_cli.render.marks import Look
from rensei_cli.render.paint import Paint
from rensei_cli.render.watch import Lines
from rensei_cli.screen.lines import PlainLines
from rensei_cli.session.document import entry_document
from rensei_cli.watch.events import (
    Ended,
    HealthChanged,
    Remediated,
    Started,
    Verdict,
    Via,
    ViaChanged,
)
from rensei_cli.watch.follow import Follower
from rensei_cli.watch.plan import Plan
from rensei_cli.watch.state import WatchState, update


def drawn(width=None, events=EVENTS, *, color=False, look=None, **how):
    lines = Lines(Paint(color), look or Look(zone=NOON.tzinfo), width, zone=NOON.tzinfo, **how)
    return "\n".join([*lines.draw(events), *lines.rest()])


def told(events=EVENTS, now=130.0, **facts):
    return replace(update(WatchState(), events, now, at=NOON), **facts)


def test_a_run_at_100_columns():
    assert drawn(100) == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         … 3 activities before these: --tail N shows more
         … 231 activities before 232 are no longer held by the server
12:00:01 · thought  I read the failing test first, then the code that it is about, line by line.
12:00:02 › action   files/Read src/refunds.py
12:00:03 › action   Edit src/refunds.py
                    -     return None
                    +     for attempt in range(3):
                    +         send(attempt)
12:00:04 › action   Bash ✗ pytest -q
12:00:06 ↻ repeated 3× Bash pytest -q
12:00:08 ↻ repeated 5× Bash pytest -q
         ● health red: tool loop for 11m 40s (limit 10m): Bash 14× in 11m 40s, 13 identical: make
         ! 150 activities between 20 and 171 are lost: the server let go of them
12:00:30 › action   Read a.py
12:00:31 › action   Read b.py
12:00:32 › action   Read a.py
12:00:33 › action   Read b.py
12:00:34 › action   Read a.py
12:00:35 ↻ repeated 6× in turn: Read a.py, Read b.py
12:00:38 ↻ repeated 9× in turn: Read b.py, Read a.py
12:00:40 ✗ error    Traceback (most recent call last):
                      line 0
                      line 1
                      line 2
                      line 3
                      line 4
                    … 7 more lines (--full)
12:00:41 « response 漢字 and 👩\u200d👩\u200d👧 and ␛[31mred␛[0m
                    second line
12:00:42 = context  branch = eng-124
12:00:43 ? plan     a type that nobody knows
         ● health green: tool loop no longer
12:00:00 ◆ stop signal via CLI by mira@example.com, working → stopped: wrong branch
         ◌ working → queued (released and waiting again, or finishing: servers call both so)
         ! the server counts anew: 1 comes after 43
         ■ queued → stopped\
""")


def test_an_operators_action_stands_beside_its_own_time():
    stop = Remediated(STOP)
    assert drawn(100, [stop]) == snapshot(
        "12:00:00 ◆ stop signal via CLI by mira@example.com, working → stopped: wrong branch"
    )
    assert drawn(40, [stop]) == snapshot("""\
12:00:00 ◆ stop signal via CLI by
           mira@example.com, working →
           stopped: wrong branch\
""")
    words = Look(zone=NOON.tzinfo, a11y=True)
    assert drawn(72, [stop], look=words) == snapshot("""\
12:00:00 operator: stop signal via CLI by mira@example.com, working to
           stopped: wrong branch\
""")
    assert drawn(100, [Remediated(STOP._replace(at=None))]) == snapshot(
        "         ◆ stop signal via CLI by mira@example.com, working → stopped: wrong branch"
    )


def test_what_operators_did_before_the_watch_is_told_once():
    def begun(*entries, **how):
        session = SESSION.but(remediationHistory=[entry_document(entry) for entry in entries])
        return drawn(100, [Started(session, "working", Via.live, "9", 0, 3, 4.0)], **how)

    release = STOP._replace(action="claim_release", at=NOON - timedelta(minutes=5), reason=None)
    assert begun(release) == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         ◆ 1 operator action before, 5m 00s ago: claim released via CLI by mira@example.com, working
           → stopped
         … 3 activities before these: --tail N shows more\
""")
    earlier = STOP._replace(at=NOON - timedelta(hours=1))
    assert begun(earlier, release) == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         ◆ 2 operator actions before, the last 5m 00s ago: claim released via CLI by
           mira@example.com, working → stopped (all: rensei session show a1b2c3d4e5f60718)
         … 3 activities before these: --tail N shows more\
""")
    assert begun(release, look=Look(a11y=True)) == snapshot("""\
working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
1 operator action before, 5m 00s ago: claim released via CLI by mira@example.com, working to stopped
earlier: 3 activities before these: --tail N shows more\
""")
    assert begun(release._replace(at=None)) == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         ◆ 1 operator action before: claim released via CLI by mira@example.com, working → stopped
         … 3 activities before these: --tail N shows more\
""")
    assert "operator" not in begun()


def test_a_run_at_40_columns():
    assert drawn(40) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718  claude
         … 3 activities before these:
           --tail N shows more
         … 231 activities before 232 are
           no longer held by the server
12:00:01 · I read the failing test
           first, then the code that it
           is about, line by line.
12:00:02 › files/Read src/refunds.py
12:00:03 › Edit src/refunds.py
           -     return None
           +     for attempt in range(3…
           +         send(attempt)
12:00:04 › Bash ✗ pytest -q
12:00:06 ↻ 3× Bash pytest -q
12:00:08 ↻ 5× Bash pytest -q
         ● health red: tool loop for 11m
           40s (limit 10m): Bash 14× in
           11m 40s, 13 identical: make
         ! 150 activities between 20 and
           171 are lost: the server let
           go of them
12:00:30 › Read a.py
12:00:31 › Read b.py
12:00:32 › Read a.py
12:00:33 › Read b.py
12:00:34 › Read a.py
12:00:35 ↻ 6× in turn: Read a.py, Read…
12:00:38 ↻ 9× in turn: Read b.py, Read…
12:00:40 ✗ Traceback (most recent call
           last):
             line 0
             line 1
             line 2
             line 3
           … 8 more lines (--full)
12:00:41 « 漢字 and 👩\u200d👩\u200d👧 and ␛[31mred␛[0m
           second line
12:00:42 = branch = eng-124
12:00:43 ? a type that nobody knows
         ● health green: tool loop no
           longer
12:00:00 ◆ stop signal via CLI by
           mira@example.com, working →
           stopped: wrong branch
         ◌ working → queued (released
           and waiting again, or
           finishing: servers call both
           so)
         ! the server counts anew: 1
           comes after 43
         ■ queued → stopped\
""")


def test_a_run_in_a_pipe():
    assert drawn() == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         … 3 activities before these: --tail N shows more
         … 231 activities before 232 are no longer held by the server
12:00:01 · thought  I read the failing test first, then the code that it is about, line by line.
12:00:02 › action   files/Read src/refunds.py
12:00:03 › action   Edit src/refunds.py
                    -     return None
                    +     for attempt in range(3):
                    +         send(attempt)
12:00:04 › action   Bash ✗ pytest -q
12:00:06 ↻ repeated 3× Bash pytest -q
12:00:08 ↻ repeated 5× Bash pytest -q
         ● health red: tool loop for 11m 40s (limit 10m): Bash 14× in 11m 40s, 13 identical: make
         ! 150 activities between 20 and 171 are lost: the server let go of them
12:00:30 › action   Read a.py
12:00:31 › action   Read b.py
12:00:32 › action   Read a.py
12:00:33 › action   Read b.py
12:00:34 › action   Read a.py
12:00:35 ↻ repeated 6× in turn: Read a.py, Read b.py
12:00:38 ↻ repeated 9× in turn: Read b.py, Read a.py
12:00:40 ✗ error    Traceback (most recent call last):
                      line 0
                      line 1
                      line 2
                      line 3
                      line 4
                    … 7 more lines (--full)
12:00:41 « response 漢字 and 👩\u200d👩\u200d👧 and ␛[31mred␛[0m
                    second line
12:00:42 = context  branch = eng-124
12:00:43 ? plan     a type that nobody knows
         ● health green: tool loop no longer
12:00:00 ◆ stop signal via CLI by mira@example.com, working → stopped: wrong branch
         ◌ working → queued (released and waiting again, or finishing: servers call both so)
         ! the server counts anew: 1 comes after 43
         ■ queued → stopped\
""")


def test_a_run_in_brief():
    assert drawn(80, compact=True) == snapshot("""\
● working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
         … 3 activities before these: --tail N shows more
         … 231 activities before 232 are no longer held by the server
12:00:01 · thought  I read the failing test first, then the code that it is abo…
12:00:02 › action   files/Read src/refunds.py
12:00:03 › action   Edit src/refunds.py
12:00:04 › action   Bash ✗ pytest -q
12:00:06 ↻ repeated 3× Bash pytest -q
12:00:08 ↻ repeated 5× Bash pytest -q
         ● health red: tool loop for 11m 40s (limit 10m): Bash 14× in 11m 40s,
           13 identical: make
         ! 150 activities between 20 and 171 are lost: the server let go of them
12:00:30 › action   Read a.py
12:00:31 › action   Read b.py
12:00:32 › action   Read a.py
12:00:33 › action   Read b.py
12:00:34 › action   Read a.py
12:00:35 ↻ repeated 6× in turn: Read a.py, Read b.py
12:00:38 ↻ repeated 9× in turn: Read b.py, Read a.py
12:00:40 ✗ error    Traceback (most recent call last): line 0 line 1 line 2 lin…
12:00:41 « response 漢字 and 👩\u200d👩\u200d👧 and ␛[31mred␛[0m second line
12:00:42 = context  branch = eng-124
12:00:43 ? plan     a type that nobody knows
         ● health green: tool loop no longer
12:00:00 ◆ stop signal via CLI by mira@example.com, working → stopped: wrong
           branch
         ◌ working → queued (released and waiting again, or finishing: servers
           call both so)
         ! the server counts anew: 1 comes after 43
         ■ queued → stopped\
""")


def test_a_run_in_words():
    assert drawn(80, look=Look(zone=NOON.tzinfo, a11y=True)) == snapshot("""\
working  ENG-124  Retry failed refunds  a1b2c3d4e5f60718  claude
earlier: 3 activities before these: --tail N shows more
earlier: 231 activities before 232 are no longer held by the server
12:00:01 thought    I read the failing test first, then the code that it is
                    about, line by line.
12:00:02 action     files/Read src/refunds.py
12:00:03 action     Edit src/refunds.py
                    -     return None
                    +     for attempt in range(3):
                    +         send(attempt)
12:00:04 action     Bash failed pytest -q
12:00:06 repeated   3× Bash pytest -q
12:00:08 repeated   5× Bash pytest -q
health red: tool loop for 11m 40s (limit 10m): Bash 14× in 11m 40s, 13
  identical: make
missing: 150 activities between 20 and 171 are lost: the server let go of them
12:00:30 action     Read a.py
12:00:31 action     Read b.py
12:00:32 action     Read a.py
12:00:33 action     Read b.py
12:00:34 action     Read a.py
12:00:35 repeated   6× in turn: Read a.py, Read b.py
12:00:38 repeated   9× in turn: Read b.py, Read a.py
12:00:40 error      Traceback (most recent call last):
                      line 0
                      line 1
                      line 2
                      line 3
                      line 4
                    … 7 more lines (--full)
12:00:41 response   漢字 and 👩\u200d👩\u200d👧 and ␛[31mred␛[0m
                    second line
12:00:42 context    branch = eng-124
12:00:43 plan       a type that nobody knows
health green: tool loop no longer
12:00:00 operator: stop signal via CLI by mira@example.com, working to stopped:
           wrong branch
status: working to queued (released and waiting again, or finishing: servers
  call both so)
missing: the server counts anew: 1 comes after 43
status: queued to stopped\
""")


def test_everything_unfolded():
    events = [
        call(1, "Bash", "pytest -q", toolOutput="2 passed\n1 failed", isError=True),
        *[call(2, "Bash", "pytest -q")] * 2,
        act(3, "response", "\n".join(f"line {n}" for n in range(9))),
    ]
    assert drawn(40, events, full=True) == snapshot("""\
12:00:01 › Bash ✗ pytest -q
           2 passed
           1 failed
12:00:02 › Bash pytest -q
12:00:02 › Bash pytest -q
12:00:03 « line 0
           line 1
           line 2
           line 3
           line 4
           line 5
           line 6
           line 7
           line 8\
""")


def test_colour_repeats_what_the_words_say():
    events = [act(1, "thought", "hm"), call(2, "Bash", "ls", isError=True), EVENTS[4], EVENTS[10]]
    assert drawn(90, events, color=True) == snapshot("""\
\x1b[90m12:00:01\x1b[0m \x1b[90m· thought  \x1b[0m\x1b[90mhm\x1b[0m
\x1b[90m12:00:02\x1b[0m \x1b[36m› action   \x1b[0m\x1b[1mBash \x1b[0m\x1b[31m✗ \x1b[0mls
\x1b[90m12:00:03\x1b[0m \x1b[36m› action   \x1b[0m\x1b[1mEdit \x1b[0msrc/refunds.py
                    \x1b[31m-     return None\x1b[0m
                    \x1b[32m+     for attempt in range(3):\x1b[0m
                    \x1b[32m+         send(attempt)\x1b[0m
         \x1b[1;31m● health red: tool loop for 11m 40s (limit 10m): Bash 14× in 11m 40s, 13\x1b[0m
\x1b[1;31m           identical: make\x1b[0m\
""")


@pytest.mark.parametrize("width", [30, 40, 60, 79, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width):
    state = told(ended=EVENTS[-1])
    lines = Lines(Paint(False), Look(zone=NOON.tzinfo), width, zone=NOON.tzinfo)
    found = [*lines.draw(EVENTS), *lines.rest(), *digest(state, lines)]
    assert max(map(cell_len, found)) <= width
    assert cell_len(status_line(told(), 140.0, width - 1, lines)) < width


WORKING = [Started(SESSION, "working", Via.connecting, "9", 0), act(1, "thought", "hm")]


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            100,
            snapshot(
                "● working 11m 25s  health red  idle 1m 25s  » live  $0.42 so far  ↻ 14× Bash make"
            ),
        ),
        (60, snapshot("● working 11m 25s  health red  idle 1m 25s  » live")),
        (40, snapshot("● working  red  idle 1m 25s  » live")),
    ],
)
def test_the_pinned_line_says_most_where_there_is_room(width, line):
    lines = Lines(Paint(False), width=width)
    lines.draw([call(n, "Bash", "make") for n in range(14)])
    events = [*WORKING, HealthChanged(RED, GREEN), ViaChanged(Via.live, "")]
    assert status_line(told(events), 215.0, width - 1, lines) == line


@pytest.mark.parametrize(
    ("events", "line"),
    [
        ([], snapshot("… connecting  3m 25s")),
        (
            [Started(SESSION, "queued", Via.live, None, 0)],
            snapshot("◌ queued  no activity yet  » live  $0.42 so far"),
        ),
        (
            [*WORKING, ViaChanged(Via.live, "")],
            snapshot("● working 11m 15s  idle 1m 15s  » live  $0.42 so far"),
        ),
        (
            [*WORKING, ViaChanged(Via.polling, "")],
            snapshot("● working 11m 15s  idle 1m 15s  ~ polling  $0.42 so far"),
        ),
        (
            [*WORKING, ViaChanged(Via.lost, "")],
            snapshot("✗ no contact 1m 15s  ● working 11m 15s  idle 1m 15s"),
        ),
        (
            [*WORKING, HealthChanged(GREEN, None), ViaChanged(Via.live, "")],
            snapshot("● working 11m 15s  health green  idle 1m 15s  » live  $0.42 so far"),
        ),
    ],
)
def test_the_pinned_line_tells_alive_healthy_stuck_and_seen(events, line):
    assert status_line(told(events), 205.0, 99, Lines(Paint(False), width=100)) == line


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        (
            Ended(Verdict.stopped, 6, "the session stopped"),
            snapshot("""\
■ stopped  ENG-124 after queued 21s
  21 activities: 16 action, 1 thought, 1 error, 1 response, 1 context, 1 plan; tools: Read 9×, Bash
    5×, files/Read 1×, Edit 1×
  6 errors; 150 missed in 2 gaps; 3 reconnects; cost $0.42\
"""),
        ),
        (
            Ended(Verdict.lost, 9, "contact was lost for too long"),
            snapshot("""\
? outcome unknown  ENG-124 – contact was lost for too long
  21 activities: 16 action, 1 thought, 1 error, 1 response, 1 context, 1 plan; tools: Read 9×, Bash
    5×, files/Read 1×, Edit 1×
  6 errors; 150 missed in 2 gaps; 3 reconnects; cost $0.42\
"""),
        ),
        (
            Ended(Verdict.detached, 130, "detached by Ctrl-C"),
            snapshot("""\
○ detached  ENG-124 – detached by Ctrl-C
  21 activities: 16 action, 1 thought, 1 error, 1 response, 1 context, 1 plan; tools: Read 9×, Bash
    5×, files/Read 1×, Edit 1×
  6 errors; 150 missed in 2 gaps; 3 reconnects; cost $0.42\
"""),
        ),
    ],
    ids=lambda one: one.verdict.value if isinstance(one, Ended) else "",
)
def test_the_digest_tells_the_outcome_and_what_led_to_it(ended, text):
    state = told(reconnects=3, ended=ended)
    if ended.verdict is not Verdict.stopped:
        state = replace(state, status="working")
    assert "\n".join(digest(state, Lines(Paint(False), width=100))) == text


def test_the_digest_of_a_failure_ends_with_the_last_error():
    failed = Session(
        {
            "id": "a1b2c3d4e5f60718",
            "identifier": "ENG-124",
            "lifecycle": [
                {"status": "queued", "enteredAt": "2026-06-03T11:49:39Z"},
                {"status": "working", "enteredAt": "2026-06-03T11:50:00Z"},
                {"status": "failed", "enteredAt": "2026-06-03T12:00:00Z"},
            ],
            "timestamp": "2026-06-03T12:00:00Z",
        }
    )
    events = [
        Started(failed, "failed", Via.polling, None, 0),
        act(1, "error", "no space left\non device"),
        Ended(Verdict.failed, 3, "the session failed"),
    ]
    assert "\n".join(digest(told(events), Lines(Paint(False), width=100))) == snapshot("""\
✗ failed  ENG-124 after queued 21s, working 10m 00s
  1 activity: 1 error
  1 error; nothing missed; cost not reported
  last error: no space left on device\
""")


def test_a_fold_is_closed_by_whatever_comes_next():
    lines = Lines(Paint(False), zone=NOON.tzinfo)
    same = [call(n, "Bash", "ls") for n in range(1, 3)]
    assert len(lines.draw(same)) == 1
    assert lines.draw([act(5, "thought", "hm")]) == snapshot(
        ["12:00:02 ↻ repeated 2× Bash ls", "12:00:05 · thought  hm"]
    )
    assert lines.rest() == []


def test_nothing_grows_with_the_number_of_activities():
    def objects(upto):
        for number in range((follower.feed.recent and int(follower.feed.cursor)) or 0, upto, 100):
            acted = [
                call(number + n, "Bash", f"command {n % 7 if n % 50 else number + n}").activity
                for n in range(1, 101)
            ]
            events = follower.on_stream(float(number), acted)
            screen.show(events, update(state, events, float(number), at=NOON))
        del acted, events
        gc.collect()
        return len(gc.get_objects())

    follower = Follower("a1b2c3d4e5f60718", Plan(), now=0.0)
    page = ActivityPage((), None, "working")
    first = follower.on_read(0.0, follower.next_read(0.0), page, SESSION)
    state = update(WatchState(), first, 0.0)
    follower.link.opening(0.0)
    follower.on_open(0.0)
    nowhere = io.TextIOWrapper(open(os.devnull, "wb"))  # noqa: PTH123, SIM115
    screen = PlainLines(nowhere, nowhere, Lines(Paint(False)))
    few, many = objects(5_000), objects(40_000)
    nowhere.close()
    assert state.counts.total() == 40_000
    assert many - few < 50
