"""A session in a tool loop, at every width, in colour and in words."""

# ruff: noqa: E501 - a drawing is as wide as its terminal

from inline_snapshot import snapshot

from rensei_cli.options import TimeStyle

URL = "https://app.rensei.ai/sessions/a1b2c3d4e5f60718"


def released(wire):
    return [
        {
            "action": "claim_release",
            "timestamp": wire.at(2400),
            "source": "CLI",
            "actor": "ana@example.com",
            "previousStatus": "working",
            "newStatus": "queued",
            "reason": "the laptop of its worker lost power, and nobody answered for an hour",
        },
        {"action": "stop_signal", "timestamp": wire.at(95), "source": "webhook"},
    ]


def looping(wire):
    return wire.run(healthSummary=wire.report(ToolLoopStuck=700), remediationHistory=released(wire))


def test_a_tool_loop_with_its_evidence(screen, wire):
    assert screen(looping(wire), wire.loop(232)) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health  ● red, reported by the server ──────────────────────────────────────╮
│ ✗ Tool loop     blocking  11m 40s, over the limit of 10m                     │
│   Bash 14× in 11m 40s, 13 identical: pytest -q                               │
│ ✓ Claim         blocking  clear                                              │
│ ✓ Long running  advisory  clear, 12m 20s of 45m                              │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ 40m ago  claim released via CLI by ana@example.com, working → queued         │
│          the laptop of its worker lost power, and nobody answered for an     │
│          hour                                                                │
│  1m ago  stop signal via webhook                                             │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 10 of 14 ──────────────────────────────────────────────────╮
│ 231 older ones are no longer held by the server                              │
│ now › action Bash 10× pytest -q                                              │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_a_tool_loop_on_a_narrow_screen(screen, wire):
    assert screen(looping(wire), wire.loop(232), width=60) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health  ● red, reported by the server ──────────────────╮
│ ✗ Tool loop     blocking  11m 40s, over the limit of 10m │
│   Bash 14× in 11m 40s, 13 identical: pytest -q           │
│ ✓ Claim         blocking  clear                          │
│ ✓ Long running  advisory  clear, 12m 20s of 45m          │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s            │
╰──────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────╮
│ 40m ago  claim released via CLI by ana@example.com,      │
│          working → queued                                │
│          the laptop of its worker lost power, and nobody │
│          answered for an hour                            │
│  1m ago  stop signal via webhook                         │
╰──────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                              │
│ ● working  12m ago  for 12m 19s so far                   │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out             │
╰──────────────────────────────────────────────────────────╯
╭─ Activities  last 10 of 14 ──────────────────────────────╮
│ 231 older ones are no longer held by the server          │
│ now › action Bash 10× pytest -q                          │
╰──────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718
  rensei session stop a1b2c3d4e5f60718
  rensei session show a1b2c3d4e5f60718 --all --full
  rensei session show a1b2c3d4e5f60718 --json | jq .health\
""")


def test_a_tool_loop_on_a_wide_screen(screen, wire):
    assert screen(looping(wire), wire.loop(232), width=120, link=URL) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
  https://app.rensei.ai/sessions/a1b2c3d4e5f60718
╭─ Health  ● red, reported by the server ──────────────────────────────────────────────────────────────────────────────╮
│ ✗ Tool loop     blocking  11m 40s, over the limit of 10m                                                             │
│   Bash 14× in 11m 40s, 13 identical: pytest -q                                                                       │
│ ✓ Claim         blocking  clear                                                                                      │
│ ✓ Long running  advisory  clear, 12m 20s of 45m                                                                      │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s                                                                        │
╰──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────────────────────────────────────────────╮
│ 40m ago  claim released via CLI by ana@example.com, working → queued                                                 │
│          the laptop of its worker lost power, and nobody answered for an hour                                        │
│  1m ago  stop signal via webhook                                                                                     │
╰──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                                                          │
│ ● working  12m ago  for 12m 19s so far                                                                               │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                                                         │
╰──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 10 of 14 ──────────────────────────────────────────────────────────────────────────────────────────╮
│ 231 older ones are no longer held by the server                                                                      │
│ now › action Bash 10× pytest -q                                                                                      │
╰──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_a_tool_loop_in_colour(screen, wire):
    drawn = screen(looping(wire), wire.loop(232), color=True, link=URL)

    assert drawn.splitlines() == snapshot(
        [
            "\x1b[32m● working \x1b[0m \x1b[1mENG-124 \x1b[0m Retry failed refunds",
            "  \x1b[36ma1b2c3d4e5f60718\x1b[0m\x1b[90m · \x1b[0m\x1b[90mdevelopment\x1b[0m\x1b[90m · \x1b[0m\x1b[90mclaude\x1b[0m\x1b[90m · \x1b[0m\x1b[90mbranch eng-124-refunds\x1b[0m",
            "  \x1b]8;id=0;https://app.rensei.ai/sessions/a1b2c3d4e5f60718\x1b\\\x1b[90mhttps://app.rensei.ai/sessions/a1b2c3d4e5f60718\x1b[0m\x1b]8;;\x1b\\",
            "\x1b[90m╭─\x1b[0m\x1b[90m \x1b[0m\x1b[1;90mHealth\x1b[0m\x1b[90m  \x1b[0m\x1b[1;31m● red\x1b[0m\x1b[90m, reported by the server\x1b[0m\x1b[90m \x1b[0m\x1b[90m─────────────────────────────────────\x1b[0m\x1b[90m─╮\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[1;31m✗ \x1b[0mTool loop     \x1b[90mblocking  \x1b[0m\x1b[1;31m11m 40s, over the limit of 10m\x1b[0m                     \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m   Bash 14× in 11m 40s, 13 identical: pytest -q                               \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[32m✓ \x1b[0mClaim         \x1b[90mblocking  \x1b[0mclear                                              \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[32m✓ \x1b[0mLong running  \x1b[90madvisory  \x1b[0mclear\x1b[90m, 12m 20s of 45m\x1b[0m                              \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[32m✓ \x1b[0mHeartbeat     \x1b[90madvisory  \x1b[0mclear\x1b[90m, 4s of 1m 30s\x1b[0m                                \x1b[90m│\x1b[0m",
            "\x1b[90m╰──────────────────────────────────────────────────────────────────────────────╯\x1b[0m",
            "\x1b[90m╭─\x1b[0m\x1b[90m \x1b[0m\x1b[1;90mRemediation history\x1b[0m\x1b[90m \x1b[0m\x1b[90m───────────────────────────────────────────────────────\x1b[0m\x1b[90m─╮\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m40m ago\x1b[0m\x1b[90m  \x1b[0m\x1b[1mclaim released\x1b[0m via CLI by ana@example.com, working → queued\x1b[1m        \x1b[0m \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m         \x1b[0m\x1b[90mthe laptop of its worker lost power, and nobody answered for an \x1b[0m\x1b[1m   \x1b[0m \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m         \x1b[0m\x1b[90mhour\x1b[0m\x1b[1m                                                               \x1b[0m \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m 1m ago\x1b[0m\x1b[90m  \x1b[0m\x1b[1mstop signal\x1b[0m via webhook\x1b[1m                                            \x1b[0m \x1b[90m│\x1b[0m",
            "\x1b[90m╰──────────────────────────────────────────────────────────────────────────────╯\x1b[0m",
            "\x1b[90m╭─\x1b[0m\x1b[90m \x1b[0m\x1b[1;90mLifecycle\x1b[0m\x1b[90m \x1b[0m\x1b[90m─────────────────────────────────────────────────────────────────\x1b[0m\x1b[90m─╮\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m✓ queued \x1b[0m  \x1b[90m12m ago\x1b[0m\x1b[90m  \x1b[0mfor 21s                                                  \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[32m● working\x1b[0m  \x1b[90m12m ago\x1b[0m\x1b[90m  \x1b[0mfor 12m 19s so far                                       \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90mcost \x1b[0m$1.83 so far\x1b[90m, tokens 48.2k in, 9.1k out\x1b[0m                                 \x1b[90m│\x1b[0m",
            "\x1b[90m╰──────────────────────────────────────────────────────────────────────────────╯\x1b[0m",
            "\x1b[90m╭─\x1b[0m\x1b[90m \x1b[0m\x1b[1;90mActivities\x1b[0m\x1b[90m  \x1b[0m\x1b[90mlast 10 of 14\x1b[0m\x1b[90m \x1b[0m\x1b[90m─────────────────────────────────────────────────\x1b[0m\x1b[90m─╮\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90m231 older ones are no longer held by the server\x1b[0m                              \x1b[90m│\x1b[0m",
            "\x1b[90m│\x1b[0m \x1b[90mnow\x1b[0m\x1b[90m \x1b[0m\x1b[36m› action\x1b[0m \x1b[1mBash \x1b[0m\x1b[33m10× \x1b[0m\x1b[39mpytest -q\x1b[0m                                              \x1b[90m│\x1b[0m",
            "\x1b[90m╰──────────────────────────────────────────────────────────────────────────────╯\x1b[0m",
            "  \x1b[36mrensei session watch a1b2c3d4e5f60718\x1b[0m\x1b[90m                     follow it\x1b[0m",
            "  \x1b[36mrensei session stop a1b2c3d4e5f60718\x1b[0m\x1b[90m                      end it\x1b[0m",
            "  \x1b[36mrensei session show a1b2c3d4e5f60718 --all --full\x1b[0m\x1b[90m         everything in full\x1b[0m",
            "  \x1b[36mrensei session show a1b2c3d4e5f60718 --json | jq .health\x1b[0m\x1b[90m  for scripts\x1b[0m",
        ]
    )


def test_a_tool_loop_in_words(screen, wire):
    assert screen(looping(wire), [*wire.WORK[2:4], *wire.loop(7)], a11y=True) == snapshot("""\
working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds

Health  red, reported by the server
  Tool loop     blocking  11m 40s, over the limit of 10m
    Bash 14× in 11m 40s, 13 identical: pytest -q
  Claim         blocking  clear
  Long running  advisory  clear, 12m 20s of 45m
  Heartbeat     advisory  clear, 4s of 1m 30s

Remediation history
  40m ago  claim released via CLI by ana@example.com, working to queued
           the laptop of its worker lost power, and nobody answered for an hour
   1m ago  stop signal via webhook

Lifecycle
  queued   12m ago  for 21s
  working  12m ago  for 12m 19s so far
  cost $1.83 so far, tokens 48.2k in, 9.1k out

Activities  last 10 of 16
  2 older ones are no longer held by the server
  now action Bash 10× pytest -q

Next
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


def test_exact_times(screen, wire):
    drawn = screen(looping(wire), wire.loop(232), times=TimeStyle.utc)

    assert drawn == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude · branch eng-124-refunds
╭─ Health  ● red, reported by the server ──────────────────────────────────────╮
│ ✗ Tool loop     blocking  11m 40s, over the limit of 10m                     │
│   since 11:48:20Z; Bash 14× in 11m 40s, 13 identical: pytest -q              │
│ ✓ Claim         blocking  clear                                              │
│ ✓ Long running  advisory  clear, 12m 20s of 45m                              │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ 11:20:00Z  claim released via CLI by ana@example.com, working → queued       │
│            the laptop of its worker lost power, and nobody answered for an   │
│            hour                                                              │
│ 11:58:25Z  stop signal via webhook                                           │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   11:47:20Z  for 21s                                                │
│ ● working  11:47:41Z  for 12m 19s so far                                     │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 10 of 14 ──────────────────────────────────────────────────╮
│ 231 older ones are no longer held by the server                              │
│ 12:00:00Z › action Bash 10× pytest -q                                        │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session stop a1b2c3d4e5f60718                      end it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")
