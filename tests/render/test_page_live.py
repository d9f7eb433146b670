"""The page of a session that lives: drawn as a terminal shows it."""

from inline_snapshot import snapshot

URL = "https://app.rensei.ai/sessions/a1b2c3d4e5f60718"


def test_a_healthy_session(screen, wire):
    session = wire.run(healthSummary=wire.report(), remediationHistory=[])

    assert screen(session, wire.WORK, link=URL) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
  https://app.rensei.ai/sessions/a1b2c3d4e5f60718
╭─ Health  ● green, reported by the server ────────────────────────────────────╮
│ ✓ Tool loop     blocking  clear                                              │
│ ✓ Claim         blocking  clear                                              │
│ ✓ Long running  advisory  clear, 12m 20s of 45m                              │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ no operator has acted so far                                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 6 of 6 ────────────────────────────────────────────────────╮
│ 11m ago · thought  Reading the failing test first.                           │
│ 11m ago › action   Read src/refunds/retry.py                                 │
│  8m ago › action   shell/Bash ✗ pytest -q tests/refunds                      │
│  8m ago ✗ error    pytest exited with 1                                      │
│  1m ago … progress 3 of 5 tests pass                                         │
│ 12s ago « response The retry never looked at the idempotency key; it does n… │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_a_claim_without_any_work(screen, wire):
    stuck = wire.report(ClaimStuck=340, StaleHeartbeat=200)
    session = wire.run(healthSummary=stuck, remediationHistory=[], costUsd=0.004)

    assert screen(session) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health  ● red, reported by the server ──────────────────────────────────────╮
│ ✓ Tool loop     blocking  clear                                              │
│ ✗ Claim         blocking  5m 40s, over the limit of 5m                       │
│ ✓ Long running  advisory  clear, 12m 20s of 45m                              │
│ ! Heartbeat     advisory  3m 20s, over the limit of 1m 30s                   │
│   worker wkr_01                                                              │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ no operator has acted so far                                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $0.0040 so far, tokens 48.2k in, 9.1k out                               │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities ─────────────────────────────────────────────────────────────────╮
│ none so far                                                                  │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session release-claim a1b2c3d4e5f60718             let another worker
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_a_silent_worker(screen, wire):
    session = wire.run(healthSummary=wire.report(StaleHeartbeat=200), remediationHistory=[])

    assert screen(session, wire.WORK[:1], width=60) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health  ● yellow, reported by the server ───────────────╮
│ ✓ Tool loop     blocking  clear                          │
│ ✓ Claim         blocking  clear                          │
│ ✓ Long running  advisory  clear, 12m 20s of 45m          │
│ ! Heartbeat     advisory  3m 20s, over the limit of 1m   │
│ 30s                                                      │
│   worker wkr_01                                          │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ no operator has acted so far                             │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                              │
│ ● working  12m ago  for 12m 19s so far                   │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out             │
╰──────────────────────────────────────────────────────────╯
╭─ Activities  last 1 of 1 ────────────────────────────────╮
│ 11m ago · thought Reading the failing test first.        │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718
  rensei session stop a1b2c3d4e5f60718
  rensei session release-claim a1b2c3d4e5f60718
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")


def test_a_queued_session(screen, wire):
    session = wire.run(
        status="queued",
        timeline={"queued": wire.at(30)},
        remediationHistory=[],
        costUsd=None,
        inputTokens=None,
        outputTokens=None,
    )

    assert screen(session, width=60) == snapshot("""\
◌ queued  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health ─────────────────────────────────────────────────╮
│ – none, no worker holds the session                      │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ no operator has acted so far                             │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ◌ queued  30s ago  for 30s so far                        │
│ cost –, tokens – in, – out                               │
╰──────────────────────────────────────────────────────────╯
╭─ Activities ─────────────────────────────────────────────╮
│ none so far                                              │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")
