"""The page of one session: headline, health, remediation, lifecycle, cost, activities, next."""

import shlex
from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from rensei_cli.api.activity import Activity
from rensei_cli.control.holder import holder_of
from rensei_cli.render.activity import activity_table
from rensei_cli.render.health import health_section
from rensei_cli.render.history import lifecycle_section, remediation_section
from rensei_cli.render.marks import (
    NAME_CHARACTERS,
    SENTENCE_CHARACTERS,
    WORD_CHARACTERS,
    Look,
    status_mark,
)
from rensei_cli.render.text import MISSING, brief, duration, money, one_line, tokens
from rensei_cli.render.theme import dim, hanging, section, warning
from rensei_cli.session.health import Level
from rensei_cli.session.lifecycle import Conflict, outcome_of
from rensei_cli.session.snapshot import Snapshot

# Gives a command of ours, such as `session show ID`, as it is to be copied.
Again = Callable[[str], str]


def page(
    snapshot: Snapshot,
    activities: Sequence[Activity],
    *,
    width: int,
    link: str | None,
    full: bool,
    look: Look,
    again: Again = "rensei {}".format,
) -> RenderableType:
    """Give everything known of one session, in the order in which it is asked for."""
    return Group(
        headline(snapshot, width=width, link=link, look=look),
        *(warning(text, look) for text in _doubts(snapshot)),
        health_section(
            snapshot.health, status=snapshot.status, now=snapshot.now, width=width, look=look
        ),
        remediation_section(snapshot.remediation, now=snapshot.now, look=look),
        lifecycle_section(snapshot, cost_line(snapshot), look=look),
        activities_section(snapshot, activities, full=full, look=look),
        next_section(snapshot, width=width, look=look, again=again),
    )


def headline(snapshot: Snapshot, *, width: int, link: str | None, look: Look) -> RenderableType:
    """Give status, issue and title, and beneath them what identifies the run."""
    session = snapshot.session
    title = brief(session.issue_title or "", SENTENCE_CHARACTERS)
    issue = brief(session.identifier or MISSING, NAME_CHARACTERS)
    mark = status_mark(snapshot.status).text(look).append(" ")
    first = [mark, Text(f"{issue} ", style="bold"), *([Text(title)] if title != issue else [])]
    parts = [session.work_type, session.provider, session.branch and f"branch {session.branch}"]
    named = [Text(one_line(session.id or MISSING), style="cyan", overflow="fold")]
    for part in filter(None, parts):
        text = dim(brief(part, NAME_CHARACTERS))
        if named[-1].cell_len + text.cell_len + 5 <= width:
            named[-1].append_text(dim(" · ")).append_text(text)
        else:
            named.append(text)
    beneath = [*named, *([_address(link)] if link else [])]
    return Group(hanging(*first), *(Padding(line, (0, 0, 0, 2), expand=False) for line in beneath))


def _address(link: str) -> Text:
    """Give an address as a link, where a terminal may be trusted with it."""
    harmless = link.isascii() and link.isprintable() and not set(link) & set(' "<>\\^`{|}')
    style = Style(color="bright_black", link=link if harmless else None)
    return Text(one_line(link), style=style, overflow="fold")


def cost_line(snapshot: Snapshot) -> Text:
    """Give what the run has cost, in money and in tokens."""
    session = snapshot.session
    so_far = " so far" if session.cost_usd and outcome_of(snapshot.status) is None else ""
    spent = Text.assemble(("cost ", "bright_black"), f"{money(session.cost_usd)}{so_far}")
    used = f", tokens {tokens(session.input_tokens)} in, {tokens(session.output_tokens)} out"
    return spent.append_text(dim(used))


def activities_section(
    snapshot: Snapshot, shown: Sequence[Activity], *, full: bool, look: Look
) -> RenderableType:
    """Give the activities asked for, and how many others there are or were."""
    title = "Activities"
    if snapshot.activities is None:
        why = next((m.why for m in snapshot.unavailable if m.part == "activities"), "unknown")
        told = warning(f"could not be read: {brief(why, SENTENCE_CHARACTERS)}", look)
        return section(title, told, look=look)
    if not snapshot.activities:
        return section(title, look=look, note=dim("none so far"))
    counted = f"last {len(shown)} of {len(snapshot.activities)}" if shown else "none of these"
    parts: list[RenderableType] = []
    if snapshot.not_available:
        older = "older one is" if snapshot.not_available == 1 else "older ones are"
        parts.append(dim(f"{snapshot.not_available} {older} no longer held by the server"))
    if shown:
        parts.append(activity_table(shown, now=snapshot.now, look=look, full=full))
    return section(title, *parts, look=look, note=dim(counted))


def next_section(
    snapshot: Snapshot, *, width: int, look: Look, again: Again = "rensei {}".format
) -> RenderableType:
    """Give what can be done next as commands that exist; their meanings only where all fit."""
    name = quoted(snapshot.session.id or "")
    live = outcome_of(snapshot.status) is None
    alarming = live and snapshot.health.level in {Level.red, Level.yellow}
    releasable = alarming and not holder_of(snapshot).live
    commands = {
        **({again(f"session watch {name}"): "follow it"} if live else {}),
        **({again(f"session stop {name}"): "end it"} if alarming else {}),
        **({again(f"session release-claim {name}"): "let another worker"} if releasable else {}),
        again(f"session show {name} --all --full"): "everything in full",
        again(f"session show {name} --json | jq .health"): "for scripts",
    }
    heading = [Text(), Text("Next", style="bold")] if look.a11y else []
    return Group(*heading, command_list(commands, width=width))


def quoted(session_id: str) -> str:
    """Give an id as it can be typed into a shell."""
    return shlex.quote(one_line(session_id))


def command_list(commands: Mapping[str, str], *, width: int) -> RenderableType:
    """Give commands to copy, with their meanings only where all fit."""
    longest = max(map(cell_len, commands))
    explained = all(longest + 4 + cell_len(text) <= width for text in commands.values())
    lines = [
        Text(command, style="cyan", overflow="fold").append(
            f"{' ' * (longest - cell_len(command) + 2)}{meaning}" if explained else "",
            style="bright_black",
        )
        for command, meaning in commands.items()
    ]
    return Group(*(Padding(line, (0, 0, 0, 2), expand=False) for line in lines))


def _doubts(snapshot: Snapshot) -> list[str]:
    """Give what keeps the page from being the whole truth."""
    found = list(map(_disagreement, snapshot.conflicts))
    found += [
        f"the {item.part} could not be read: {brief(item.why, SENTENCE_CHARACTERS)}"
        for item in snapshot.unavailable
        if item.part != "activities"
    ]
    if (skew := snapshot.skew_seconds) is not None:
        where = "ahead of" if skew > 0 else "behind"
        found.append(f"the server's clock is {duration(abs(skew))} {where} this machine's")
    return found


def _disagreement(conflict: Conflict) -> str:
    """Give who says what, those who agree together: `list and activities say stopped, …`."""
    sources: dict[str, list[str]] = {}
    for source, value in conflict.values.items():
        sources.setdefault(value, []).append(source)
    told = [
        f"{' and '.join(names)} {'say' if len(names) > 1 else 'says'} "
        f"{brief(value, WORD_CHARACTERS)}"
        for value, names in sources.items()
    ]
    shown = brief(conflict.shown, WORD_CHARACTERS)
    return f"the server contradicts itself: {', '.join(told)}; shown as {shown}"
