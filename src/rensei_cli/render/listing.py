"""The list of sessions as a table that keeps ids whole at any width."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from rensei_cli.render.marks import LEVELS, Look, status_mark
from rensei_cli.render.text import MISSING, ago, brief, money
from rensei_cli.render.theme import dim
from rensei_cli.session.listing import Listing, Row

_GAP = 2
_NAME_CHARACTERS, _TITLE_CHARACTERS = 24, 120
# Every id that servers give is whole: 16 hex digits, or a UUID. What is longer is not theirs.
_ID_CHARACTERS = 40
# Less of a title is not worth its column.
_LEAST = 16


@dataclass(frozen=True, slots=True)
class _Column:
    """A column; of those that do not fit, the one with the highest rank goes first."""

    name: str
    rank: int
    cell: Callable[[Row, Listing, Look], Text]
    justify: Literal["left", "right"] = "left"
    elastic: bool = False


def listing_table(listing: Listing, *, width: int, look: Look) -> RenderableType:
    """Give one row a session: health, id, issue and status always, the rest as width allows."""
    cells = {
        column: [column.cell(row, listing, look) for row in listing.rows] for column in _COLUMNS
    }
    widths = _widths(cells, width)
    header = [Text(column.name, style="bright_black") for column in widths]
    rows = zip(*(cells[column] for column in widths), strict=True)
    return Group(_line(header, widths), *(_line(row, widths) for row in rows))


def _line(cells: Iterable[Text], widths: dict[_Column, int]) -> Text:
    """Give cells side by side; laid out once here, a row costs a tenth of a table's."""
    line = Text(overflow="fold")
    for cell, (column, width) in zip(cells, widths.items(), strict=True):
        if len(widths) > 1:
            cell.truncate(width, overflow="ellipsis")
        blank = " " * (width - cell.cell_len)
        if column.justify == "right":
            line.append(blank).append_text(cell).append(" " * _GAP)
        else:
            line.append_text(cell).append(blank + " " * _GAP)
    line.rstrip()
    return line


def _widths(cells: dict[_Column, list[Text]], width: int) -> dict[_Column, int]:
    """Give the columns that fit side by side, and how wide; at the narrowest the id alone."""
    shown = {
        column: max(map(cell_len, (column.name, *(cell.plain for cell in found))))
        for column, found in cells.items()
        if column.name == "ID" or any(cell.plain != MISSING for cell in found)
    }
    while len(shown) > 1 and (spare := width - _needed(shown)) < 0:
        last = max(shown, key=lambda column: column.rank)
        if last.elastic and shown[last] + spare >= _LEAST:
            shown[last] += spare
        else:
            del shown[last]
    return shown


def _needed(shown: dict[_Column, int]) -> int:
    return sum(shown.values()) + _GAP * (len(shown) - 1)


def _age(row: Row, listing: Listing, _look: Look) -> Text:
    started = row.session.started_at or row.session.timeline.created
    if started is None:
        return dim(MISSING)
    return Text(ago((listing.now - started).total_seconds()).removesuffix(" ago"))


def _health(row: Row, _listing: Listing, look: Look) -> Text:
    mark = LEVELS[row.health.level].text(look)
    doubt = " (doubtful)" if look.a11y else " !"
    return mark.append(doubt, style="yellow") if row.health.disagreement else mark


def _id(row: Row, _listing: Listing, _look: Look) -> Text:
    return Text(brief(row.session.id or MISSING, _ID_CHARACTERS), style="cyan")


def _cost(row: Row, _listing: Listing, _look: Look) -> Text:
    cost = row.session.cost_usd
    return dim(MISSING) if cost is None else Text(money(cost))


def _named(field: str, characters: int, style: str = "") -> Callable[[Row, Listing, Look], Text]:
    def cell(row: Row, _listing: Listing, _look: Look) -> Text:
        value = getattr(row.session, field)
        return Text(brief(value, characters), style=style) if value else dim(MISSING)

    return cell


_COLUMNS = (
    _Column("HEALTH", 1, _health),
    _Column("ID", 0, _id),
    _Column("ISSUE", 2, _named("identifier", _NAME_CHARACTERS, "bold")),
    _Column("STATUS", 3, lambda row, _listing, look: status_mark(row.session.status).text(look)),
    _Column("AGE", 4, _age, justify="right"),
    _Column("COST", 6, _cost, justify="right"),
    _Column("WORK TYPE", 5, _named("work_type", _NAME_CHARACTERS)),
    _Column("PROVIDER", 7, _named("provider", _NAME_CHARACTERS)),
    _Column("TITLE", 8, _named("issue_title", _TITLE_CHARACTERS), elastic=True),
)
