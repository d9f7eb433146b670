"""The report of the doctor: a panel for each area, a line for each check, what to do beneath."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.doctor.check import Check, Report, State
from rensei_cli.render.marks import Look, Mark
from rensei_cli.render.text import brief, clean, one_line
from rensei_cli.render.theme import dim, section

_MARKS = {
    State.ok: Mark("✓", "ok", "green"),
    State.warning: Mark("!", "warning", "yellow"),
    State.failure: Mark("✗", "failed", "bold red"),
    State.skipped: Mark("–", "skipped", "bright_black"),
}
_LABELS = {
    "path": "PATH",
    "dns": "DNS",
    "tls": "TLS",
    "official": "official file",
}
# More of a finding than this is a server's, and nobody's to read.
_FINDING_CHARACTERS = 400


def doctor_page(report: Report, *, look: Look) -> RenderableType:
    """Give the whole report, its outcome first; what is long folds beneath itself."""
    checks = [check for _, check in report]
    sign = max((_MARKS[check.state].sign(look).cell_len for check in checks), default=0)
    label = max((cell_len(_label(check)) for check in checks), default=0)
    parts = [
        section(area.value.title(), _lines(found, (sign, label), look), look=look)
        for area, found in report.areas.items()
        if found
    ]
    return Group(_headline(report, look), *parts)


def _headline(report: Report, look: Look) -> Text:
    broken, known = report.count(State.failure), report.count(State.warning)
    counts = [f"{broken} broken"] if broken else []
    counts += [f"{known} to know"] if known else []
    state = State.failure if broken else State.warning if known else State.ok
    words = ", ".join(counts) or "everything is in order"
    mark = _MARKS[state]
    where = f"  {one_line(report.url)}" if report.url else ""
    return Text.assemble(mark.sign(look), " ", (words, mark.style), (where, "bold"))


def _lines(checks: Iterable[Check], widths: Sequence[int], look: Look) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for width in widths:
        table.add_column(no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    for (_, finding), alike in groupby(checks, key=_told):
        check, *others = alike
        nor = f"; nor {', '.join(map(_label, others))}" if others else ""
        style = "bright_black" if check.state is State.skipped else ""
        told = Text(brief(finding, _FINDING_CHARACTERS) + nor, style=style)
        table.add_row(_MARKS[check.state].sign(look), dim(_label(check)), told)
        if check.remedy:
            table.add_row("", "", _remedy(check.remedy))
    return table


def _told(check: Check) -> tuple[str, str]:
    """Give by what neighbours are one line: what was not tried for the same reason."""
    return (check.name if check.state is not State.skipped else "", check.finding)


def _label(check: Check) -> str:
    return _LABELS.get(check.name, check.name)


def _remedy(command: str) -> Text:
    return Text.assemble(("try: ", "bold"), (clean(command), "cyan"))
