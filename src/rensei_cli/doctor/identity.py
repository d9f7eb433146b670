"""Who the server thinks its caller is, and what it lets that caller see."""

from rensei_cli.api import calls
from rensei_cli.api.identity import Identity
from rensei_cli.api.models import SessionList
from rensei_cli.doctor.caller import new_key
from rensei_cli.doctor.check import Check, failure, ok, skipped, untold, warning
from rensei_cli.doctor.probe import Heard
from rensei_cli.doctor.remedies import Remedy
from rensei_cli.errors import AuthError, RenseiError, RouteMissingError, UnreachableError
from rensei_cli.settings import Settings

_MOST = 4
SILENT = UnreachableError("the server did not answer in time", slow=True)


def identity_check(settings: Settings, heard: Heard) -> Check:
    """Give whose credential it is, in the server's words."""
    if settings.credential is None:
        return skipped("identity", "there is no usable key")
    match _identity(heard):
        case Identity() as found:
            return _known(found)
        case RouteMissingError():
            return untold("identity", "cannot be told: this server has no route for it")
        case AuthError() as error:
            return failure("identity", error.message, new_key(settings))
        case RenseiError() as error:
            return warning("identity", error.message, Remedy.standing.command())


def _identity(heard: Heard) -> Identity | RenseiError:
    if heard.answer is None or heard.error is not None:
        return heard.error or SILENT
    try:
        return calls.whoami().parse(heard.answer)
    except RenseiError as error:
        return error


def _known(found: Identity) -> Check:
    org, scopes = found.org, list(found.scopes)
    projects = [project.handle or "" for project in found.projects]
    name = (org.name or org.handle if org else None) or "nobody it names"
    parts = (name, _several("project", projects), _several("scope", scopes))
    told = ", ".join(filter(None, parts))
    handle = org.handle if org else None
    return ok("identity", told, org=handle, projects=projects, scopes=scopes)


def _several(kind: str, words: list[str]) -> str:
    if not words:
        return ""
    more = f" and {len(words) - _MOST} more" if len(words) > _MOST else ""
    return f"{kind}{'s' if len(words) > 1 else ''} {', '.join(words[:_MOST])}{more}"


def listed(heard: Heard) -> SessionList | RenseiError:
    """Give the sessions that were listed, or why none were."""
    if heard.answer is None or heard.error is not None:
        return heard.error or SILENT
    try:
        return calls.sessions().parse(heard.answer)
    except RenseiError as error:
        return error


def list_check(settings: Settings, found: SessionList | RenseiError) -> Check:
    """Give whether sessions can be listed."""
    match found:
        case SessionList():
            number = len(found.sessions)
            told = {0: "no session is", 1: "one session is"}.get(number, f"{number} sessions are")
            scope = "/".join(part for part in (settings.org, settings.project) if part)
            told += " visible" + (f" in {scope}" if scope else "")
            return ok("list", told, sessions=number)
        case AuthError() if settings.credential is None:
            return skipped("list", "there is no usable key")
        case AuthError():
            return failure("list", found.message, new_key(settings))
        case RenseiError():
            return failure("list", found.message, Remedy.trace.command())
