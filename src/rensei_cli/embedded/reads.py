"""What is stored, found."""

import re
from typing import Any

from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.lifecycle import LIVE
from rensei_cli.embedded.records import SESSION, Session
from rensei_cli.embedded.wire import not_found

RING = 200
_LARGEST = 2**62


def session(unit: Unit, session_id: str, project: str | None = None) -> Session:
    """Give a session; one of another project is as good as unknown.

    Raises:
        RefusalError: 404.
    """
    row = unit.row(f"{SESSION} WHERE s.id = ?", session_id)
    found = Session(*row) if row else None
    if found is None or not in_project(found, project):
        raise not_found()
    return found


def in_project(found: Session, project: str | None) -> bool:
    """Tell whether a session belongs to a project, named by slug or by id."""
    return project is None or project in {found.project, f"prj_{found.project}"}


def sessions(unit: Unit, project: str | None, statuses: set[str]) -> list[Session]:
    """Give the sessions of a project in any of these public statuses (none: all), newest first."""
    found = (Session(*row) for row in unit.rows(f"{SESSION} ORDER BY queued_at DESC, s.rowid DESC"))
    return [
        one
        for one in found
        if in_project(one, project) and (not statuses or one.public in statuses)
    ]


def held(unit: Unit) -> list[Session]:
    """Give the sessions that a worker holds, and those whose signals were active when last told."""
    where = "WHERE s.status IN ('claimed', 'running', 'finalizing') OR s.active_signals != ''"
    return [Session(*row) for row in unit.rows(f"{SESSION} {where}")]


def number_after(cursor: str | None) -> int:
    """Give the number a cursor stands for: its leading whole number, 0 when it has none."""
    match = re.match(r"\s*(\d{1,30})", cursor or "", re.ASCII)
    return min(int(match[1]), _LARGEST) if match else 0


def activities(unit: Unit, found: Session, after: int) -> list[tuple[int, str]]:
    """Give number and JSON of the activities after a number, oldest first.

    While a session lives only the newest 200 are given; when it is terminal, the whole history.
    """
    oldest = found.newest_activity - RING if found.status in LIVE else 0
    return unit.rows(
        "SELECT number, text FROM activities WHERE session_id = ? AND number > ? ORDER BY number",
        found.id,
        max(after, oldest),
    )


def remediations(unit: Unit, session_id: str, after: int = 0) -> list[tuple[int, str]]:
    """Give number and JSON of what operators did to a session, oldest first."""
    return unit.rows(
        "SELECT number, text FROM remediations WHERE session_id = ? AND number > ? ORDER BY number",
        session_id,
        after,
    )


def entries(unit: Unit, session_id: str) -> list[tuple[str, int]]:
    """Give status and moment of every step of a session's life, oldest first."""
    return unit.rows(
        "SELECT status, entered_at FROM lifecycle WHERE session_id = ? ORDER BY rowid", session_id
    )


def waiting(unit: Unit, identifiers: list[str], limit: int) -> list[Session]:
    """Give the work that may be claimed, most urgent first; `identifiers` narrows it when given."""
    places = ",".join("?" * len(identifiers))
    narrowed = f"AND s.identifier IN ({places})" if identifiers else ""
    where = f"WHERE s.status = 'pending' AND s.parked = 0 {narrowed}"
    order = "ORDER BY s.priority, s.queued_at, s.rowid LIMIT ?"
    return [Session(*row) for row in unit.rows(f"{SESSION} {where} {order}", *identifiers, limit)]


def counts(unit: Unit, online_since: int, today: int) -> dict[str, Any]:
    """Give the figures of the whole platform; times are epoch milliseconds."""
    row = unit.row(
        """SELECT (SELECT count(*) FROM workers WHERE heartbeat_at >= ?),
        (SELECT count(DISTINCT worker_id) FROM sessions WHERE worker_id IN
          (SELECT id FROM workers WHERE heartbeat_at >= ?)),
        count(*) FILTER (WHERE worker_id IS NOT NULL),
        count(*) FILTER (WHERE status = 'pending' AND parked = 0),
        count(*) FILTER (WHERE status = 'completed' AND completed_at >= ?),
        count(*) FILTER (WHERE created_at >= ?),
        total(cost_usd) FILTER (WHERE created_at >= ?), total(cost_usd) FROM sessions""",
        *(online_since, online_since, today, today, today),
    )
    return {
        "workersOnline": row[0],
        "agentsWorking": row[2],
        "queueDepth": row[3],
        "completedToday": row[4],
        "availableCapacity": row[0] - row[1],
        "totalCostToday": round(row[6], 6),
        "totalCostAllTime": round(row[7], 6),
        "sessionCountToday": row[5],
    }
