"""The list of sessions as a table that keeps ids whole at any width."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rensei_cli.render.text import MISSING, ago, money, one_line
from rensei_cli.render.theme import LEVELS, Look, dim, status_mark
from rensei_cli.session.listing import Listing, Row

_WIDE, _MIDDLE = 100, 76


def listing_table(listing: Listing, *, width: int, look: Look) -> RenderableType:
    """Give one row a session: health, id, issue and status always, the rest as width allows."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black", expand=False)
    table.add_column("HEALTH", no_wrap=True)
    table.add_column("ID", no_wrap=True, min_width=16)
    table.add_column("ISSUE", no_wrap=True)
    table.add_column("STATUS", no_wrap=True)
    table.add_column("AGE", no_wrap=True, justify="right")
    if width >= _MIDDLE:
        table.add_column("WORK TYPE", no_wrap=True)
    if width >= _WIDE:
        table.add_column("PROVIDER", no_wrap=True)
        table.add_column("COST", no_wrap=True, justify="right")
    columns = len(table.columns)
    for row in listing.rows:
        table.add_row(*_cells(row, listing, look)[:columns])
    return table


def _cells(row: Row, listing: Listing, look: Look) -> list[Text]:
    session = row.session
    started = session.started_at or session.timeline.created
    age = ago((listing.now - started).total_seconds()).removesuffix(" ago") if started else MISSING
    return [
        LEVELS[row.level].text(look),
        Text(one_line(session.id or MISSING), style="cyan"),
        Text(one_line(session.identifier or MISSING), style="bold"),
        status_mark(session.status).text(look),
        Text(age),
        Text(one_line(session.work_type or MISSING)),
        Text(one_line(session.provider or MISSING)),
        dim(MISSING) if session.cost_usd is None else Text(money(session.cost_usd)),
    ]
