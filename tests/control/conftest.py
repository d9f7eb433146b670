"""One session on a scripted server: how it is before an act, and what becomes of it after."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import TypeAdapter
from scripting import Asked, Person, Server, Told, ask, closed_port, secret, server

from rensei_cli.control import schema
from rensei_cli.render.text import clean

__all__ = ["ask", "closed_port", "secret", "server"]

_ID = "0f1e2d3c4b5a6978"
_NOW = "2026-06-03T12:00:00Z"
_COMMANDS = {
    "stop": (("stop", _ID), "stop"),
    "release": (("release-claim", _ID), "release"),
    "prompt": (("prompt", _ID, "Keep the public API"), "prompt"),
}
_SCHEMAS = {
    "rensei.stop/1": TypeAdapter(schema.StopDocument),
    "rensei.release-claim/1": TypeAdapter(schema.ReleaseDocument),
    "rensei.prompt/1": TypeAdapter(schema.PromptDocument),
}


@dataclass(frozen=True, slots=True)
class State:
    """What the routes of a session answer at one time."""

    detail: object
    activities: object


@dataclass(frozen=True, slots=True)
class Done:
    """One act: what the program told, and what it had sent."""

    told: Told
    posts: list[Asked]

    @property
    def exit(self) -> int:
        return self.told.exit

    @property
    def document(self) -> dict[str, Any]:
        """What `--json` printed: exactly one document, in its schema or an error."""
        document = self.told.document()
        if "error" in document:
            assert document["error"]["exitCode"] == self.exit
            assert _folded(f"error: {clean(document['error']['message'])}") in self.said
            return document
        adapter = _SCHEMAS[document["schema"]]
        adapter.validate_python(document, strict=True)
        assert set(document) == set(adapter.json_schema()["properties"])
        return document

    @property
    def error(self) -> dict[str, Any]:
        return self.document["error"]

    @property
    def said(self) -> str:
        """What a person is told beside that, without colours and line breaks."""
        return _folded(re.sub(r"\x1b\[[\d;]*m", "", self.told.stderr))

    @property
    def shown(self) -> str:
        """What a person sees, frames and line breaks apart."""
        return _folded(self.told.stdout.replace("│", " "))


def _folded(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Scene:
    """A session, a server that lies about it, and the three acts."""

    server: Server = field(repr=False)
    ask: Callable[..., Told] = field(repr=False)
    id: str = _ID

    @staticmethod
    def state(status: str = "working", *, news: int = 0, **facts: Any) -> State:
        """Give a session with a dead worker and three activities, or with so many more."""
        held = {"workerId": "w1", "claimedAt": "2026-06-03T11:40:00Z"}
        beat = {"heartbeatAt": "2026-06-03T11:55:00Z"}
        session = {
            "id": _ID,
            "identifier": "ENG-124",
            "status": status,
            "claim": held | beat if status == "working" else None,
            "healthSummary": {
                "color": "yellow",
                "signals": [{"name": "StaleHeartbeat", "active": True, "durationMs": 300_000}],
            },
            "remediationHistory": [],
            **facts,
        }
        found = [
            {"id": str(number), "type": "thought", "content": "…", "timestamp": _NOW}
            for number in range(1, 4 + news)
        ]
        page = {"activities": found, "sessionStatus": status}
        return State(
            (200, {"session": session, "timestamp": _NOW}),
            (200, page),
        )

    @staticmethod
    def unreadable() -> State:
        """Give a session that cannot be read."""
        return State((500, b""), (500, b""))

    @staticmethod
    def gone(page: object = b'{"error": "Session not found"}') -> State:
        """Give a session that its server does not know."""
        return State((404, page), (404, page))

    @staticmethod
    def entry(action: str, **facts: Any) -> dict[str, Any]:
        """Give an entry of the remediation history."""
        return {"action": action, "timestamp": _NOW, "source": "cli", "actor": "ops"} | facts

    def passes(self, *states: State) -> None:
        """Let the session be in these states, one for each look; the last one stays."""
        self.server.on("list", (200, {"sessions": []}))
        self.server.on("detail", *(one.detail for one in states))
        self.server.on("activities", *(one.activities for one in states))
        self.server.on("older", *(one.activities for one in states))

    def act(
        self,
        verb: str,
        *argv: str,
        json: bool = True,
        asked: Callable[[], object] | None = None,
        **given: Any,
    ) -> Done:
        """Act on the session, and give what came of it; `asked` happens when a person is asked."""
        command, route = _COMMANDS[verb]
        if asked is None:
            command = (*command, "--yes")
        else:
            given["stdin"] = Person("y", first=asked)
        wanted = ("--json",) if json else ()
        told = self.ask("session", *command, *wanted, *argv, **given)
        return Done(told, self.server.requests(route))


@pytest.fixture
def scene(server: Server, ask: Callable[..., Told]) -> Scene:
    found = Scene(server, ask)
    found.passes(found.state())
    return found
