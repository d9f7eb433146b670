"""Who a caller is: the status of a credential, the stored contexts, and what a login did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rensei_cli.account.login import Login
from rensei_cli.account.standing import Standing, State
from rensei_cli.api.identity import Identity
from rensei_cli.context import Context, Contexts
from rensei_cli.render.marks import (
    NAME_CHARACTERS,
    SENTENCE_CHARACTERS,
    WORD_CHARACTERS,
    Look,
    Mark,
)
from rensei_cli.render.text import MISSING, brief, clean
from rensei_cli.render.theme import dim, section, warning
from rensei_cli.vault import Place

_GAP = 2
# A panel's border and padding, on both sides.
_FRAME = 4
# More projects or scopes than these are a number.
_MOST = 12
_STATES = {
    State.valid: Mark("✓", "valid", "green"),
    State.unchecked: Mark("?", "not checked", "yellow"),
    State.invalid: Mark("✗", "not accepted", "red"),
    State.missing: Mark("✗", "missing", "red"),
    State.unknown: Mark("?", "unknown", "yellow"),
}
_DONE = Mark("✓", "done:", "green")
_ACTIVE, _OTHER = Mark("●", "active", "green"), Mark(" ", "", "default")
_PLACES = {Place.keyring: "keyring", Place.file: "file"}


def status_page(standing: Standing, *, width: int, look: Look) -> RenderableType:
    """Give how a caller stands: the state, who it is, and what decided each part."""
    mark = _STATES[standing.state]
    headline = Text.assemble(mark.text(look), "  ", (standing.settings.url, "bold"))
    parts: list[RenderableType] = [headline]
    if standing.identity:
        parts.append(section("Identity", _facts(_identity(standing.identity)), look=look))
    choices = _sourced(list(_choices(standing)), width - _FRAME)
    parts.append(section("Decided by", _facts(choices), look=look))
    return Group(*parts, *notes_view(standing.notes, look=look))


def notes_view(notes: Iterable[str], *, look: Look) -> list[RenderableType]:
    """Give a line for each thing to know."""
    return [warning(brief(note, SENTENCE_CHARACTERS), look) for note in notes]


def _facts(rows: Iterable[Sequence[str]]) -> Table:
    """Give facts in columns: what, its value, and what decided it."""
    table = Table.grid(padding=(0, _GAP))
    table.add_column(no_wrap=True)
    for row in rows:
        label, value, *source = row
        told = (Text(clean(text), style="bright_black", overflow="fold") for text in source)
        known = Text(brief(value, SENTENCE_CHARACTERS), overflow="fold")
        table.add_row(dim(label), known, *told)
    return table


def _sourced(rows: list[tuple[str, str, str]], width: int) -> Iterable[Sequence[str]]:
    """Give what decided each value beside it or, where that is too wide, beneath it."""
    widest = [max(cell_len(row[column]) for row in rows) for column in range(3)]
    if sum(widest) + 2 * _GAP <= width:
        return rows
    return [line for label, *told in rows for line in ((label, told[0]), ("", told[1])) if line[1]]


def _identity(identity: Identity) -> Iterable[Sequence[str]]:
    org = identity.org
    if org:
        handle = f" ({brief(org.handle, NAME_CHARACTERS)})" if org.handle else ""
        plan = f", plan {brief(org.plan, WORD_CHARACTERS)}" if org.plan else ""
        name = brief(org.name or MISSING, NAME_CHARACTERS)
        yield "organisation", f"{name}{handle}{plan}"
    yield "projects", _several(project.handle or MISSING for project in identity.projects)
    yield "scopes", _several(identity.scopes)


def _several(words: Iterable[str]) -> str:
    known = [brief(word, WORD_CHARACTERS * 2) for word in words]
    more = f", and {len(known) - _MOST} more" if len(known) > _MOST else ""
    return ", ".join(known[:_MOST]) + more or MISSING


def _choices(standing: Standing) -> Iterable[tuple[str, str, str]]:
    settings, credential = standing.settings, standing.settings.credential
    yield "server", settings.url, settings.url_source
    yield "organisation", settings.org or MISSING, settings.org_source or ""
    yield "project", settings.project or MISSING, settings.project_source or ""
    shown = f"{standing.kind or 'key'} {standing.ending or ''}".strip() if credential else MISSING
    if standing.ends_at:
        shown += f", ends {standing.ends_at:%Y-%m-%d %H:%M}Z"
    yield "credential", shown, credential.source if credential else ""


def login_page(login: Login, *, look: Look) -> RenderableType:
    """Give what a login stored."""
    org = login.identity.org if login.identity else None
    whom = f"to {brief(org.name or org.handle or MISSING, NAME_CHARACTERS)} " if org else ""
    at = brief(login.context.server or "", SENTENCE_CHARACTERS)
    done = _done(f"logged in {whom}at {at}", look)
    return Group(done, Padding(_facts(_stored(login.context)), (0, 0, 0, 2), expand=False))


def _stored(context: Context) -> Iterable[Sequence[str]]:
    yield "context", f"{context.name}, now active"
    yield "organisation", context.org or MISSING
    yield "project", context.project or MISSING
    yield "key", ", ".join((context.kind or "key", _kept(context)))


def _kept(context: Context) -> str:
    match context.place:
        case Place.keyring:
            return "in the keyring"
        case Place.file:
            return "in a file that only you can read"
        case _:
            return "kept by the platform itself" if context.embedded else "none"


def use_page(context: Context, *, look: Look) -> RenderableType:
    """Give which context is active now."""
    scope = "/".join(part for part in (context.org, context.project) if part)
    where = ", ".join(part for part in (context.server, scope) if part)
    told = f"{context.name} is active now" + (f": {where}" if where else "")
    return _done(brief(told, SENTENCE_CHARACTERS), look)


def logout_page(removed: str, *, secret_removed: bool, look: Look) -> RenderableType:
    """Give what a logout removed."""
    key = " and its key" if secret_removed else ""
    return _done(f"removed context {brief(removed, NAME_CHARACTERS)}{key}", look)


def _done(sentence: str, look: Look) -> Text:
    return Text.assemble(_DONE.sign(look), " ", sentence)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column; one that is `always` there stands in a first line where not all fit."""

    name: str
    cell: Callable[[Context], str]
    always: bool = False


_COLUMNS = (
    _Column("NAME", lambda context: context.name or MISSING, always=True),
    _Column("SERVER", lambda context: context.server or MISSING, always=True),
    _Column("ORG", lambda context: context.org or MISSING),
    _Column("PROJECT", lambda context: context.project or MISSING),
    _Column("KIND", lambda context: context.kind or MISSING),
    _Column("KEY", lambda context: _PLACES.get(context.place, MISSING)),
    _Column("FROM", lambda context: "official client" if context.official else "rensei"),
)


def contexts_table(contexts: Contexts, *, width: int, look: Look) -> RenderableType:
    """Give one row a context: which is active, and what is known of it; beneath, if too wide."""
    marks = [(_ACTIVE if name == contexts.active else _OTHER).sign(look) for name in contexts.known]
    known = contexts.known.values()
    cells = {
        column: [brief(column.cell(context), NAME_CHARACTERS) for context in known]
        for column in _COLUMNS
    }
    said = {
        column: found
        for column, found in cells.items()
        if column.always or any(cell != MISSING for cell in found)
    }
    widths = (max(map(cell_len, (one.name, *found))) + _GAP for one, found in said.items())
    fits = max(mark.cell_len for mark in marks) + sum(widths) <= width
    drawn = _rows(said, marks) if fits else _stacked(said, marks)
    both = [f"the official client has a context {name} too: ours wins" for name in contexts.hidden]
    return Group(drawn, *notes_view(both, look=look))


def _rows(cells: Mapping[_Column, list[str]], marks: Sequence[Text]) -> RenderableType:
    """Give everything of a context in its row."""
    table = Table.grid(padding=(0, _GAP))
    for _ in ("", *cells):
        table.add_column(overflow="fold")
    table.add_row("", *(dim(column.name) for column in cells))
    for mark, *row in zip(marks, *cells.values(), strict=True):
        table.add_row(mark, *map(Text, row))
    return table


def _stacked(cells: Mapping[_Column, list[str]], marks: Sequence[Text]) -> RenderableType:
    """Give name and server of a context in a line, and the rest beneath."""
    table = Table.grid(padding=(0, _GAP))
    for _ in range(2):
        table.add_column(overflow="fold")
    for mark, *row in zip(marks, *cells.values(), strict=True):
        told = list(zip(cells, row, strict=True))
        table.add_row(mark, Text("  ".join(cell for column, cell in told if column.always)))
        rest = [
            f"{column.name.lower()} {cell}"
            for column, cell in told
            if not column.always and cell != MISSING
        ]
        table.add_row("", dim(", ".join(rest)))
    return table
