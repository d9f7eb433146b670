"""How a report is drawn: an area a panel, a check a line, and beneath it what to do."""

import textwrap
from datetime import UTC, datetime

import pytest

from rensei_cli.doctor.check import Area, Report, failure, ok, skipped, untold, warning
from rensei_cli.doctor.remedies import Remedy
from rensei_cli.render.doctor import doctor_page
from rensei_cli.render.marks import Look

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
AREAS = {
    Area.program: (ok("version", "rensei 0.1.0, Python 3.11.7"),),
    Area.network: (
        failure("reach", "cannot reach 10.1.2.3: it did not answer in time", Remedy.demo.command()),
        skipped("latency", "the server is not reached"),
        skipped("clock", "the server is not reached"),
    ),
    Area.server: (
        warning("stop", "this server has no route to stop", Remedy.page.command()),
        untold("prompt", "cannot be told without trying (401)"),
    ),
}
REPORT = Report(at=NOON, url="https://10.1.2.3", areas=AREAS)


def test_a_report_begins_with_its_outcome(draw):
    assert draw(doctor_page(REPORT, look=Look()), width=60) == textwrap.dedent("""\
        ✗ 1 broken, 1 to know  https://10.1.2.3
        ╭─ Program ────────────────────────────────────────────────╮
        │ ✓ version rensei 0.1.0, Python 3.11.7                    │
        ╰──────────────────────────────────────────────────────────╯
        ╭─ Network ────────────────────────────────────────────────╮
        │ ✗ reach   cannot reach 10.1.2.3: it did not answer in    │
        │           time                                           │
        │           try: rensei demo                               │
        │ – latency not tried: the server is not reached; nor      │
        │           clock                                          │
        ╰──────────────────────────────────────────────────────────╯
        ╭─ Server ─────────────────────────────────────────────────╮
        │ ! stop    this server has no route to stop               │
        │           try: rensei session show @latest --web         │
        │ – prompt  cannot be told without trying (401)            │
        ╰──────────────────────────────────────────────────────────╯""")


def test_words_stand_in_a_column_of_their_own(draw):
    assert draw(doctor_page(REPORT, look=Look(a11y=True)), width=80) == textwrap.dedent("""\
        failed 1 broken, 1 to know  https://10.1.2.3

        Program
          ok      version rensei 0.1.0, Python 3.11.7

        Network
          failed  reach   cannot reach 10.1.2.3: it did not answer in time
                          try: rensei demo
          skipped latency not tried: the server is not reached; nor clock

        Server
          warning stop    this server has no route to stop
                          try: rensei session show @latest --web
          skipped prompt  cannot be told without trying (401)""")


@pytest.mark.parametrize(
    ("checks", "first"),
    [
        ((ok("version", "x"), untold("clock", "x")), "✓ everything is in order"),
        ((warning("stop", "x", Remedy.page.command()),), "! 1 to know"),
        ((failure("stop", "x", Remedy.page.command()),), "✗ 1 broken"),
    ],
)
def test_the_outcome_is_the_worst_of_all(draw, checks, first):
    report = Report(at=NOON, url=None, areas={Area.server: checks})

    assert draw(doctor_page(report, look=Look())).splitlines()[0] == first
    assert report.exit_code == first.startswith("✗")


def test_what_a_server_says_moves_no_cursor(draw):
    told = "[red]\x1b[2J\x9b\u202e\nsecond line :boom: " + "x" * 5000
    report = Report(at=NOON, url=None, areas={Area.server: (ok("identity", told),)})
    drawn = draw(doctor_page(report, look=Look()), width=70)

    assert "[red]␛[2J⟨9B⟩⟨202E⟩ second line :boom:" in drawn
    assert len(drawn.splitlines()) < 15
