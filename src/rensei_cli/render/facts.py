"""The facts that a person decides on before acting on a session."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rensei_cli.api.redaction import redacted
from rensei_cli.control.claim import ReleasePlan
from rensei_cli.control.plan import Plan
from rensei_cli.control.prompt import PromptPlan
from rensei_cli.control.stop import StopPlan
from rensei_cli.render.health import LABELS, exceeded
from rensei_cli.render.history import told
from rensei_cli.render.marks import (
    LEVELS,
    NAME_CHARACTERS,
    SENTENCE_CHARACTERS,
    WORD_CHARACTERS,
    Look,
)
from rensei_cli.render.session import headline
from rensei_cli.render.text import MISSING, ago, brief, duration
from rensei_cli.render.theme import dim, warning
from rensei_cli.session.signals import Signal, State
from rensei_cli.session.snapshot import Snapshot

Row = tuple[str, Text]


def stop_facts(plan: StopPlan, *, width: int, look: Look) -> RenderableType:
    """Give what would be stopped."""
    return Group(head(plan.snapshot, width=width, look=look), rows(stop_rows(plan, look)))


def release_facts(plan: ReleasePlan, *, width: int, look: Look) -> RenderableType:
    """Give whose claim would be released, and what that means."""
    return Group(
        head(plan.snapshot, width=width, look=look),
        rows(release_rows(plan, look)),
        warning(_consequence(plan), look),
    )


def prompt_facts(plan: PromptPlan, *, width: int, look: Look) -> RenderableType:
    """Give what would start an ended session again."""
    return Group(
        head(plan.snapshot, width=width, look=look),
        rows([*_server(plan), ("prompt", Text(brief(plan.text, SENTENCE_CHARACTERS)))]),
        warning("the session has ended: a prompt queues it again, and an agent starts", look),
    )


def head(
    snapshot: Snapshot, *, width: int, look: Look, status: str | None = None
) -> RenderableType:
    """Give which session it is, and its status: the snapshot's, or the one it has come to."""
    now = snapshot._replace(status=status or snapshot.status)
    return headline(now, width=width, link=None, look=look)


def rows(found: Iterable[Row]) -> RenderableType:
    """Give facts beneath each other, each behind its name."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in found:
        table.add_row(name, value)
    return Padding(table, (0, 0, 0, 2), expand=False)


def stop_rows(plan: StopPlan, look: Look) -> Iterator[Row]:
    """Give how the session is, and why it is to be stopped."""
    yield from _server(plan)
    yield from _state(plan.snapshot, look)
    yield from _reason(plan.reason)


def release_rows(plan: ReleasePlan, look: Look) -> Iterator[Row]:
    """Give who holds the session, how it is, and why it is to be released."""
    yield from _server(plan)
    holder = plan.holder
    if holder.nobody:
        yield "holder", Text("nobody")
    else:
        yield "holder", Text(brief(holder.worker_id or "unknown", NAME_CHARACTERS))
        yield "claimed", Text(_age(holder.claim_seconds))
        yield "heartbeat", Text(_age(holder.heartbeat_seconds))
    yield from _state(plan.snapshot, look)
    yield from _reason(plan.reason)


def _server(plan: Plan) -> Iterator[Row]:
    if plan.server:
        yield "server", Text(brief(plan.server, NAME_CHARACTERS))


def _state(snapshot: Snapshot, look: Look) -> Iterator[Row]:
    """Give how long a session has its status, when it last did something, and how healthy it is."""
    status = brief(snapshot.status or "unknown", WORD_CHARACTERS)
    held = snapshot.lifecycle[-1].seconds if snapshot.lifecycle else None
    yield "status", Text(status if held is None else f"{status} for {duration(held)}")
    yield "last activity", Text(_last_activity(snapshot))
    health = snapshot.health
    guessed = "" if health.source == "server" else ", estimated"
    level = LEVELS[health.level].text(look)
    yield "health", Text.assemble(level, guessed, _signals(health.signals))
    if snapshot.remediation:
        yield "last act", _last_act(snapshot, look)


def _last_act(snapshot: Snapshot, look: Look) -> Text:
    """Give what an operator did last: a stop may be on its way already."""
    entry = (snapshot.remediation or ())[-1]
    when = "" if entry.at is None else f", {ago((snapshot.now - entry.at).total_seconds())}"
    return Text(told(entry, look).plain.replace("\n", ": ") + when)


def _last_activity(snapshot: Snapshot) -> str:
    if snapshot.activities is None:
        return "unknown"
    if not snapshot.activities:
        return "none so far"
    at = snapshot.activities[-1].at
    return MISSING if at is None else ago((snapshot.now - at).total_seconds())


def _signals(signals: Sequence[Signal]) -> str:
    active = [one for one in signals if one.state is State.active]
    told = [f"{LABELS.get(one.name) or brief(one.name, 20)} {exceeded(one)}" for one in active]
    return "".join(f"; {text}" for text in told)


def _reason(reason: str | None) -> Iterator[Row]:
    yield "reason", Text(brief(reason, SENTENCE_CHARACTERS)) if reason else dim("none given")


def _age(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{duration(seconds)} ago"


def silence_of(plan: ReleasePlan) -> str:
    """Give what is known of the former holder, in words."""
    heard = plan.holder.heartbeat_seconds
    who = brief(redacted(plan.holder.worker_id or "the worker"), NAME_CHARACTERS)
    return f"{who} was last heard of {_age(heard)}" if heard is not None else f"{who} is not heard"


def _consequence(plan: ReleasePlan) -> str:
    name = brief(plan.name, NAME_CHARACTERS)
    if plan.holder.live:
        return f"{plan.holder.sign_of_life}; releasing now can put two agents on {name}"
    return (
        f"another worker starts {name} anew; an agent of this one that still runs somewhere"
        " is not ended by it"
    )
