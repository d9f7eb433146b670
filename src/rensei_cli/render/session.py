"""The page of one session: headline, health, remediation, lifecycle, cost, activities, next."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.api.activity import Activity
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.render.activity import activity_table
from rensei_cli.render.health import health_section
from rensei_cli.render.text import MISSING, duration, moment, money, one_line, tokens
from rensei_cli.render.theme import Look, Mark, dim, section, status_mark
from rensei_cli.session.lifecycle import Phase, outcome_of
from rensei_cli.session.snapshot import Missing, Snapshot

_ACTIONS = {
    "claim_release": "claim released",
    "stop_signal": "stop signal",
    "status_override": "status override",
}
_SOURCES = {"cli": "CLI", "ui": "UI", "webhook": "webhook"}


def page(
    snapshot: Snapshot, activities: Sequence[Activity], *, link: str | None, full: bool, look: Look
) -> RenderableType:
    """Give everything known of one session, in the order in which it is asked for."""
    return Group(
        headline(snapshot, link=link, look=look),
        *_warnings(snapshot),
        health_section(snapshot.health, now=snapshot.now, look=look),
        remediation_section(snapshot.remediation, now=snapshot.now, look=look),
        lifecycle_section(snapshot, look=look),
        activities_section(snapshot, activities, full=full, look=look),
        next_commands(snapshot),
    )


def headline(snapshot: Snapshot, *, link: str | None, look: Look) -> RenderableType:
    """Give status, issue and title, and beneath them what identifies the run."""
    session = snapshot.session
    title = one_line(session.issue_title or "")
    issue = one_line(session.identifier or MISSING)
    first = Text.assemble(status_mark(snapshot.status).text(look), "  ", (issue, "bold"))
    if title and title != issue:
        first.append(f"  {title}")
    parts = [session.work_type, session.provider, session.branch and f"branch {session.branch}"]
    second = Text(one_line(session.id or MISSING), style="cyan")
    second.append("".join(f" · {one_line(part)}" for part in parts if part), style="bright_black")
    lines = [first, second]
    if link:
        shown = one_line(link)
        lines.append(Text(shown, style=f"bright_black link {shown}", overflow="fold"))
    return Group(*lines)


def remediation_section(
    entries: Sequence[RemediationEntry] | None, *, now: datetime, look: Look
) -> RenderableType:
    """Give the history of operator actions, oldest first."""
    title = Text("Remediation history")
    if entries is None:
        return section(title, dim("not reported by this server"), look=look)
    if not entries:
        return section(title, dim("no operator has acted on this session"), look=look)
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for entry in entries:
        when = moment(entry.at, now=now, style=look.times, zone=look.zone, impossible=True)
        table.add_row(when, Text(one_line(_ACTIONS.get(entry.action, entry.action))), _told(entry))
    return section(title, table, look=look)


def _told(entry: RemediationEntry) -> Text:
    source = one_line(_SOURCES.get((entry.source or "").lower(), entry.source or MISSING))
    told = Text(f"via {source}")
    if entry.actor:
        told.append(f" by {one_line(entry.actor)}")
    if entry.previous_status or entry.new_status:
        before, after = entry.previous_status or MISSING, entry.new_status or MISSING
        told.append(f", {one_line(before)} → {one_line(after)}")
    if entry.reason:
        told.append(f": {one_line(entry.reason)}", style="bright_black")
    return told


def lifecycle_section(snapshot: Snapshot, *, look: Look) -> RenderableType:
    """Give the phases with their times, and what the run has cost."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right", style="bright_black")
    table.add_column(ratio=1)
    for phase in snapshot.lifecycle:
        when = moment(
            phase.entered_at,
            now=snapshot.now,
            style=look.times,
            zone=look.zone,
            impossible=phase.impossible,
        )
        table.add_row(_phase_mark(phase).text(look), when, _held(phase))
    if snapshot.lifecycle and outcome_of(snapshot.status) is None:
        table.add_row(dim("completed | failed | stopped" if look.a11y else "○ end"), "", "")
    return section(Text("Lifecycle"), table, _cost(snapshot), look=look)


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


def _cost(snapshot: Snapshot) -> Text:
    session = snapshot.session
    so_far = " so far" if session.cost_usd and outcome_of(snapshot.status) is None else ""
    return Text.assemble(
        ("cost ", "bright_black"),
        f"{money(session.cost_usd)}{so_far}",
        ("   tokens in ", "bright_black"),
        tokens(session.input_tokens),
        (" out ", "bright_black"),
        tokens(session.output_tokens),
    )


def activities_section(
    snapshot: Snapshot, shown: Sequence[Activity], *, full: bool, look: Look
) -> RenderableType:
    """Give the activities asked for, and how many others there are or were."""
    if snapshot.activities is None:
        why = next((m.why for m in snapshot.unavailable if m.part == "activities"), "unknown")
        return section(Text("Activities"), Text(f"! {one_line(why)}", style="yellow"), look=look)
    if not shown:
        none = "none yet" if not snapshot.activities else "none of that type"
        return section(Text("Activities"), dim(none), look=look)
    counted = f"last {len(shown)} of {len(snapshot.activities)}"
    title = Text.assemble("Activities ", (counted, "bright_black"))
    parts: list[RenderableType] = []
    if snapshot.not_available:
        parts.append(dim(f"{snapshot.not_available} older ones are no longer held by the server"))
    parts.append(activity_table(shown, now=snapshot.now, look=look, full=full))
    return section(title, *parts, look=look)


def next_commands(snapshot: Snapshot) -> RenderableType:
    """Give what can be done next, as commands that exist."""
    name = one_line(snapshot.session.id or "")
    commands = [
        (f"rensei session show {name} --all --full", "every activity with its output"),
        (f"rensei session show {name} --json | jq .health", "the same facts for scripts"),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(style="bright_black")
    for command, meaning in commands:
        table.add_row(command, meaning)
    return table


def _warnings(snapshot: Snapshot) -> list[Text]:
    found = [
        f"{conflict.field}: "
        + ", ".join(f"{source} says {one_line(value)}" for source, value in conflict.values.items())
        + f"; shown is {one_line(conflict.shown)}"
        for conflict in snapshot.conflicts
    ]
    found += [_unread(item) for item in snapshot.unavailable if item.part != "activities"]
    if (skew := snapshot.skew_seconds) is not None:
        where = "ahead of" if skew > 0 else "behind"
        found.append(f"the server's clock is {duration(abs(skew))} {where} this machine's")
    return [Text(f"! {line}", style="yellow") for line in found]


def _unread(item: Missing) -> str:
    return f"{item.part} could not be read: {one_line(item.why)}"
