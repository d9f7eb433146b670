"""The page where servers are silent, contradict themselves, or send nonsense."""

from inline_snapshot import snapshot

from rensei_cli.errors import ServerError


def test_an_estimate_says_that_it_is_one(screen, wire):
    assert screen(wire.run(), wire.loop()) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health  ● red, estimated: this server reports none ─────────────────────────╮
│ ✗ Tool loop     blocking  11m 40s, over the limit of 10m                     │
│   Bash 14× in 11m 40s, 13 identical: pytest -q                               │
│ ✓ Claim         blocking  clear                                              │
│ ✓ Long running  advisory  clear, 0s of 45m                                   │
│ ✓ Heartbeat     advisory  clear, 0s of 1m 30s                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ not reported by this server                                                  │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 10 of 14 ──────────────────────────────────────────────────╮
│ now › action Bash 10× pytest -q                                              │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_an_estimate_of_a_silent_session(screen, wire):
    claim = {"workerId": "wkr_9", "claimedAt": wire.at(739), "heartbeatAt": wire.at(125)}

    assert screen(wire.run(claim=claim), wire.WORK[:2], width=60) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health  ● red, estimated: this server reports none ─────╮
│ ✗ Tool loop     blocking  11m 30s, over the limit of 10m │
│   Read once: src/refunds/retry.py, and nothing since     │
│ ✓ Claim         blocking  clear                          │
│ ✓ Long running  advisory  clear, 11m 30s of 45m          │
│ ! Heartbeat     advisory  2m 05s, over the limit of 1m   │
│ 30s                                                      │
│   worker wkr_9                                           │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ not reported by this server                              │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                              │
│ ● working  12m ago  for 12m 19s so far                   │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out             │
╰──────────────────────────────────────────────────────────╯
╭─ Activities  last 2 of 2 ────────────────────────────────╮
│ 11m ago · thought Reading the failing test first.        │
│ 11m ago › action  Read src/refunds/retry.py              │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718
  rensei session stop a1b2c3d4e5f60718
  rensei session release-claim a1b2c3d4e5f60718
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")


def test_two_sources_that_contradict_each_other(screen, wire):
    impossible = "+058862-03-04T06:44:18.000Z"
    line = {"queued": wire.at(760), "started": impossible, "completed": impossible}
    session = wire.run(status="failed", timeline=line, costUsd=None)
    listed = [{"id": session["id"], "status": "stopped", "costUsd": 1.5}]
    last = {"id": "2", "type": "thought", "content": "no time was sent"}
    page = [wire.WORK[0], {**last, "content": "x", "timestamp": "yesterday"}, last]

    assert screen(session, page, listed, width=60) == snapshot("""\
■ stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
! the server contradicts itself: list says stopped, detail
  and activities say failed; shown as stopped
╭─ Health ─────────────────────────────────────────────────╮
│ – none, the session has ended                            │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ not reported by this server                              │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for an unknown time                  │
│ ✓ working        ?  for an unknown time                  │
│ ■ stopped        ?                                       │
│ cost $1.50, tokens 48.2k in, 9.1k out                    │
╰──────────────────────────────────────────────────────────╯
╭─ Activities  last 3 of 3 ────────────────────────────────╮
│ 11m ago · thought Reading the failing test first.        │
│       ? · thought x                                      │
│       – · thought no time was sent                       │
╰──────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")


def test_activities_that_could_not_be_read(screen, wire):
    assert screen(wire.run(), ServerError("the server failed (500)")) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health  ? unknown, estimated: this server reports none ─────────────────────╮
│ ? Tool loop     blocking  unknown, the activities could not be read          │
│ ? Claim         blocking  unknown, the activities could not be read          │
│ ✓ Long running  advisory  clear                                              │
│ ? Heartbeat     advisory  unknown, this server publishes no heartbeat        │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ not reported by this server                                                  │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities ─────────────────────────────────────────────────────────────────╮
│ ! could not be read: the server failed (500)                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_a_detail_that_could_not_be_read(screen, wire):
    listed = [wire.run(timeline={}, startedAt=wire.at(760), issueTitle=None)]

    drawn = screen(ServerError("the server failed (503)"), [], listed, width=60)

    assert drawn == snapshot("""\
● working  ENG-124
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
! the detail could not be read: the server failed (503)
╭─ Health  ? unknown, estimated: this server reports none ─╮
│ ✓ Tool loop     blocking  clear                          │
│ ? Claim         blocking  unknown                        │
│   no activity, and no readable time of the claim         │
│ ✓ Long running  advisory  clear                          │
│ ? Heartbeat     advisory  unknown                        │
│   this server publishes no heartbeat                     │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ not reported by this server                              │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for an unknown time                  │
│ ● working        –  for an unknown time                  │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out             │
╰──────────────────────────────────────────────────────────╯
╭─ Activities ─────────────────────────────────────────────╮
│ none so far                                              │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")
