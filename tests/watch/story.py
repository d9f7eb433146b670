"""A run with a little of everything, as the events a watch makes of it."""

from datetime import UTC, datetime, timedelta

from rensei_cli.api.activity import read_activity
from rensei_cli.api.models import Session
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.session.health import Health, Level
from rensei_cli.session.signals import Signal, State
from rensei_cli.watch.events import (
    Acted,
    Cause,
    Ended,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
    Updated,
    Verdict,
    Via,
    ViaChanged,
)

NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)
SESSION = Session(
    {
        "id": "a1b2c3d4e5f60718",
        "identifier": "ENG-124",
        "issueTitle": "Retry failed refunds",
        "provider": "claude",
        "status": "working",
        "costUsd": 0.42,
        "timeline": {"queued": "2026-06-03T11:49:39Z", "started": "2026-06-03T11:50:00Z"},
        "timestamp": "2026-06-03T12:00:00Z",
    }
)
EDIT = {
    "file_path": "src/refunds.py",
    "old_string": "def retry():\n    return None\n",
    "new_string": "def retry():\n    for attempt in range(3):\n        send(attempt)\n",
}
STACK = "\n".join(["Traceback (most recent call last):", *(f"  line {n}" for n in range(12))])


def act(number, kind, content, **more):
    """Give an activity that happened that many seconds after noon."""
    at = (NOON + timedelta(seconds=number)).isoformat()
    return Acted(
        read_activity(
            {"id": str(number), "type": kind, "content": content, "timestamp": at} | more
        ),
        False,
    )


def call(number, tool, content, **more):
    return act(number, "action", f"{tool}: {content}", toolName=tool, **more)


def signal(name, state, seconds, limit, **evidence):
    return Signal(
        name=name,
        severity="blocking",
        state=state,
        seconds=seconds,
        limit_seconds=limit,
        evidence=evidence.get("evidence", {}),
    )


LOOP = {"tool": "Bash", "calls": 14, "identical": 13, "seconds": 700.0, "sample": "make"}
RED = Health(Level.red, "server", (signal("ToolLoopStuck", State.active, 700, 600, evidence=LOOP),))
GREEN = Health(Level.green, "server", (signal("ToolLoopStuck", State.clear, 3, 600),))
STOP = RemediationEntry(
    action="stop_signal",
    at=NOON,
    source="cli",
    actor="mira@example.com",
    reason="wrong branch",
    previous_status="working",
    new_status="stopped",
)

EVENTS = [
    Started(SESSION, "working", Via.connecting, "9", 231, 3, 4.0),
    Gap(None, "232", 231, Cause.late_start),
    act(
        1, "thought", "I read the failing test first, then the code that it is about, line by line."
    ),
    call(2, "mcp__files__Read", "src/refunds.py"),
    call(3, "Edit", "src/refunds.py", toolInput=EDIT),
    *(call(4 + n, "Bash", "pytest -q", isError=True) for n in range(5)),
    HealthChanged(RED, GREEN),
    Gap("20", "171", 150, Cause.overflow),
    call(30, "Read", "a.py"),
    call(31, "Read", "b.py"),
    *(call(32 + n, "Read", "ab"[n % 2] + ".py") for n in range(7)),
    act(40, "error", STACK),
    act(41, "response", "漢字 and 👩‍👩‍👧 and \x1b[31mred\x1b[0m\r\nsecond line"),
    act(42, "context", "branch", contextKey="branch", contextValue="eng-124"),
    act(43, "plan", "a type that nobody knows"),
    HealthChanged(GREEN, RED),
    Remediated(STOP),
    StatusChanged("working", "queued"),
    Gap("43", "1", 0, Cause.restart),
    StatusChanged("queued", "stopped"),
    ViaChanged(Via.polling, "the stream answered 403"),
    Updated(SESSION),
    Ended(Verdict.stopped, 6, "the session stopped"),
]
