"""A server's activity store as real ones behave: a ring of 200, ids from 1, lost at a restart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rensei_cli.api.activity import Activity, ActivityPage, read_activity

HOLDS = 200
NOON = datetime(2026, 6, 3, 12, 0, 0, tzinfo=UTC)


@dataclass(slots=True)
class Ring:
    """Posts and reads of one session; `history` is all that was ever posted."""

    holds: int = HOLDS
    named: bool = False
    held: list[Activity] = field(default_factory=list)
    history: list[Activity] = field(default_factory=list)
    status: str = "working"
    next_id: int = 1

    def post(self, content: str | None = None) -> Activity:
        number = self.next_id
        activity = read_activity(
            {
                "id": f"act_{number:06x}" if self.named else str(number),
                "type": "thought",
                "content": content or f"line {len(self.history)}",
                "timestamp": (NOON + timedelta(milliseconds=37 * len(self.history))).isoformat(),
            }
        )
        self.next_id += 1
        self.held.append(activity)
        if len(self.held) > self.holds:
            del self.held[0]
        self.history.append(activity)
        return activity

    def restart(self) -> None:
        self.held = []
        self.next_id = 1

    def read(self, after: str | None) -> ActivityPage:
        found = self.held
        if after is not None and after.isdigit():
            found = [item for item in self.held if int(item.id) > int(after)]
        return ActivityPage(tuple(found), found[-1].id if found else after, self.status)
