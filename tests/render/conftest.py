"""Sessions worth a look, and the screens they make."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rensei_cli.api.activity import read_page
from rensei_cli.api.answer import Answer
from rensei_cli.api.models import read_session, read_sessions
from rensei_cli.errors import RenseiError
from rensei_cli.options import TimeStyle
from rensei_cli.render.listing import listing_table
from rensei_cli.render.marks import Look
from rensei_cli.render.session import page
from rensei_cli.session.listing import select
from rensei_cli.session.snapshot import Snapshot, assemble

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
ID = "a1b2c3d4e5f60718"


def at(ago: float) -> str:
    return (NOON - timedelta(seconds=ago)).isoformat().replace("+00:00", "Z")


def answered(body: object) -> Answer:
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


def run(**more: Any) -> dict[str, Any]:
    """Give a working session as the wire tells it."""
    return {
        "id": ID,
        "identifier": "ENG-124",
        "issueTitle": "Retry failed refunds",
        "status": "working",
        "workType": "development",
        "provider": "claude",
        "branch": "eng-124-refunds",
        "costUsd": 1.8342,
        "inputTokens": 48_210,
        "outputTokens": 9120,
        "timeline": {"queued": at(760), "started": at(739)},
        **more,
    }


def report(**active: int) -> dict[str, Any]:
    """Give a health report in which the given signals are active for so many seconds."""
    signals = [
        ("LongRunning", "advisory", 2700, 740),
        ("StaleHeartbeat", "advisory", 90, 4),
        ("ToolLoopStuck", "blocking", 600, None),
        ("ClaimStuck", "blocking", 300, None),
    ]
    told = [
        {
            "name": name,
            "severity": severity,
            "active": name in active,
            "durationMs": None if (spent := active.get(name, usual)) is None else spent * 1000,
            "thresholdMs": limit * 1000,
            **({"since": at(active[name])} if name in active else {}),
            **({"workerId": "wkr_01"} if name == "StaleHeartbeat" else {}),
        }
        for name, severity, limit, usual in signals
    ]
    blocking = active.keys() & {"ToolLoopStuck", "ClaimStuck"}
    return {"color": "red" if blocking else "yellow" if active else "green", "signals": told}


def activity(number: int, ago: float, kind: str, content: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "type": kind, "content": content, "timestamp": at(ago), **more}


WORK = [
    activity(1, 700, "thought", "Reading the failing test first."),
    activity(2, 690, "action", "Read: src/refunds/retry.py", toolName="Read"),
    activity(
        3, 500, "action", "pytest -q tests/refunds", toolName="mcp__shell__Bash", isError=True
    ),
    activity(4, 480, "error", "pytest exited with 1"),
    activity(5, 60, "progress", "3 of 5 tests pass"),
    activity(
        6,
        12,
        "response",
        "The retry never looked at the idempotency key; it does now, and the test that showed "
        "the double refund passes on both databases.",
    ),
]


def loop(first: int = 1) -> list[dict[str, Any]]:
    """Give fourteen calls of one tool within 11 m 40 s, all but one the same."""
    commands = ["pytest -q -x", *["pytest -q"] * 13]
    return [
        activity(first + n, 700 - 700 * n / 13, "action", f"Bash: {command}", toolName="Bash")
        for n, command in enumerate(commands)
    ]


@pytest.fixture
def seen() -> Callable[..., Snapshot]:
    """Give the snapshot of a session, at noon by the server's clock."""

    def found(session: Any, activities: Any = (), listed: Any = (), *, skew: float = 0) -> Snapshot:
        detail = {"session": session, "timestamp": at(-skew)}
        status = session.get("status") if isinstance(session, dict) else None
        return assemble(
            ID,
            detail=_either(session, detail, read_session),
            page=_either(
                activities, {"activities": activities, "sessionStatus": status}, read_page
            ),
            listing=_either(listed, {"sessions": listed, "timestamp": at(0)}, read_sessions),
            fetched_at=NOON,
        )

    return found


def _either(given: Any, body: dict[str, Any], reader: Callable[[Answer], Any]) -> Any:
    return given if isinstance(given, RenseiError) else reader(answered(body))


@pytest.fixture
def screen(draw, seen) -> Callable[..., str]:
    """Give the page of a session as a terminal shows it."""

    def drawn(
        *facts: Any,
        width: int = 80,
        color: bool = False,
        limit: int | None = 10,
        full: bool = False,
        link: str | None = None,
        times: TimeStyle = TimeStyle.relative,
        a11y: bool = False,
        skew: float = 0,
    ) -> str:
        snapshot = seen(*facts, skew=skew)
        look = Look(times=times, zone=UTC, a11y=a11y)
        shown = snapshot.select(limit=limit, types=())
        view = page(snapshot, shown, width=width, link=link, full=full, look=look)
        return re.sub(r"8;id=\d+", "8;id=0", draw(view, width=width, color=color))

    return drawn


@pytest.fixture
def table(draw) -> Callable[..., str]:
    """Give a list of sessions as a terminal shows it."""

    def drawn(
        sessions: list[dict[str, Any]], width: int = 80, *, color: bool = False, a11y: bool = False
    ) -> str:
        listing = select(
            read_sessions(answered({"sessions": sessions, "timestamp": at(0)})),
            statuses=(),
            levels=(),
            ended=True,
            limit=None,
            fetched_at=NOON,
        )
        return draw(
            listing_table(listing, width=width, look=Look(a11y=a11y)), width=width, color=color
        )

    return drawn


@pytest.fixture
def wire() -> SimpleNamespace:
    """Give the words in which a test makes up what servers say."""
    return SimpleNamespace(run=run, report=report, activity=activity, loop=loop, at=at, WORK=WORK)
