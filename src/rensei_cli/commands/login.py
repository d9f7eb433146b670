"""Logging in: what is asked of the person and of the server."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rensei_cli import contextfile, credentials, platforms
from rensei_cli.context import Context, Contexts, stored_contexts
from rensei_cli.credentials import VARIABLES, Credential
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.runtime import Runtime
from rensei_cli.settings import DEFAULT_URL, Settings, settle

if TYPE_CHECKING:
    from rensei_cli.render.marks import Look


def log_in(runtime: Runtime, name: str | None) -> None:
    """Check a key and store it; tell what was stored.

    Raises:
        UsageError: There is no key, or it is of another kind.
        AuthError: The server does not accept it. Nothing is stored then.
    """
    contexts = stored_contexts(runtime.environ)
    # What is stored for this server now is not what is being checked.
    runtime.settings = _with_key(runtime, _settings(runtime, name, contexts))
    from rensei_cli.account.document import login_document
    from rensei_cli.account.identify import identify
    from rensei_cli.account.login import stored_login
    from rensei_cli.render.auth import login_page

    try:
        identity = identify(runtime.client)
    except RenseiError as error:
        raise _not_stored(error) from None
    login = stored_login(runtime.settings, identity, name, contexts, runtime.environ)
    for note in (*contexts.notices, *login.notes):
        runtime.output.notice(f"rensei: {note}")
    look = runtime.look()
    runtime.output.emit(lambda: login_document(login), lambda _: login_page(login, look=look))


def _not_stored(error: RenseiError) -> RenseiError:
    """Give why a key could not be checked, and that it is not kept."""
    refused = error.http_status == 401  # noqa: PLR2004
    return replace(
        error,
        hint=f"{(error.hint or '').rstrip('.') or 'That is all it said'}. Nothing was stored.",
        remedy="rensei auth login --url URL, if the key is of another server"
        if refused
        else error.remedy,
    )


def _settings(runtime: Runtime, name: str | None, contexts: Contexts) -> Settings:
    """Give the settings of a login: those of the context it renews, but for its key."""
    if name is not None:
        base = contexts.known.get(contextfile.checked_name(name), Context())
    else:
        base = contexts.chosen(runtime.options.auth or runtime.environ.get("RENSEI_AUTH"))
    # Organisation and project are the server's to tell, unless they are named now.
    # One for embedded platforms has neither key nor address: a login begins anew.
    base = (
        Context()
        if base.embedded
        else Context(name=base.name, url=base.url, official=base.official)
    )
    environ = {key: value for key, value in runtime.environ.items() if key not in VARIABLES}
    return settle(runtime.options, environ, runtime.stdin, base)


def _with_key(runtime: Runtime, settings: Settings) -> Settings:
    """Give the settings with the key that is to be stored, piped, typed or the platform's own."""
    if runtime.options.token_stdin:
        settings = _opened_by(settings, settings.credential, runtime)
    elif settings.url_source == platforms.DISCOVERED and _asks(runtime, settings):
        typed = _typed(
            runtime,
            _question(DEFAULT_URL, f"for the embedded platform at {settings.url}"),
            optional=True,
        )
        if typed:
            hosted = settings._replace(
                url=DEFAULT_URL, url_source="default", embedded=False, credential=typed
            )
            settings = _opened_by(hosted, typed, runtime)
    elif settings.embedded and settings.credential:
        return settings
    elif _asks(runtime, settings):
        # The hosted platform always wants one; donmai's server may ask for none.
        own = settings.url != DEFAULT_URL
        question = _question(settings.url, "if it asks for none" if own else None)
        typed = _typed(runtime, question, optional=own)
        settings = _opened_by(settings._replace(credential=typed), typed, runtime)
    else:
        raise UsageError(
            "there is no key to log in with",
            hint="Without a terminal nobody can type one.",
            remedy="rensei auth login --token-stdin < FILE",
        )
    if settings.credential and not settings.embedded:
        credentials.check_kind(settings.credential.secret)
    return settings


def _opened_by(settings: Settings, key: Credential | None, runtime: Runtime) -> Settings:
    """Give the settings for the platform of this machine that a key belongs to, if no URL says."""
    if key is None or settings.url_source in {"--url", "RENSEI_API_URL"}:
        return settings
    for platform in platforms.running_platforms(runtime.environ):
        own = credentials.from_key_file(platform.key_file)
        if own and own.secret == key.secret:
            return settings._replace(
                url=platform.url, url_source=platforms.DISCOVERED, embedded=True
            )
    return settings


def _asks(runtime: Runtime, settings: Settings) -> bool:
    return settings.interactive and runtime.stdin.isatty()


def _question(url: str, instead: str | None = None) -> str:
    """Give the question for a key, and what no key at all stands for."""
    return f"Key for {url}{f', or Enter {instead}' if instead else ''}: "


def _typed(runtime: Runtime, question: str, *, optional: bool = False) -> Credential | None:
    """Give the key that is typed without being shown; a signal leaves the terminal as it was."""
    import getpass

    from rensei_cli.commands.signals import signals_as_words

    def leave(code: int, _why: str) -> None:
        raise SystemExit(code)

    with signals_as_words(leave):
        try:
            # Where the notices do not go to the terminal, the question does all the same.
            seen = runtime.stderr if runtime.stderr.isatty() else None
            typed = getpass.getpass(question, stream=seen)
        except EOFError:
            raise UsageError("no key was typed", remedy="rensei auth login") from None
        except SystemExit:
            runtime.stderr.write("\n")
            raise
    if optional and not typed.strip():
        return None
    return Credential(credentials.checked_secret(typed, "the terminal"), "the terminal")


def plain_look(runtime: Runtime) -> "Look":
    """Give how views are drawn for a caller whose credential is not looked at."""
    from rensei_cli.render.marks import Look

    return Look(a11y=runtime.words)
