"""Facts as servers tell them: what was recorded, and what a test makes up in the wire's words."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rensei_cli.api.activity import ActivityPage, read_page
from rensei_cli.api.answer import Answer, error_of
from rensei_cli.api.models import SessionList, read_session, read_sessions
from rensei_cli.errors import RenseiError
from rensei_cli.session.snapshot import Snapshot, assemble

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
WIRE = Path(__file__).parent.parent / "wire"
ID = "0f1e2d3c4b5a6978"


def answered(body: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())


def recorded(name: str) -> Answer:
    head, _, body = (WIRE / "recordings" / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def read(answer: Answer, reader: Callable[[Answer], Any]) -> Any:
    return error_of(answer) or reader(answer)


@pytest.fixture
def at() -> Callable[[float], str]:
    """Give a moment as the wire writes it: so many seconds before noon."""
    return lambda ago: (NOON - timedelta(seconds=ago)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def recording() -> Callable[..., Snapshot]:
    """Give the snapshot of three recorded answers; the list and the page may be left out."""

    def found(detail: str, page: str | None = None, listing: str | None = None) -> Snapshot:
        session = read(recorded(detail), read_session)
        session_id = getattr(session, "id", None) or ID
        return assemble(
            session_id,
            detail=session,
            page=read(recorded(page), read_page) if page else ActivityPage((), None, None),
            listing=read(recorded(listing), read_sessions) if listing else SessionList(sessions=()),
            fetched_at=NOON,
        )

    return found


@pytest.fixture
def example() -> Callable[..., Snapshot]:
    """Give the snapshot of published examples."""

    def found(detail: str, page: str = "activities-empty-terminal") -> Snapshot:
        bodies = [
            json.loads((WIRE / "examples" / f"{name}.json").read_text()) for name in (detail, page)
        ]
        return assemble(
            ID,
            detail=read_session(answered(bodies[0])),
            page=read_page(answered(bodies[1])),
            listing=SessionList(sessions=()),
            fetched_at=NOON,
        )

    return found


@pytest.fixture
def told(at) -> Callable[..., Snapshot]:
    """Give the snapshot of what a test says the server says, at noon by its clock."""

    def found(
        session: dict[str, Any] | RenseiError,
        activities: list[dict[str, Any]] | RenseiError = (),
        *,
        listed: list[dict[str, Any]] | RenseiError = (),
        status: str | None = None,
        now: str | None = None,
    ) -> Snapshot:
        said = session if isinstance(session, dict) else {}
        detail = {"session": {"id": ID, **said}, "timestamp": now or at(0)}
        return assemble(
            ID,
            detail=_either(session, detail, read_session),
            page=_either(activities, _page(activities, status or said.get("status")), read_page),
            listing=_either(listed, {"sessions": listed, "timestamp": at(0)}, read_sessions),
            fetched_at=NOON,
        )

    return found


def _page(activities: Any, status: str | None) -> dict[str, Any]:
    return {"activities": activities, "sessionStatus": status}


def _either(given: Any, body: dict[str, Any], reader: Callable[[Answer], Any]) -> Any:
    return given if isinstance(given, RenseiError) else reader(answered(body))
