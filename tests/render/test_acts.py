"""What became of an act, drawn as a terminal shows it, also where little is known of it."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from rensei_cli.api.acts import PromptAnswer, ReleaseAnswer, StopAnswer
from rensei_cli.control.claim import ReleasePlan
from rensei_cli.control.prompt import PromptOutcome, PromptPlan
from rensei_cli.control.release import Fate, ReleaseOutcome
from rensei_cli.control.stop import Stage, StopOutcome, StopPlan
from rensei_cli.errors import UnreachableError
from rensei_cli.render.marks import Look
from rensei_cli.render.prompt import prompt_view
from rensei_cli.render.release import release_view
from rensei_cli.render.stop import stop_view

ID = "a1b2c3d4e5f60718"
LOST = UnreachableError("cannot reach localhost: the connection broke while it answered")


@pytest.fixture
def stop(draw, seen, wire):
    """Draw a stop of a working session, whose stage and facts are given."""

    def drawn(stage, goal=Stage.confirmed, *, a11y=False, width=80, session=None, **facts):
        plan = StopPlan(
            session_id=ID,
            snapshot=seen(session or wire.run(healthSummary=wire.report()), wire.WORK),
            reason="wrong branch",
            key="k",
        )
        outcome = StopOutcome(plan=plan, stage=stage, status="working", seen_at=30.0)
        view = stop_view(replace(outcome, **facts), goal, width=width, look=Look(a11y=a11y))
        return draw(view, width=width)

    return drawn


@pytest.fixture
def release(draw, seen, wire):
    """Draw the release of a silent worker's claim, whose facts are given."""

    def drawn(**facts):
        held = {"workerId": "wkr_01", "claimedAt": wire.at(739), "heartbeatAt": wire.at(200)}
        session = wire.run(healthSummary=wire.report(StaleHeartbeat=200), claim=held)
        plan = ReleasePlan(session_id=ID, snapshot=seen(session), reason=None, key="k")
        outcome = ReleaseOutcome(plan=plan, status="working", sent=True, seen_at=30.0)
        view = release_view(replace(outcome, **facts), None, width=80, look=Look())
        return "\n".join(draw(view).splitlines()[2:])

    return drawn


def test_a_stop_whose_answer_got_lost_and_that_shows_nowhere(stop):
    assert stop(Stage.requested, doubt=LOST, reported=True) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ? requested, no sign of it in 30s ────────────────────────────────────╮
│ ✓ requested  wrong branch                                                    │
│ – accepted   not seen so far                                                 │
│ – confirmed  not seen so far                                                 │
│ ! its answer got lost: cannot reach localhost: the connection broke while it │
│   answered                                                                   │
│ ! the session still runs, and shows no sign of the stop                      │
│ the server has recorded nothing of it in the remediation history             │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  see whether it ends
  rensei session show a1b2c3d4e5f60718   what it did\
""")


def test_a_stop_after_which_nothing_could_be_read(stop):
    answer = StopAnswer(http_status=202, stopped=False, pending="terminal_evidence")

    assert stop(Stage.accepted, answer=answer, readable=False) == snapshot("""\
? unknown  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ! accepted, not confirmed in 30s ─────────────────────────────────────╮
│ ✓ requested  wrong branch                                                    │
│ ✓ accepted   202: the server says delivered, pending terminal evidence       │
│ – confirmed  not seen so far                                                 │
│ ! the session could not be read after that                                   │
│ the remediation history was not read since                                   │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  see whether it ends
  rensei session show a1b2c3d4e5f60718   what it did\
""")


def test_a_stop_that_the_server_answered_without_taking_it(stop):
    answer = StopAnswer(http_status=200, stopped=False)

    assert stop(Stage.requested, answer=answer, reported=False, width=60) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Stop  ? requested, no sign of it in 30s ────────────────╮
│ ✓ requested  wrong branch                                │
│ – accepted   the server answered 200, but did not say so │
│ – confirmed  not seen so far                             │
│ ! the session still runs, and shows no sign of the stop  │
│ this server reports no remediation history               │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  see whether it ends
  rensei session show a1b2c3d4e5f60718   what it did\
""")


def test_a_stop_that_came_too_late(stop):
    answer = StopAnswer(http_status=202, stopped=False)

    assert stop(Stage.confirmed, answer=answer, status="completed", reported=True) == snapshot("""\
✓ completed  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ✓ confirmed after 30s ────────────────────────────────────────────────╮
│ ✓ requested  wrong branch                                                    │
│ ✓ accepted   202: the server says delivered                                  │
│ ✓ confirmed  completed, and two more reads brought nothing new               │
│ ! it completed before the stop took effect                                   │
│ the server has recorded nothing of it in the remediation history             │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718        what it did
  rensei session prompt a1b2c3d4e5f60718 "…"  go on: a prompt starts it again\
""")


def test_a_session_that_ended_and_still_talks(stop):
    answer = StopAnswer(http_status=200, stopped=True, new_status="stopped")

    assert stop(Stage.accepted, answer=answer, status="stopped", reported=True) == snapshot("""\
■ stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Stop  ! accepted, not confirmed in 30s ─────────────────────────────────────╮
│ ✓ requested  wrong branch                                                    │
│ ✓ accepted   200: stopped                                                    │
│ – confirmed  not seen so far                                                 │
│ ! the session is stopped, but it has not been seen to be quiet               │
│ the server has recorded nothing of it in the remediation history             │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718        what it did
  rensei session prompt a1b2c3d4e5f60718 "…"  go on: a prompt starts it again\
""")


def test_a_stop_in_words(stop):
    answer = StopAnswer(http_status=200, stopped=True, new_status="stopped")

    assert stop(
        Stage.confirmed, answer=answer, status="stopped", reported=False, a11y=True
    ) == snapshot("""\
stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds

Stop  confirmed after 30s
   requested  wrong branch
   accepted   200: stopped
   confirmed  stopped, and two more reads brought nothing new
  this server reports no remediation history
  rensei session show a1b2c3d4e5f60718        what it did
  rensei session prompt a1b2c3d4e5f60718 "…"  go on: a prompt starts it again\
""")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"fate": Fate.unknown, "doubt": LOST, "readable": False},
            [
                "? unknown",
                "whether wkr_01 still holds it is not known",
                "its answer got lost",
                "could not be read after that",
                "the remediation history was not read since",
            ],
        ),
        (
            {"fate": Fate.ended, "status": "completed", "doubt": LOST, "reported": True},
            ["the session is completed: nobody holds it any longer"],
        ),
        (
            {"fate": Fate.unchanged, "answer": ReleaseAnswer(http_status=200, released=True)},
            ["wkr_01 still holds it", "the server says released, but its claim is the same"],
        ),
        (
            {"fate": Fate.unchanged, "answer": ReleaseAnswer(http_status=200, released=False)},
            ["✗ not released", "wkr_01 still holds it"],
        ),
        (
            {"fate": Fate.unknown, "answer": ReleaseAnswer(http_status=200, released=True)},
            ["✓ released", "who holds it now this server does not tell"],
        ),
        (
            {"fate": Fate.queued, "answer": ReleaseAnswer(http_status=200, released=True)},
            ["back in the queue, where nobody took it within 30s"],
        ),
    ],
    ids=["nothing is known", "ended meanwhile", "unchanged", "refused", "no holder", "queued"],
)
def test_a_release_tells_what_is_known_and_no_more(release, facts, words):
    shown = " ".join(release(**facts).replace("│", " ").split())

    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"doubt": LOST}, ["? unknown", "its answer got lost", "--idempotency-key k"]),
        (
            {"answer": PromptAnswer(http_status=200, delivered=False, disposition="held")},
            ["! held", "the server holds it for later"],
        ),
        (
            {
                "answer": PromptAnswer(
                    http_status=200,
                    delivered=False,
                    refusal="TERMINAL_PROMPT_CONTINUITY_UNAVAILABLE",
                    recovery="start_new_session",
                )
            },
            ["✗ not delivered", "TERMINAL_PROMPT_CONTINUITY", "advice: start new session"],
        ),
    ],
    ids=["lost", "held", "refused"],
)
def test_a_prompt_that_was_not_simply_delivered(draw, seen, wire, facts, words):
    plan = PromptPlan(session_id=ID, snapshot=seen(wire.run()), text="Hello", key="k")
    outcome = PromptOutcome(plan=plan, sent=True, **facts)

    shown = " ".join(draw(prompt_view(outcome, width=80, look=Look())).replace("│", " ").split())

    assert [word for word in words if word not in shown] == []
