"""Where to go and as whom: what was decided, and what of it cannot be used."""

import io
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from rensei_cli import credentials
from rensei_cli.context import Context, Contexts, stored_contexts
from rensei_cli.credentials import VARIABLES, Credential
from rensei_cli.doctor.check import Check, failure, ok, skipped, warning
from rensei_cli.doctor.remedies import Command, Remedy
from rensei_cli.errors import RenseiError, UnreachableError, UsageError
from rensei_cli.options import GlobalOptions
from rensei_cli.settings import DEFAULT_URL, Settings, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Settings to ask a server with, if there are any, and what was found on the way.

    `credential` is `None` where a key is not needed everywhere, and only the server can tell.
    """

    settings: Settings | None
    context: Check
    address: Check
    credential: Check | None


def caller(
    options: GlobalOptions, environ: Mapping[str, str], stdin: TextIO, now: datetime
) -> Caller:
    """Give the settings of this call, a part that cannot be used left out and told."""
    chosen, context = _chosen(options.auth or environ.get("RENSEI_AUTH"), environ)
    given = _given(options, environ, stdin)
    if isinstance(given, Check):
        # The rest can still be looked at, as nobody.
        options = options._replace(token_stdin=False)
        environ = {name: value for name, value in environ.items() if name not in VARIABLES}
    elif given is not None:
        stdin = io.StringIO(given.secret)
    try:
        settings = settle(options, environ, stdin, chosen)
    except RenseiError as error:
        address = _no_address(error, chosen)
        key = (
            given if isinstance(given, Check) else skipped("credential", "the server is not known")
        )
        return Caller(settings=None, context=context, address=address, credential=key)
    credential = given if isinstance(given, Check) else credential_check(settings, now)
    return Caller(
        settings=settings._replace(credential=None) if _useless(credential) else settings,
        context=_unlike(settings, context),
        address=_address_check(settings),
        credential=credential,
    )


def _no_address(error: RenseiError, chosen: Context) -> Check:
    """Give why the server is not known, and what names one."""
    if isinstance(error, UnreachableError):
        told = f"{error.message}, which {chosen.title} is for"
        return failure("server", told, Remedy.start_platform.command())
    # What the error advises is a command with the address that may have been meant.
    meant = shlex.split((error.remedy or "").partition(" --url ")[2]) or [DEFAULT_URL]
    return failure("server", error.message, Remedy.again_at.command(url=meant[0]))


def _useless(credential: Check | None) -> bool:
    return credential is not None and credential.failed


def _address_check(settings: Settings) -> Check:
    return ok(
        "server",
        f"{settings.url}, from {_source(settings)}",
        url=settings.url,
        source=settings.url_source,
        embedded=settings.embedded,
        org=settings.org,
        project=settings.project,
    )


def _source(settings: Settings) -> str:
    return "the default" if settings.url_source == "default" else settings.url_source


def _chosen(named: str | None, environ: Mapping[str, str]) -> tuple[Context, Check]:
    """Give the context of this call; none where it cannot be had."""
    try:
        contexts = stored_contexts(environ)
    except RenseiError:
        return Context(), skipped("context", "the stored contexts cannot be read")
    try:
        chosen = contexts.chosen(named)
    except UsageError as error:
        remedy = (Remedy.contexts if contexts.known else Remedy.log_in).command()
        return Context(), failure("context", error.message, remedy)
    return chosen, _context_check(chosen, contexts)


def _context_check(chosen: Context, contexts: Contexts) -> Check:
    if chosen.name:
        origin = " of the official client" if chosen.official else ""
        scope = "/".join(part for part in (chosen.org, chosen.project) if part)
        told = f"{chosen.name}{origin}" + (f": {scope}" if scope else "")
        return ok("context", told, name=chosen.name, official=chosen.official)
    if any("is gone" in notice for notice in contexts.notices):
        names = sorted(contexts.known)
        remedy = Remedy.choose.command(name=names[0]) if names else Remedy.log_in.command()
        return warning("context", "the active context is gone", remedy)
    if contexts.known:
        return ok("context", f"none is active of {len(contexts.known)}", name=None)
    return ok("context", "none: options, environment and defaults decide", name=None)


def _unlike(settings: Settings, context: Check) -> Check:
    """Give the warning for a context that is for another server."""
    if settings.context_applies:
        return context
    told = f"{settings.context.title} is for {settings.context.server}: nothing of it is used here"
    return warning("context", told, Remedy.contexts.command(), name=settings.context.name)


def _given(
    options: GlobalOptions, environ: Mapping[str, str], stdin: TextIO
) -> Credential | Check | None:
    """Give the key of standard input or of the environment, or why it can be none."""
    try:
        if options.token_stdin:
            return credentials.from_stdin(stdin)
        return credentials.from_environ(environ)
    except UsageError as error:
        variable = next((name for name in VARIABLES if environ.get(name)), None)
        if options.token_stdin or variable is None:
            return failure("credential", error.message, Remedy.pipe_key.command())
        return failure("credential", error.message, Remedy.unset.command(variable=variable))


def credential_check(settings: Settings, now: datetime) -> Check | None:
    """Give what is to be said of the key before a server sees it."""
    if settings.credential is None:
        return _no_key() if settings.url == DEFAULT_URL else None
    try:
        secret = settings.credential.secret
        credentials.check_kind(secret)
    except RenseiError as error:
        return failure("credential", error.message, new_key(settings))
    kind, ends_at = credentials.kind_of(secret), credentials.ends_at(secret)
    shown = f"{kind} {settings.credential.ending}, from {settings.credential.source}"
    details = {
        "source": settings.credential.source,
        "kind": kind,
        "ending": settings.credential.ending,
        "endsAt": ends_at.isoformat() if ends_at else None,
    }
    if ends_at and ends_at <= now:
        told = f"{shown}: it ended at {ends_at:%Y-%m-%d %H:%M}Z"
        return failure("credential", told, new_key(settings), **details)
    if kind == "key" and settings.url == DEFAULT_URL:
        told = f"{shown}: it has not the form of the hosted platform's keys, rsk_live_…"
        return warning("credential", told, new_key(settings), **details)
    until = f", until {ends_at:%Y-%m-%d %H:%M}Z" if ends_at else ""
    return ok("credential", f"{shown}{until}", **details)


def _no_key() -> Check:
    told = "there is none, and the hosted platform needs one; rensei demo needs none"
    return failure("credential", told, Remedy.log_in.command())


def new_key(settings: Settings) -> Command:
    """Give the command that puts another key in place of this one."""
    source = settings.credential.source if settings.credential else ""
    if source in VARIABLES:
        return Remedy.unset.command(variable=source)
    if settings.context.name and settings.context_applies:
        return Remedy.log_in_as.command(name=settings.context.name)
    if settings.url == DEFAULT_URL:
        return Remedy.log_in.command()
    return Remedy.log_in_at.command(url=settings.url)


def missing_key_check(settings: Settings, *, readable: bool | None) -> Check:
    """Give what it means to have no key at a server that may want one or not."""
    if readable:
        return ok("credential", "there is none, and this server asks for none", source=None)
    remedy = Remedy.log_in_at.command(url=settings.url)
    if readable is None:
        told = "there is none; whether this server wants one is not known"
        return warning("credential", told, remedy, source=None)
    return failure("credential", "there is none, and this server wants one", remedy, source=None)
