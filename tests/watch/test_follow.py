"""Following: SSE where there is one, polling where there is none, and the truth about the end."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ring import NOON, Ring
from stage import Stage, contents

from rensei_cli.api.activity import read_activity
from rensei_cli.api.reports import read_remediation
from rensei_cli.errors import AuthError, NotFoundError, RateLimitedError
from rensei_cli.watch.events import (
    Ended,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
    Verdict,
    Via,
    ViaChanged,
)
from rensei_cli.watch.follow import Read
from rensei_cli.watch.link import Closed
from rensei_cli.watch.plan import Condition, ExitOn, Plan, Transport


def vias(stage):
    return [event.via for event in stage.of(ViaChanged)]


def end(stage):
    assert stage.follower.ended is not None
    return stage.follower.ended.verdict, stage.follower.ended.exit_code


def posted(stage, count=1):
    for _ in range(count):
        stage.ring.post()


def test_the_first_answer_starts_the_watch_with_the_tail_that_was_asked_for():
    stage = Stage(Plan(tail=3))
    posted(stage, 10)
    stage.play()
    [started] = stage.of(Started)
    assert (started.status, started.cursor, started.not_available) == ("working", "10", 0)
    assert stage.told == ["line 7", "line 8", "line 9"]


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [
        ("completed", Verdict.completed, 0),
        ("failed", Verdict.failed, 3),
        ("stopped", Verdict.stopped, 6),
        ("canceled", Verdict.stopped, 6),
        ("timed_out", Verdict.failed, 3),
    ],
    ids=str,
)
def test_the_exit_code_is_the_outcome(status, verdict, code):
    stage = Stage()
    stage.play(1)
    stage.ring.status = status
    stage.play(30)
    assert end(stage) == (verdict, code)


def test_a_session_that_had_ended_before_is_read_twice_and_left():
    stage = Stage(ring=Ring(status="failed"))
    posted(stage, 2)
    stage.play(5)
    assert end(stage) == (Verdict.failed, 3)
    assert len(stage.requests) == 2


def test_what_comes_after_the_end_is_still_told():
    stage = Stage()
    stage.play(1)
    stage.ring.status = "completed"
    stage.hint("completed")
    posted(stage, 3)
    stage.play(0.3)
    posted(stage)
    stage.play(5)
    assert stage.told == [f"line {n}" for n in range(4)]
    assert end(stage) == (Verdict.completed, 0)


def test_an_end_that_only_the_stream_tells_is_not_believed():
    stage = Stage()
    stage.play(1)
    for _ in range(20):
        stage.hint("failed")
        stage.play(1)
    assert stage.follower.ended is None
    assert not stage.of(StatusChanged)
    assert len(stage.requests) < 6


def test_a_session_that_is_queued_again_is_a_change_and_no_end():
    stage = Stage()
    stage.play(1)
    stage.ring.status = "queued"
    stage.play(20)
    [changed] = stage.of(StatusChanged)
    assert (changed.before, changed.after) == ("working", "queued")
    assert stage.follower.ended is None


def test_a_stream_that_is_refused_is_never_asked_again():
    stage = Stage(streams=False)
    stage.play(600)
    assert vias(stage) == [Via.polling]
    assert stage.follower.link.due_at() is None


def test_polling_costs_at_most_two_requests_in_fifteen_seconds():
    stage = Stage(Plan(transport=Transport.poll))
    stage.play(900)
    assert len(stage.requests) <= 900 / 15 + 1


def test_a_stream_that_fails_twice_is_left_for_polling_and_tried_again_after_a_minute():
    stage = Stage()
    stage.play(1)
    stage.cut()
    stage.play(1)
    stage.cut()
    assert vias(stage)[-1] is Via.polling
    stage.play(59)
    assert vias(stage)[-1] is Via.polling
    stage.play(2)
    assert vias(stage)[-1] is Via.live


def test_a_cut_after_minutes_of_streaming_is_mended_without_a_word():
    stage = Stage()
    stage.play(1)
    said = len(stage.of(ViaChanged))
    for _ in range(10):
        for _ in range(12):
            stage.play(10)
            stage.hear()
        posted(stage)
        stage.cut()
        stage.play(2)
    assert len(stage.of(ViaChanged)) == said
    assert stage.told == [f"line {n}" for n in range(10)]
    assert stage.follower.link.reconnects == 10


def test_a_stream_without_a_byte_for_45_seconds_is_cut():
    stage = Stage()
    stage.play(44)
    assert stage.follower.link.reconnects == 0
    stage.play(2)
    assert stage.follower.link.reconnects == 1


def test_a_stream_that_is_refused_does_not_hide_that_there_is_no_contact():
    stage = Stage()
    stage.play(10)
    stage.reachable = False
    stage.cut()
    stage.play(20)
    stage.tell(stage.follower.on_closed(stage.now, Closed("the stream answered 404", refused=True)))
    assert vias(stage)[-1] is Via.lost
    stage.reachable = True
    stage.play(60)
    assert vias(stage)[-1] is Via.polling


def test_reads_that_fail_behind_a_living_stream_are_said_once_and_so_is_their_end():
    stage = Stage()
    stage.play(10)
    stage.reachable = False
    for _ in range(12):
        stage.play(5)
        stage.hear()
    said = [event.why for event in stage.of(ViaChanged) if "not confirmed" in event.why]
    assert len(said) == 1
    stage.reachable = True
    stage.play(20)
    assert stage.of(ViaChanged)[-1].why == "reads are answered again"
    assert stage.follower.link.is_open


def test_a_run_that_goes_on_after_its_end_is_told_to_its_last_word():
    stage = Stage()
    stage.play(10)
    stage.ring.status = "completed"
    stage.hint("completed")
    for _ in range(20):
        posted(stage)
        stage.stream()
        stage.play(0.3)
    assert stage.follower.ended is None
    stage.play(10)
    assert stage.told == [f"line {n}" for n in range(20)]
    assert end(stage) == (Verdict.completed, 0)


def test_a_comment_counts_as_life():
    stage = Stage()
    for _ in range(20):
        stage.play(10)
        stage.hear()
    assert stage.follower.link.is_open
    assert stage.follower.link.reconnects == 0


def test_five_errors_in_the_middle_are_one_notice_and_no_end():
    stage = Stage(streams=False)
    stage.play(20)
    stage.reachable = False
    stage.play(40)
    posted(stage, 5)
    stage.reachable = True
    stage.play(20)
    assert vias(stage)[-2:] == [Via.lost, Via.polling]
    assert stage.told == [f"line {n}" for n in range(5)]
    assert stage.follower.ended is None


def test_contact_that_is_lost_for_good_is_an_exit_code_of_its_own():
    stage = Stage(Plan(give_up_seconds=120), streams=False)
    stage.play(20)
    stage.reachable = False
    stage.play(300)
    assert end(stage) == (Verdict.lost, 9)


def test_a_server_that_never_answered_is_an_error_after_three_tries():
    stage = Stage(reachable=False)
    stage.play(60)
    assert end(stage) == (Verdict.error, 1)
    assert len(stage.requests) == 3


@pytest.mark.parametrize(
    ("error", "code"), [(AuthError("401"), 4), (NotFoundError("404"), 5)], ids=["401", "404"]
)
def test_only_the_polling_endpoint_can_end_a_watch(error, code):
    stage = Stage()
    stage.play(1)
    ended = stage.follower.on_read(stage.now, Read(None, detail=False), error, None)
    assert [event.exit_code for event in ended if isinstance(event, Ended)] == [code]


def test_a_rate_limit_is_waited_out_for_as_long_as_the_server_asks():
    stage = Stage(Plan(transport=Transport.poll))
    stage.play(1)
    limited = RateLimitedError("429", retry_after_seconds=59)
    stage.follower.on_read(stage.now, Read(None, detail=False), limited, None)
    before = len(stage.requests)
    stage.play(58)
    assert len(stage.requests) == before
    stage.play(2)
    assert len(stage.requests) == before + 1


def test_a_deadline_ends_a_watch_of_a_session_that_runs():
    stage = Stage(Plan(timeout_seconds=90))
    stage.play(200)
    assert end(stage) == (Verdict.pending, 8)
    assert stage.now == pytest.approx(1090, abs=1)


def test_idleness_can_end_a_watch():
    stage = Stage(Plan(exit_on=(ExitOn(Condition.idle, 60),)))
    for _ in range(5):
        stage.play(30)
        posted(stage)
        stage.stream()
    assert stage.follower.ended is None
    stage.play(61)
    assert end(stage) == (Verdict.condition, 10)


def test_a_red_health_can_end_a_watch():
    stage = Stage(Plan(exit_on=(ExitOn(Condition.red),)))
    stage.detail["timestamp"] = "2026-06-03T12:00:00Z"
    stage.play(1)
    stage.detail["healthSummary"] = {"color": "red", "signals": ["ToolLoopStuck"]}
    stage.play(20)
    assert end(stage) == (Verdict.condition, 10)
    assert stage.of(HealthChanged)[-1].health.level == "red"


def test_what_happened_while_no_stream_was_open_is_read_as_soon_as_one_is():
    stage = Stage()
    stage.detail["timestamp"] = "2026-06-03T12:00:00Z"
    read = stage.follower.next_read(stage.now)
    stage.tell(stage.follower.on_read(stage.now, read, *stage._answer(read)))
    stage.detail["healthSummary"] = {"color": "red", "signals": ["ToolLoopStuck"]}
    stage.detail["remediationHistory"] = [STOP]
    stage.play(1)
    assert stage.of(ViaChanged)[-1].via is Via.live
    assert stage.of(HealthChanged)[-1].health.level == "red"
    assert [event.entry.action for event in stage.of(Remediated)] == ["stop_signal"]


def test_strict_turns_a_loss_into_its_own_exit_code():
    stage = Stage(Plan(strict=True), streams=False)
    posted(stage, 5)
    stage.play(1)
    posted(stage, 350)
    stage.play(20)
    stage.ring.status = "completed"
    stage.play(30)
    assert stage.missed == 150
    assert stage.follower.ended.verdict is Verdict.completed
    assert stage.follower.ended.exit_code == 10


def test_history_alone_can_be_asked_for():
    stage = Stage(Plan(follow=False, tail=None))
    posted(stage, 30)
    stage.play(60)
    assert stage.told == contents(stage.ring.held)
    assert end(stage) == (Verdict.detached, 0)


def test_sleep_makes_the_stream_suspect():
    stage = Stage()
    stage.play(10)
    posted(stage, 30)
    stage.cut("this machine slept for 3600 s")
    stage.now += 3600
    stage.tell(stage.follower.on_wake(stage.now, 3600))
    stage.play(2)
    assert [(event.via, event.why) for event in stage.of(ViaChanged)][-3:] == [
        (Via.lost, "this machine slept for 60 min"),
        (Via.connecting, "the server answers again"),
        (Via.live, "the server streams"),
    ]
    assert stage.told == [f"line {n}" for n in range(30)]
    assert stage.follower.link.is_open


STOP = {"id": "1", "action": "stop_signal", "timestamp": "2026-06-03T12:00:00Z"}


def test_operator_actions_are_news_once_and_only_from_the_beginning_on():
    stage = Stage()
    stage.detail["remediationHistory"] = [STOP]
    stage.play(1)
    later = {**STOP, "id": "2", "action": "claim_release"}
    stage.hear(*read_remediation([later]))
    stage.detail["remediationHistory"] = [STOP, {**later, "actor": "mira"}]
    stage.play(20)
    assert [event.entry.action for event in stage.of(Remediated)] == ["claim_release"]


def test_the_first_operator_action_of_a_session_is_news():
    stage = Stage()
    stage.play(1)
    stage.detail["remediationHistory"] = [STOP]
    stage.play(20)
    assert [event.entry.action for event in stage.of(Remediated)] == ["stop_signal"]


def test_a_route_that_disagrees_does_not_make_the_status_flicker():
    stage = Stage(ring=Ring(status="queued"))
    stage.detail["status"] = "parked"
    stage.play(1)
    for _ in range(5):
        posted(stage, 2)
        stage.stream(lost=1)
        posted(stage)
        stage.stream()
        stage.play(3)
    assert not stage.of(StatusChanged)
    assert len(stage.requests) > 5


def test_a_status_that_a_small_read_tells_is_confirmed_and_told_at_once():
    stage = Stage()
    stage.play(1)
    stage.ring.status = "completed"
    posted(stage, 2)
    stage.stream(lost=1)
    posted(stage)
    stage.stream()
    stage.play(1)
    assert [event.after for event in stage.of(StatusChanged)] == ["completed"]


def test_a_server_that_was_away_is_live_again_when_it_streams():
    stage = Stage()
    stage.play(10)
    stage.reachable = False
    stage.cut()
    stage.play(10)
    stage.reachable = True
    stage.play(90)
    assert vias(stage)[-1] is Via.live
    assert Via.lost in vias(stage)


def test_a_stream_that_tells_one_lie_after_another_costs_few_reads():
    stage = Stage()
    stage.play(1)
    for number in range(200):
        stage.hint(f"status {number}")
        stage.play(0.1)
    assert len(stage.requests) < 15


def test_a_stream_that_is_refused_costs_no_read_of_its_own():
    stage = Stage(streams=False)
    stage.play(14)
    assert len(stage.requests) == 1


def test_missing_what_a_cursor_asked_for_is_a_loss():
    stage = Stage(Plan(cursor="10", strict=True, follow=False))
    posted(stage, 300)
    stage.play(5)
    assert stage.missed == 90
    assert stage.follower.ended.exit_code == 10


def test_a_stream_that_ended_is_not_opened_again_before_a_read_says_whether_to():
    stage = Stage()
    stage.play(10)
    stage.ring.status = "completed"
    read = stage.follower.next_read(stage.now)
    stage.cut()
    stage.now += 0.3
    read = stage.follower.next_read(stage.now) or read
    assert not stage.follower.stream_due(stage.now + 5)
    stage.tell(stage.follower.on_read(stage.now + 5, read, *stage._answer(read)))
    assert not stage.follower.stream_due(stage.now + 60)


def test_a_stream_that_ends_while_it_is_behind_is_asked_about_at_once():
    stage = Stage()
    posted(stage, 3)
    stage.play(1)
    for _ in range(3):  # a read is far ahead of a stream that still moves
        posted(stage, 300)
        stage.play(15)
        stage.stream()
    before = len(stage.requests)
    stage.cut()
    stage.play(0.4)
    assert len(stage.requests) > before


def test_a_late_start_is_no_loss():
    stage = Stage(Plan(strict=True, follow=False))
    posted(stage, 300)
    stage.play(5)
    assert stage.follower.ended.exit_code == 0


def test_idle_is_how_long_ago_the_last_activity_was_and_not_how_long_it_is_watched():
    stage = Stage(Plan(exit_on=(ExitOn(Condition.idle, 60),)))
    posted(stage)
    stage.detail["timestamp"] = (NOON + timedelta(seconds=59)).isoformat()
    stage.play(0.5)
    assert stage.follower.ended is None
    stage.play(1)
    assert end(stage) == (Verdict.condition, 10)


def test_what_the_stream_tells_and_no_read_confirms_does_not_keep_a_watch_alive():
    stage = Stage()
    posted(stage, 3)
    stage.play(1)
    stage.hear(read_activity({"id": "900", "type": "thought", "content": "never posted"}))
    stage.ring.status = "completed"
    stage.hint("completed")
    stage.play(60)
    assert end(stage) == (Verdict.completed, 0)
    assert "never posted" not in stage.told


network = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["stream", "lossy", "cut", "silence", "outage", "back", "nothing"]),
        st.sampled_from([0.0, 0.3, 1.0, 7.0, 20.0, 70.0]),
    ),
    max_size=24,
)


@settings(max_examples=1000, deadline=None)
@given(network)
def test_any_pattern_of_cuts_tells_every_activity_exactly_once(script):
    stage = Stage(Plan(tail=None))
    for count, weather, seconds in script:
        posted(stage, count)
        match weather:
            case "stream":
                stage.stream()
            case "lossy":
                stage.stream(lost=count // 2)
            case "cut":
                stage.cut()
            case "outage":
                stage.reachable = False
                stage.cut()
            case "back":
                stage.reachable = True
        stage.play(seconds)
        if stage.follower.ended:
            break
    stage.reachable = True
    stage.play(20)
    stage.ring.status = "completed"
    stage.play(60)
    lines = stage.told
    assert lines == sorted(set(lines), key=lambda line: int(line.split()[1]))
    if stage.of(Started) and end(stage) == (Verdict.lost, 9):
        # What came after the last contact nobody can tell.
        assert len(lines) + stage.missed <= len(stage.ring.history)
    elif stage.of(Started):
        assert end(stage) == (Verdict.completed, 0)
        assert len(lines) + stage.missed == len(stage.ring.history)
        assert set(contents(stage.ring.held)) <= set(lines)
