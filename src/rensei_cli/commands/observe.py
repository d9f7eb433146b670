"""Reading one session: which one is meant, and all that its server tells of it."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from rensei_cli.errors import ContractError, NotFoundError, RenseiError, UsageError
from rensei_cli.runtime import Runtime
from rensei_cli.settings import Settings

_PUBLIC_ID = re.compile(r"[0-9a-f]{16}")
# An id is 16 or 36 characters; what was pasted by mistake need not be repeated.
_SHOWN = 64

if TYPE_CHECKING:
    from rensei_cli.api.client import Pending
    from rensei_cli.api.models import Session, SessionList
    from rensei_cli.session.reference import Reference
    from rensei_cli.session.snapshot import Snapshot


def find_session(runtime: Runtime, argument: str) -> "tuple[str, Pending[SessionList]]":
    """Give the id of the session meant by an argument, and the list that is on its way."""
    from rensei_cli.api import calls
    from rensei_cli.session.reference import Form, parse, resolve

    reference = parse(argument)
    _notice_host(runtime, reference)
    listing = runtime.client.start(calls.sessions(project=runtime.settings.project))
    if reference.form is Form.id:
        return reference.text, listing
    return resolve(reference, listing.result().sessions), listing


def _notice_host(runtime: Runtime, reference: "Reference") -> None:
    """Say where a session is looked for, if its address names another place."""
    here = urlsplit(runtime.settings.url).netloc
    if reference.host and reference.host.lower() != here.lower():
        runtime.output.notice(
            f"rensei: that address is at {reference.host}; the session is looked for at {here}"
        )


def find_id(runtime: Runtime, argument: str) -> str:
    """Give the id of the session meant by an argument; asks the server only where it must."""
    from rensei_cli.session.reference import Form, parse

    reference = parse(argument)
    if reference.form is Form.id:
        _notice_host(runtime, reference)
    return reference.text if reference.form is Form.id else find_session(runtime, argument)[0]


def snapshot_of(runtime: Runtime, argument: str) -> "Snapshot":
    """Give everything known of a session; the requests travel while the rest is loaded."""
    return _snapshot(runtime, *find_session(runtime, argument))


def subject_of(runtime: Runtime, argument: str) -> "tuple[str, Snapshot]":
    """Give the id and everything known of a session that is to be acted on.

    Raises:
        ContractError: The server tells of another session than it was asked for.
    """
    session_id, listing = find_session(runtime, argument)
    snapshot = _snapshot(runtime, session_id, listing)
    if another := next((one for one in snapshot.conflicts if one.field == "id"), None):
        raise ContractError(
            f"asked for {session_id}, the server tells of {another.shown}",
            hint="Nothing was sent.",
            remedy="rensei session list --all",
        )
    return session_id, snapshot


def _snapshot(runtime: Runtime, session_id: str, listing: "Pending[SessionList]") -> "Snapshot":
    from rensei_cli.api import calls

    detail = runtime.client.start(calls.session(session_id))
    page = runtime.client.start(calls.activities(session_id))
    from rensei_cli.session.snapshot import assemble

    try:
        return assemble(
            session_id,
            detail=detail.outcome(),
            page=page.outcome(),
            listing=listing.outcome(),
            fetched_at=runtime.now(),
        )
    except NotFoundError as error:
        raise not_found(runtime, session_id, error) from None
    except UsageError as error:
        if error.http_status is None:  # not the server's word
            raise
        raise refused_id(runtime, session_id, error) from None


def not_found(runtime: Runtime, session_id: str, error: RenseiError) -> NotFoundError:
    """Give the error for a session that is not in this scope, with where else it may be."""
    settings = runtime.settings
    scope = "/".join(part for part in (settings.org, settings.project) if part)
    where = f" in project {scope}" if settings.project else f" at {settings.url}"
    return NotFoundError(
        f"session {_short(session_id)} not found{where}",
        hint="It may belong to another project, or the key may lack its scope.",
        remedy="rensei session list --all",
        http_status=error.http_status,
        request_id=error.request_id,
    )


def refused_id(runtime: Runtime, session_id: str, error: UsageError) -> RenseiError:
    """Give the error for an id that the server does not take: an issue was only looked for."""
    from rensei_cli.session.reference import Form, parse

    if parse(session_id).form is Form.identifier:
        return not_found(runtime, session_id, error)
    if _PUBLIC_ID.fullmatch(session_id):
        return error
    return replace(
        error,
        message=f"{_short(session_id)} is no session id: {error.message}",
        hint="An id is 16 hex digits; an issue, a prefix or @latest names a session too.",
        remedy="rensei session list",
    )


def _short(session_id: str) -> str:
    return f"{session_id[:_SHOWN]}…" if len(session_id) > _SHOWN else session_id


def page_address(settings: Settings, session: "Session") -> str | None:
    """Give the address of a session's page; the embedded platform has none."""
    if session.url and session.url.startswith(("https://", "http://")):
        return session.url
    if settings.embedded or not session.id:
        return None
    return f"{settings.url}/sessions/{quote(session.id, safe='')}"


def open_page(runtime: Runtime, argument: str) -> int:
    """Open the page of a session in the browser."""
    import webbrowser

    from rensei_cli.api import calls

    session_id, _ = find_session(runtime, argument)
    address = page_address(runtime.settings, runtime.client.send(calls.session(session_id)))
    if address is None:
        raise RenseiError(
            "the embedded platform has no pages to open",
            remedy=f"rensei session show {session_id}",
        )
    runtime.output.notice(f"opening {address}")
    if not webbrowser.open(address):
        raise RenseiError("no browser could be started", hint=f"The page is at {address}")
    return 0
