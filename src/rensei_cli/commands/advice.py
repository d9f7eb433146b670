"""What else could be done about an error, as this machine shows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from rensei_cli.address import same_place
from rensei_cli.again import repeated
from rensei_cli.context import stored_contexts
from rensei_cli.credentials import VARIABLES, Credential, ends_at, foreign_kind
from rensei_cli.errors import AuthError, RenseiError
from rensei_cli.platforms import running_platforms
from rensei_cli.runtime import Runtime
from rensei_cli.settings import DEFAULT_URL, Settings
from rensei_cli.vault import Place

_NOT_ACCEPTED = 401


def advised(error: RenseiError, runtime: Runtime) -> RenseiError:
    """Give an error with what this machine knows of its cause, and with commands to copy.

    Whoever configures anything is not led to an embedded platform, but may have expected it.
    """
    error = explained(error, runtime)
    settings = vars(runtime).get("settings")
    if not isinstance(error, AuthError) or settings is None or settings.url_source != "default":
        return error
    running = running_platforms(runtime.environ)
    if not running:
        return error
    told = f"An embedded platform runs on this machine: --url {running[0].url} asks it."
    return replace(error, hint=f"{error.hint}\n{told}" if error.hint else told)


def explained(error: RenseiError, runtime: Runtime) -> RenseiError:
    """Give an error with what is known of the key, and with commands for the same server."""
    settings = vars(runtime).get("settings")
    if settings is not None and error.http_status == _NOT_ACCEPTED and isinstance(error, AuthError):
        if settings.credential is None:
            error = _nobody(error, settings, runtime)
        else:
            error = _refused(error, settings, settings.credential, runtime)
    return replace(error, remedy=repeated(error.remedy, runtime.options)) if error.remedy else error


def _refused(
    error: AuthError, settings: Settings, credential: Credential, runtime: Runtime
) -> AuthError:
    """Give the error for a key that a server does not accept: which it is, and what replaces it."""
    source, remedy = credential.source, error.remedy
    if source in VARIABLES:
        remedy = f"unset {source}"
    elif settings.context.place is not Place.none and settings.context.title in source:
        remedy = f"rensei auth login --name {settings.context.name}"
    told = [*_told_of(credential, runtime), error.hint]
    return replace(error, hint="\n".join(filter(None, told)), remedy=remedy)


def _told_of(credential: Credential, runtime: Runtime) -> Iterator[str]:
    if credential.source in VARIABLES:
        yield f"The key is that of {credential.source}, which wins over every stored one."
    if kind := foreign_kind(credential.secret):
        yield f"It is {kind}, which opens no sessions to an operator."
    ended = ends_at(credential.secret)
    if ended and ended <= runtime.now():
        yield f"It is a user's token that has expired: it ended at {ended:%Y-%m-%d %H:%M}Z."


def _nobody(error: AuthError, settings: Settings, runtime: Runtime) -> AuthError:
    """Give the error for somebody without a key, with the context that has one for this server."""
    with suppress(RenseiError):
        for name, context in stored_contexts(runtime.environ).known.items():
            home = (context.url or DEFAULT_URL).rstrip("/")
            if context.place is not Place.none and same_place(home, settings.url):
                told = f"No key was sent. Context {name} has one for this server."
                return replace(error, hint=told, remedy=f"the same command with --auth {name}")
    return error
