"""Every question to a server as one pure function that returns a `Call`; `acts` has the others."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from rensei_cli.api.activity import ActivityPage, read_page
from rensei_cli.api.answer import Answer
from rensei_cli.api.exchange import Call
from rensei_cli.api.models import Session, SessionList, read_session, read_sessions

if TYPE_CHECKING:
    from rensei_cli.api.identity import Identity


def whoami() -> "Call[Identity]":
    """Read whose credential it is; the open-source server does not have this."""
    return Call("GET", "/api/cli/whoami", _identity)


def sessions(*, project: str | None = None) -> Call[SessionList]:
    """List the sessions of a project, or of everything the credential sees."""
    params = {"project": project} if project else {}
    return Call("GET", "/api/public/sessions", read_sessions, params)


def session(session_id: str) -> Call[Session]:
    """Read one session."""
    return Call("GET", f"/api/public/sessions/{segment(session_id)}", read_session)


def activities(session_id: str, *, after: str | None = None) -> Call[ActivityPage]:
    """Read the activities a server still holds, or those after a cursor.

    The hosted platform has the query form only and the open-source server the path form only;
    each answers the other's with an HTML 404.
    """
    older = Call(
        "GET",
        f"/api/public/sessions/{segment(session_id)}/activities",
        read_page,
        {"after": sendable(after)} if after else {},
    )
    params = {"sessionId": sendable(session_id)} | ({"cursor": sendable(after)} if after else {})
    return Call("GET", "/api/public/session-activities", read_page, params, older)


def stream_path(session_id: str) -> str:
    """Give the path of a session's server-sent events."""
    return f"/api/sessions/{segment(session_id)}/stream"


def segment(text: str) -> str:
    """Give an id as one segment of a path."""
    quoted = quote(sendable(text), safe="")
    # A lone dot would be resolved away as a path segment; percent-encoded it stays an id.
    return quoted.replace(".", "%2E") if set(text) <= {"."} else quoted


def sendable(text: str) -> str:
    """Give text that can be encoded: half a character, as JSON can hold it, cannot."""
    return text.encode("utf-8", "replace").decode()


def _identity(answer: Answer) -> "Identity":
    # Only this one loads pydantic, which takes as long as everything else of a command.
    from rensei_cli.api.identity import read_identity  # noqa: PLC0415

    return read_identity(answer)
