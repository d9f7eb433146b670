"""The page where servers send what nobody expects."""

import pytest
from inline_snapshot import snapshot


def test_a_colour_against_its_signals(screen, wire):
    session = wire.run(healthSummary=wire.report(LongRunning=3000) | {"color": "green"})

    drawn = screen(session, wire.WORK, width=60, skew=75)

    assert drawn[: drawn.index("╭─ Remediation")] == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
! the server's clock is 1m 15s ahead of this machine's
╭─ Health  ● green, reported by the server ────────────────╮
│ ✓ Tool loop     blocking  clear                          │
│ ✓ Claim         blocking  clear                          │
│ ! Long running  advisory  50m 00s, over the limit of 45m │
│ ✓ Heartbeat     advisory  clear, 4s of 1m 30s            │
│ ! the server says green, but its signals mean yellow     │
╰──────────────────────────────────────────────────────────╯
""")


def test_signals_nobody_has_heard_of(screen, wire):
    health = [
        {"name": "DiskFull", "severity": "blocking", "message": "no space left on wkr_01"},
        {"name": "claim-stuck", "thresholdMs": 300_000},
        {"name": "LongRunning", "active": True, "durationMs": 1e300},
    ]
    drawn = screen(wire.run(healthSummary={"signals": health}), wire.WORK, width=60)

    assert drawn[: drawn.index("╭─ Remediation")] == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development · claude
  branch eng-124-refunds
╭─ Health  ● red, reported by the server ──────────────────╮
│ ? Tool loop     blocking  unknown                        │
│ ✗ Claim         blocking  active, limit 5m               │
│ ! Long running  advisory  active for ?                   │
│ ? Heartbeat     advisory  unknown                        │
│ ✗ DiskFull      blocking  active                         │
│   no space left on wkr_01                                │
╰──────────────────────────────────────────────────────────╯
""")


def test_a_busy_agent_that_a_server_calls_stuck(screen, wire):
    calls = [
        wire.activity(n, 700 - 50 * n, "action", f"Bash: make step-{n}", toolName="Bash")
        for n in range(1, 15)
    ]
    session = wire.run(healthSummary=wire.report(ToolLoopStuck=650))

    drawn = screen(session, calls, width=60).splitlines()

    assert "\n".join(drawn[3:6]) == snapshot("""\
╭─ Health  ● red, reported by the server ──────────────────╮
│ ✗ Tool loop     blocking  10m 50s, over the limit of 10m │
│   Bash 14× in 10m 50s, 14 different ones: probably busy, │\
""")


def test_hostile_text_is_shown_and_obeyed_nowhere(screen, wire):
    evil = "[red]x[/red] :smile: \x1b[31mred\x1b]8;;http://evil\x07 \u202etxt.exe\x9b2J"
    session = wire.run(
        issueTitle=evil,
        branch="feature/" + "a-branch-whose-name-does-not-end-" * 4,
        workType="\x00",
        provider="日本語👩‍💻",
        identifier="ENG-\r1",
    )
    said = wire.activity(1, 3, "the\x1bkind of a very long name", f"日本語のテスト 👩‍💻 {evil}" * 5)

    assert screen(session, [said], link="https://evil/\x1b]8;;\x07 x") == snapshot("""\
● working  ENG-␍1  [red]x[/red] :smile: ␛[31mred␛]8;;http://evil␇
                   ⟨202E⟩txt.exe⟨9B⟩2J
  a1b2c3d4e5f60718 · ␀ · 日本語👩\u200d💻
  branch
  feature/a-branch-whose-name-does-not-end-a-branch-whose-name-does-not-en…
  https://evil/␛]8;;␇ x
╭─ Health  ● green, estimated: this server reports none ───────────────────────╮
│ ✓ Tool loop     blocking  clear                                              │
│ ✓ Claim         blocking  clear                                              │
│ ✓ Long running  advisory  clear, 3s of 45m                                   │
│ ✓ Heartbeat     advisory  clear, 3s of 1m 30s                                │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Remediation history ────────────────────────────────────────────────────────╮
│ not reported by this server                                                  │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Lifecycle ──────────────────────────────────────────────────────────────────╮
│ ✓ queued   12m ago  for 21s                                                  │
│ ● working  12m ago  for 12m 19s so far                                       │
│ cost $1.83 so far, tokens 48.2k in, 9.1k out                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Activities  last 1 of 1 ────────────────────────────────────────────────────╮
│ 3s ago ? the␛kind of a very… 日本語のテスト 👩\u200d💻 [red]x[/red] :smile: ␛[31mre… │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718                     follow it
  rensei session show a1b2c3d4e5f60718 --all --full         everything in full
  rensei session show a1b2c3d4e5f60718 --json | jq .health  for scripts\
""")


@pytest.mark.parametrize("width", [20, 40, 60, 80])
@pytest.mark.parametrize("name", ["a1b2c3d4e5f60718", "7b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11"])
def test_ids_are_never_cut(screen, wire, width, name):
    drawn = screen(wire.run(id=name, healthSummary=wire.report()), width=width)

    assert "".join(drawn.split()).count(name) == 4  # the headline and three commands


def test_a_signal_that_outlives_its_session(screen, wire):
    health = wire.report(StaleHeartbeat=200)
    drawn = screen(wire.run(status="failed", healthSummary=health), wire.WORK, width=60)

    assert drawn[drawn.index("╭─ Health") : drawn.index("╭─ Remediation")] == snapshot("""\
╭─ Health  ● yellow, reported by the server ───────────────╮
│ – Tool loop     blocking  not evaluated                  │
│ – Claim         blocking  not evaluated                  │
│ – Long running  advisory  not evaluated                  │
│ ! Heartbeat     advisory  3m 20s, over the limit of 1m   │
│ 30s                                                      │
│   worker wkr_01                                          │
╰──────────────────────────────────────────────────────────╯
""")


def test_evidence_of_the_servers_own(screen, wire):
    loop = {"name": "ToolLoopStuck", "durationMs": 700_000, "tool": "Bash", "calls": 40}
    drawn = screen(wire.run(healthSummary=[loop | {"seconds": 690}]), [], width=60)

    assert drawn.splitlines()[4:6] == snapshot(
        [
            "│ ✗ Tool loop     blocking  active for 11m 40s             │",
            "│   Bash 40× in 11m 30s                                    │",
        ]
    )
