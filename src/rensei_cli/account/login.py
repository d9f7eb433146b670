"""Logging in: which context a key makes, and how it is stored."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from rensei_cli import contextfile, paths, private, vault
from rensei_cli.address import same_place
from rensei_cli.api.identity import Identity
from rensei_cli.context import Context, Contexts
from rensei_cli.credentials import VARIABLES, ends_at, kind_of
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.settings import Settings
from rensei_cli.vault import Place

_NO_LETTERS = re.compile(r"[^A-Za-z0-9._@]+")
_NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a login has stored, and what is to be told of it."""

    context: Context
    identity: Identity | None
    replaced: bool
    notes: tuple[str, ...] = ()


def stored_login(
    settings: Settings,
    identity: Identity | None,
    name: str | None,
    contexts: Contexts,
    environ: Mapping[str, str],
) -> Login:
    """Store the key that was checked; give what is stored now, and what is to be told of it.

    Raises:
        UsageError: The server does not list the organisation or project that was named.
        RenseiError: It cannot be written.
    """
    if unlike := next(_unlike(settings, identity), None):
        raise UsageError(
            unlike,
            hint="Nothing was stored.",
            remedy="the same command without it: then it is what the server tells",
        )
    new = _context_of(settings, identity, name, contexts)
    secret = None if settings.embedded or not settings.credential else settings.credential.secret
    context, why = _store(new, secret, contexts, environ)
    login = Login(context=context, identity=identity, replaced=context.name in contexts.known)
    return replace(login, notes=tuple(_notes(settings, login, why=why, environ=environ)))


def _context_of(
    settings: Settings, identity: Identity | None, name: str | None, contexts: Contexts
) -> Context:
    """Give the context that a checked key makes: what was named, else what the server tells."""
    org, projects = identity and identity.org, identity.projects if identity else ()
    # An embedded platform tells the projects it has had sessions of: others are to come.
    only = projects[0].handle if len(projects) == 1 and not settings.embedded else None
    context = Context(
        url=None if settings.embedded else settings.url,
        org=settings.org or (org.handle if org else None),
        project=settings.project or only,
        kind=_kind(settings, identity),
    )
    return context._replace(name=name or _free_name(context, settings, contexts))


def _kind(settings: Settings, identity: Identity | None) -> str:
    if settings.embedded:
        return "embedded"
    if identity and identity.kind:
        return identity.kind.replace("_", " ")
    found = kind_of(settings.credential.secret) if settings.credential else "key"
    return "donmai" if identity is None and found == "key" else found


def _free_name(context: Context, settings: Settings, contexts: Contexts) -> str:
    """Give the name of the context that this one renews, or else one that is not taken."""
    for name in _names(context, settings):
        known = contexts.known.get(name)
        if known is None or (not known.official and _same(known, context)):
            return name
    raise AssertionError  # pragma: no cover - the names never end


def _names(context: Context, settings: Settings) -> Iterator[str]:
    if settings.context.name and not settings.context.official:
        yield settings.context.name
    host = _name(urlsplit(settings.url).netloc) or "server"
    first = "embedded" if settings.embedded else _name(context.org or "") or host
    yield first
    yield f"{first}@{host}"
    number = 2
    while True:
        yield f"{first}-{number}"
        number += 1


def _name(text: str) -> str:
    return _NO_LETTERS.sub("-", text).strip("-._@")[:_NAME_CHARACTERS]


def _same(known: Context, new: Context) -> bool:
    """Tell whether a context is of the same server and organisation: then a login renews it."""
    return same_place(known.url or "", new.url or "") and known.org in {None, new.org}


def _store(
    context: Context, secret: str | None, contexts: Contexts, environ: Mapping[str, str]
) -> tuple[Context, str | None]:
    """Keep a context and its secret; give it as it is kept, and why not in the keyring."""
    name = context.name or ""
    before = contexts.known.get(name)
    with private.alone_in(paths.contexts_dir(environ)):
        contextfile.read(environ)  # what cannot be understood is not written over
        kept = vault.keep(name, secret, environ) if secret else vault.Kept(Place.none)
        if before and kept.place is Place.none:
            vault.discard(name, before.place, environ)
        stored = context._replace(place=kept.place)
        try:
            contextfile.save(stored, environ)
        except RenseiError:
            if before is None:
                vault.discard(name, kept.place, environ)
            raise
    return stored, kept.why


def _notes(
    settings: Settings, login: Login, *, why: str | None, environ: Mapping[str, str]
) -> Iterator[str]:
    """Give what somebody who has just logged in should know."""
    if why:
        yield f"{why}: the key is in {vault.secrets_file(environ)}, which only you can read"
    if settings.credential is None:
        yield "this server answers without a key: none is stored"
    elif login.identity is None:
        yield "this server has no route that tells whose key it is: it could not be checked"
    if settings.url.lower().startswith("http://") and not settings.loopback:
        yield "the key travels without encryption: use https:// where the server has it"
    if (ending := _ending(settings)) is not None:
        yield f"this user token ends at {ending:%Y-%m-%d %H:%M}Z; log in again then"
    yield from overriding(environ, login.context.name or "")


def _ending(settings: Settings) -> datetime | None:
    return ends_at(settings.credential.secret) if settings.credential else None


def _unlike(settings: Settings, identity: Identity | None) -> Iterator[str]:
    """Tell where the server lists another scope than the one that was named.

    An embedded platform lists the projects that it has had sessions of, and others are to come.
    """
    if identity is None or settings.embedded:
        return
    org, projects = identity.org, identity.projects
    orgs = {org.id, org.slug, org.name} - {None} if org else set()
    if settings.org and orgs and settings.org not in orgs:
        yield (
            f"this key is not of organisation {settings.org}, but of {org.handle if org else '–'}"
        )
    handles = [project.handle or "–" for project in projects]
    named = {name for found in projects for name in (found.id, found.slug, found.name)}
    if settings.project and handles and settings.project not in named:
        yield f"the server lists no project {settings.project}, but {', '.join(handles)}"


def overriding(environ: Mapping[str, str], name: str) -> Iterator[str]:
    """Tell which variables win over what is stored."""
    for variable in VARIABLES:
        if environ.get(variable):
            yield f"{variable} is still set and wins over every stored key: unset {variable}"
    if environ.get("RENSEI_AUTH") not in {None, "", name}:
        yield "RENSEI_AUTH is still set and names another context: unset RENSEI_AUTH"
