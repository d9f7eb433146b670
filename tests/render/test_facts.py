"""What a person sees before saying yes: the facts, drawn as a terminal shows them."""

from inline_snapshot import snapshot

from rensei_cli.control.claim import ReleasePlan
from rensei_cli.control.prompt import PromptPlan
from rensei_cli.control.stop import StopPlan
from rensei_cli.render.facts import prompt_facts, release_facts, stop_facts
from rensei_cli.render.marks import Look

ID = "a1b2c3d4e5f60718"


def claim(wire, heartbeat_ago):
    return {"workerId": "wkr_01", "claimedAt": wire.at(739), "heartbeatAt": wire.at(heartbeat_ago)}


def test_the_facts_before_a_stop(draw, seen, wire):
    session = wire.run(healthSummary=wire.report(ToolLoopStuck=700), remediationHistory=[])
    plan = StopPlan(session_id=ID, snapshot=seen(session, wire.WORK), reason="loops", key="k")

    assert draw(stop_facts(plan, width=80, look=Look())) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
  status         working for 12m 19s
  last activity  12s ago
  health         ● red; Tool loop 11m 40s, over the limit of 10m
  reason         loops\
""")


def test_a_stop_that_is_on_its_way_already_is_among_the_facts(draw, seen, wire):
    entry = {"action": "stop_signal", "timestamp": wire.at(12), "source": "cli", "reason": "loops"}
    session = wire.run(healthSummary=wire.report(), remediationHistory=[entry])
    plan = StopPlan(
        session_id=ID, snapshot=seen(session), reason=None, key="k", server="app.rensei.ai"
    )

    drawn = draw(stop_facts(plan, width=80, look=Look()))

    assert "server         app.rensei.ai" in drawn
    assert "last act       stop signal via CLI: loops, 12s ago" in drawn


def test_the_facts_before_a_stuck_claim_is_released(draw, seen, wire):
    report = wire.report(StaleHeartbeat=200)
    session = wire.run(healthSummary=report, claim=claim(wire, 200), remediationHistory=[])
    plan = ReleasePlan(session_id=ID, snapshot=seen(session), reason=None, key="k")

    assert draw(release_facts(plan, width=80, look=Look())) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
  holder         wkr_01
  claimed        12m 19s ago
  heartbeat      3m 20s ago
  status         working for 12m 19s
  last activity  none so far
  health         ● yellow; Heartbeat 3m 20s, over the limit of 1m 30s
  reason         none given
! another worker starts ENG-124 anew; an agent of this one that still runs
  somewhere is not ended by it\
""")


def test_the_facts_before_a_live_claim_is_released(draw, seen, wire):
    session = wire.run(healthSummary=wire.report(), claim=claim(wire, 4), remediationHistory=[])
    plan = ReleasePlan(
        session_id=ID, snapshot=seen(session, wire.WORK), reason="mine", key="k", force=True
    )

    assert draw(release_facts(plan, width=60, look=Look()), width=60) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
  holder         wkr_01
  claimed        12m 19s ago
  heartbeat      4s ago
  status         working for 12m 19s
  last activity  12s ago
  health         ● green
  reason         mine
! the worker answered 4 s ago; releasing now can put two
  agents on ENG-124\
""")


def test_the_facts_of_a_server_that_tells_no_holder(draw, seen, wire):
    plan = ReleasePlan(session_id=ID, snapshot=seen(wire.run()), reason=None, key="k", force=True)

    assert draw(release_facts(plan, width=60, look=Look(a11y=True)), width=60) == snapshot("""\
working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
  holder         unknown
  claimed        unknown
  heartbeat      unknown
  status         working for 12m 19s
  last activity  none so far
  health         red, estimated; Claim 12m 19s, over the
                 limit of 5m
  reason         none given
warning: when the worker last answered cannot be read, which
         counts as live; releasing now can put two agents on
         ENG-124\
""")


def test_the_facts_before_a_prompt_starts_a_session_again(draw, seen, wire):
    session = wire.run(status="completed")
    plan = PromptPlan(
        session_id=ID, snapshot=seen(session), text="One more test,\nplease \x1b[2J", key="k"
    )

    assert draw(prompt_facts(plan, width=80, look=Look())) == snapshot("""\
✓ completed  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
  prompt  One more test, please ␛[2J
! the session has ended: a prompt queues it again, and an agent starts\
""")
