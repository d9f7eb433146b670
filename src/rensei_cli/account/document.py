"""Logins and contexts as the JSON documents that `schema` describes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rensei_cli.account.login import Login
from rensei_cli.account.standing import Standing
from rensei_cli.api.identity import Identity, Organisation
from rensei_cli.context import Context, Contexts

if TYPE_CHECKING:  # the types load pydantic, and a document is plain JSON
    from rensei_cli.account import schema


def status_document(standing: Standing) -> "schema.StatusDocument":
    """Give how a caller stands as JSON."""
    settings, error = standing.settings, standing.error
    return {
        "schema": "rensei.auth-status/1",
        "state": standing.state.value,
        "server": {"value": settings.url, "source": settings.url_source},
        "context": settings.context.name if settings.context_applies else None,
        "org": _choice(settings.org, settings.org_source),
        "project": _choice(settings.project, settings.project_source),
        "credential": _credential(standing),
        "identity": identity_document(standing.identity),
        "notes": list(standing.notes),
        "error": error.document()["error"] if error else None,
    }


def _choice(value: str | None, source: str | None) -> "schema.ChoiceDocument | None":
    return {"value": value, "source": source} if value and source else None


def _credential(standing: Standing) -> "schema.CredentialDocument | None":
    if standing.settings.credential is None:
        return None
    return {
        "source": standing.settings.credential.source,
        "kind": standing.kind,
        "ending": standing.ending,
        "endsAt": _iso(standing.ends_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" if moment else None


def identity_document(identity: Identity | None) -> "schema.IdentityDocument | None":
    """Give whose credential it is as JSON."""
    if identity is None:
        return None
    return {
        "org": _organisation(identity.org),
        "projects": [{"id": p.id, "name": p.name, "slug": p.slug} for p in identity.projects],
        "scopes": list(identity.scopes),
    }


def _organisation(org: Organisation | None) -> "schema.OrganisationDocument | None":
    if org is None:
        return None
    return {"id": org.id, "name": org.name, "slug": org.slug, "plan": org.plan}


def context_document(context: Context, *, active: bool) -> "schema.ContextDocument":
    """Give a stored context as JSON."""
    return {
        "name": context.name or "",
        "active": active,
        "url": context.url,
        "org": context.org,
        "project": context.project,
        "kind": context.kind,
        "secret": context.place.value,
        "origin": "official" if context.official else "rensei",
    }


def contexts_document(contexts: Contexts) -> "schema.ContextsDocument":
    """Give every stored context as JSON."""
    return {
        "schema": "rensei.auth-list/1",
        "active": contexts.active,
        "contexts": [
            context_document(context, active=name == contexts.active)
            for name, context in contexts.known.items()
        ],
        "hidden": sorted(contexts.hidden),
    }


def login_document(login: Login) -> "schema.LoginDocument":
    """Give a login as JSON."""
    return {
        "schema": "rensei.auth-login/1",
        "context": context_document(login.context, active=True),
        "replaced": login.replaced,
        "checked": login.identity is not None,
        "identity": identity_document(login.identity),
        "notes": list(login.notes),
    }


def use_document(
    context: Context, previous: str | None, notes: Sequence[str]
) -> "schema.UseDocument":
    """Give the choice of a context as JSON."""
    return {
        "schema": "rensei.auth-use/1",
        "context": context_document(context, active=True),
        "previous": previous,
        "notes": list(notes),
    }


def logout_document(
    removed: str | None, *, secret_removed: bool, active: str | None, notes: Sequence[str]
) -> "schema.LogoutDocument":
    """Give a logout as JSON."""
    return {
        "schema": "rensei.auth-logout/1",
        "removed": removed,
        "secretRemoved": secret_removed,
        "active": active,
        "notes": list(notes),
    }
