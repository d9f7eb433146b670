"""How a session went: what operators did to it, and how long it was in each status."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rensei_cli.api.reports import RemediationEntry
from rensei_cli.render.marks import (
    NAME_CHARACTERS,
    SENTENCE_CHARACTERS,
    WORD_CHARACTERS,
    Look,
    Mark,
    status_mark,
)
from rensei_cli.render.text import MISSING, brief, duration, moment
from rensei_cli.render.theme import dim, section
from rensei_cli.session.lifecycle import Phase, outcome_of
from rensei_cli.session.snapshot import Snapshot

_ACTIONS = {
    "claim_release": "claim released",
    "stop_signal": "stop signal",
    "status_override": "status override",
}
_SOURCES = {"cli": "CLI", "ui": "UI", "webhook": "webhook"}


def remediation_section(
    entries: Sequence[RemediationEntry] | None, *, now: datetime, look: Look
) -> RenderableType:
    """Give the history of operator actions, oldest first."""
    title = "Remediation history"
    if not entries:
        why = "not reported by this server" if entries is None else "no operator has acted so far"
        return section(title, look=look, note=dim(why))
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column(ratio=1)
    for entry in entries:
        when = moment(entry.at, now=now, style=look.times, zone=look.zone)
        table.add_row(when, told(entry, look))
    return section(title, table, look=look)


def told(entry: RemediationEntry, look: Look) -> Text:
    """Give one operator action in words: what, through what, by whom, and why beneath."""
    action = _ACTIONS.get(entry.action) or brief(entry.action, NAME_CHARACTERS)
    said_of = Text(action, style="bold")
    source = _SOURCES.get((entry.source or "").lower(), entry.source)
    said = f" via {brief(source, NAME_CHARACTERS)}" if source else ""
    if entry.actor and entry.actor != entry.source:
        said += f" by {brief(entry.actor, NAME_CHARACTERS)}"
    if entry.previous_status != entry.new_status:
        states = (entry.previous_status or MISSING, entry.new_status or MISSING)
        arrow = " to " if look.a11y else " → "
        said += f", {arrow.join(brief(state, WORD_CHARACTERS) for state in states)}"
    said_of.append(said, style="not bold")
    if entry.reason:
        said_of.append(
            f"\n{brief(entry.reason, SENTENCE_CHARACTERS)}", style="not bold bright_black"
        )
    return said_of


def recorded(
    entry: RemediationEntry | None, *, reported: bool | None, look: Look
) -> RenderableType:
    """Give the entry that an act left in the history, or that it left none."""
    if entry is not None:
        return Group(dim("recorded:"), Padding(told(entry, look), (0, 0, 0, 2), expand=False))
    words = {
        True: "the server has recorded nothing of it in the remediation history",
        False: "this server reports no remediation history",
        None: "the remediation history was not read since",
    }
    return dim(words[reported])


def lifecycle_section(snapshot: Snapshot, cost: Text, *, look: Look) -> RenderableType:
    """Give the phases with their times, and what the run has cost."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column()
    for phase in snapshot.lifecycle:
        when = moment(
            phase.entered_at,
            now=snapshot.now,
            style=look.times,
            zone=look.zone,
            impossible=phase.impossible,
        )
        table.add_row(_phase_mark(phase).text(look), when, _held(phase))
    return section("Lifecycle", table, cost, look=look)


def _phase_mark(phase: Phase) -> Mark:
    mark = status_mark(phase.status)
    if phase.current or outcome_of(phase.status) is not None:
        return mark
    return Mark("✓", mark.word, "bright_black")


def _held(phase: Phase) -> Text:
    if outcome_of(phase.status) is not None:
        return Text()
    if phase.seconds is None:
        return dim("for an unknown time")
    return Text(f"for {duration(phase.seconds)}{' so far' if phase.current else ''}")
