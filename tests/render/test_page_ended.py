"""The page of a session that has ended."""

import pytest
from inline_snapshot import snapshot


def ended(wire, status, **more):
    line = {"queued": wire.at(760), "started": wire.at(739), "completed": wire.at(30)}
    return wire.run(status=status, timeline=line, remediationHistory=[], **more)


def test_completed(screen, wire):
    assert screen(
        ended(wire, "completed", healthSummary={"color": "green"}), wire.WORK
    ) == snapshot("""\
✓ completed  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health ─────────────────────────────────────────────────────────────────────╮
│ ● green, reported by the server; the session has ended                       │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ no operator has acted so far                                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued     12m ago  for 21s                                                │
│ ✓ working    12m ago  for 11m 49s                                            │
│ ✓ completed  30s ago                                                         │
│ cost $1.83, tokens 48.2k in, 9.1k out                                        │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 6 of 6 ────────────────────────────────────────────────────╮
│ 11m ago · thought  Reading the failing test first.                           │
│ 11m ago › action   Read src/refunds/retry.py                                 │
│  8m ago › action   shell/Bash ✗ pytest -q tests/refunds                      │
│  8m ago ✗ error    pytest exited with 1                                      │
│  1m ago … progress 3 of 5 tests pass                                         │
│ 12s ago « response The retry never looked at the idempotency key; it does n… │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_failed(screen, wire):
    assert screen(ended(wire, "failed"), wire.WORK[:4], width=60) == snapshot("""\
✗ failed  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health ─────────────────────────────────────────────────╮
│ – none, the session has ended                            │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ no operator has acted so far                             │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                              │
│ ✓ working  12m ago  for 11m 49s                          │
│ ✗ failed   30s ago                                       │
│ cost $1.83, tokens 48.2k in, 9.1k out                    │
╰──────────────────────────────────────────────────────────╯
╭─ Activities  last 4 of 4 ────────────────────────────────╮
│ 11m ago · thought Reading the failing test first.        │
│ 11m ago › action  Read src/refunds/retry.py              │
│  8m ago › action  shell/Bash ✗ pytest -q tests/refunds   │
│  8m ago ✗ error   pytest exited with 1                   │
╰──────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")


def test_stopped(screen, wire):
    entry = {
        "action": "stop_signal",
        "timestamp": wire.at(31),
        "source": "ui",
        "actor": {"name": "Ana"},
        "previousStatus": "working",
        "newStatus": "stopped",
    }
    session = ended(wire, "stopped") | {"remediationHistory": [entry]}

    assert screen(session, wire.WORK[:2]) == snapshot("""\
■ stopped  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health ─────────────────────────────────────────────────────────────────────╮
│ – none, the session has ended                                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ 31s ago  stop signal via UI by Ana, working → stopped                        │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ✓ working  12m ago  for 11m 49s                                              │
│ ■ stopped  30s ago                                                           │
│ cost $1.83, tokens 48.2k in, 9.1k out                                        │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 2 of 2 ────────────────────────────────────────────────────╮
│ 11m ago · thought Reading the failing test first.                            │
│ 11m ago › action  Read src/refunds/retry.py                                  │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_sent_back_to_the_queue_and_finished(screen, wire):
    lifecycle = [
        {"status": "queued", "enteredAt": wire.at(9000)},
        {"status": "claimed", "enteredAt": wire.at(8990)},
        {"status": "running", "enteredAt": wire.at(8980)},
        {"status": "queued", "enteredAt": wire.at(5000)},
        {"status": "running", "enteredAt": wire.at(4900)},
        {"status": "completed", "enteredAt": wire.at(100)},
    ]
    drawn = screen(ended(wire, "completed", lifecycle=lifecycle), width=60).splitlines()
    begin = drawn.index(next(line for line in drawn if "Lifecycle" in line))

    assert "\n".join(drawn[begin : begin + 8]) == snapshot("""\
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued     2h ago  for 10s                             │
│ ✓ working    2h ago  for 1h 06m                          │
│ ✓ queued     1h ago  for 1m 40s                          │
│ ✓ working    1h ago  for 1h 20m                          │
│ ✓ completed  1m ago                                      │
│ cost $1.83, tokens 48.2k in, 9.1k out                    │
╰──────────────────────────────────────────────────────────╯\
""")


@pytest.mark.parametrize(
    ("status", "first"),
    [
        ("timed_out", "✗ timed_out  ENG-124  Retry failed refunds"),
        ("canceled", "■ canceled  ENG-124  Retry failed refunds"),
        ("running", "● running  ENG-124  Retry failed refunds"),
        ("held", "? held  ENG-124  Retry failed refunds"),
    ],
)
def test_another_word_takes_the_symbol_of_its_meaning(screen, wire, status, first):
    assert screen(wire.run(status=status)).splitlines()[0] == first


def test_everything_in_full(screen, wire):
    call = wire.activity(
        7,
        20,
        "action",
        "Bash: pytest -q",
        toolName="Bash",
        toolInput={"command": "pytest -q"},
        toolOutput="F..\n1 failed, 2 passed\n",
        isError=True,
        durationMs=3200,
    )
    drawn = screen(ended(wire, "completed"), [wire.WORK[-1], call], width=60, full=True)
    begin = drawn.index("╭─ Activities")

    assert drawn[begin : drawn.index("  rensei session")] == snapshot("""\
╭─ Activities  last 2 of 2 ────────────────────────────────╮
│ 5 older ones are no longer held by the server            │
│ 12s ago « response The retry never looked at the         │
│                    idempotency key; it does now, and the │
│                    test that showed the double refund    │
│                    passes on both databases.             │
│ 20s ago › action   Bash pytest -q  ✗ failed after 3s     │
│                    F..                                   │
│                    1 failed, 2 passed                    │
╰──────────────────────────────────────────────────────────╯
""")
