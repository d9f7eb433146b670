"""What a person writes for a session, and which session that is."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from rensei_cli.api.models import Session
from rensei_cli.errors import NotFoundError, UsageError
from rensei_cli.session.lifecycle import outcome_of

_SHORTEST_PREFIX = 4
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Form(Enum):
    """The forms of a reference; all but `id` need the list to be looked up."""

    id = auto()
    prefix = auto()
    identifier = auto()
    latest = auto()


class Reference(NamedTuple):
    """A session as it was named; `host` is the server that an address names."""

    form: Form
    text: str
    host: str | None = None


def parse(argument: str) -> Reference:
    """Give the reference in an argument; what cannot name a session is a usage error."""
    given = argument.strip()
    if "://" in given and (named := _from_url(given)) != given:
        return parse(named)._replace(host=_host(given))
    text = given
    hexadecimal = text.lower()
    if not text:
        raise UsageError("the session id is empty", remedy="rensei session list")
    if re.fullmatch(r"[0-9a-f]{32}", hexadecimal):
        raise UsageError(
            "this looks like an access hash; the command takes the 16-digit public id",
            remedy="rensei session list",
        )
    if text == "@latest":
        return Reference(Form.latest, text)
    if re.fullmatch(r"[0-9a-f]{16}", hexadecimal):
        return Reference(Form.id, hexadecimal)
    if re.fullmatch(rf"[0-9a-f]{{{_SHORTEST_PREFIX},15}}", hexadecimal):
        return Reference(Form.prefix, hexadecimal)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*-[0-9]+", text):
        return Reference(Form.identifier, text)
    return Reference(Form.id, text)


def resolve(reference: Reference, sessions: Sequence[Session]) -> str:
    """Give the id of the session a reference names among those listed."""
    match reference.form:
        case Form.id:
            return reference.text
        case Form.latest:
            return _newest(sessions, "there is no session yet")
        case Form.prefix:
            return _with_prefix(reference.text, sessions)
        case Form.identifier:
            return _of_issue(reference.text, sessions)


def _with_prefix(prefix: str, sessions: Sequence[Session]) -> str:
    found = [item for item in sessions if (item.id or "").lower().startswith(prefix)]
    whole = [item for item in found if len(item.id or "") == len(prefix)]
    if len(found) > 1 and not whole:
        raise _ambiguous(prefix, found)
    return _newest(whole or found, f"no session id begins with {prefix}")


def _of_issue(identifier: str, sessions: Sequence[Session]) -> str:
    wanted = identifier.casefold()
    found = [item for item in sessions if (item.identifier or "").casefold() == wanted]
    live = [item for item in found if outcome_of(item.status) is None]
    if len(live) > 1:
        raise _ambiguous(identifier, live)
    if not found:
        return identifier  # some servers' ids look like identifiers: let them decide
    return _newest(live or found, f"the session of {identifier} has no id")


def _newest(sessions: Sequence[Session], otherwise: str) -> str:
    """Give the id of the newest of some sessions; of equally old ones the first listed."""
    named = [item for item in sessions if item.id]
    if not named:
        raise NotFoundError(otherwise, remedy="rensei session list --all")
    return max(named, key=_age).id or ""


def _ambiguous(text: str, found: Sequence[Session]) -> UsageError:
    shown = [f"{item.id}  {item.identifier or '-'}  {item.status or '-'}" for item in found[:10]]
    if len(found) > len(shown):
        shown.append(f"and {len(found) - len(shown)} more")
    return UsageError(
        f"{text} names {len(found)} sessions",
        hint="\n".join(shown),
        remedy=f"rensei session show {found[0].id}",
    )


def _from_url(text: str) -> str:
    """Give the id in a dashboard's address (…/sessions/<id>[/inspect]), or the text itself."""
    try:
        segments = [unquote(part) for part in urlsplit(text).path.split("/")]
    except ValueError:
        return text
    # An organisation or a project may be called "sessions" too: the last one is the route.
    named = [after for before, after in pairwise(segments) if before == "sessions" and after]
    if not named:
        raise UsageError(
            "this address does not name a session",
            hint="An address of the dashboard looks like …/sessions/<id>.",
        )
    return named[-1]


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).netloc.rpartition("@")[2] or None
    except ValueError:
        return None


def _age(session: Session) -> datetime:
    return session.started_at or session.timeline.created or _LONG_AGO
