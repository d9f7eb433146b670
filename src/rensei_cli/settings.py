"""Where to go and as whom: option, then environment, then stored context, then default."""

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple, TextIO

from rensei_cli import credentials, platforms, vault
from rensei_cli.address import checked_url, is_loopback, same_place
from rensei_cli.context import Context, stored_contexts
from rensei_cli.credentials import Credential
from rensei_cli.errors import UsageError
from rensei_cli.options import Color, GlobalOptions
from rensei_cli.vault import Place

DEFAULT_URL = "https://app.rensei.ai"


class Settings(NamedTuple):
    """What a command needs to know about its server and its caller.

    `context` is the stored one that was chosen; nothing of one for another server is used.
    """

    url: str
    url_source: str
    embedded: bool = False
    credential: Credential | None = None
    org: str | None = None
    org_source: str | None = None
    project: str | None = None
    project_source: str | None = None
    context: Context = Context()
    context_applies: bool = True
    json: bool = False
    interactive: bool = True
    verbose: bool = False
    debug: bool = False
    color: Color = Color.auto
    a11y: bool = False
    notices: tuple[str, ...] = field(default=())

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine, where no proxy can help."""
        return is_loopback(self.url)


def resolve(options: GlobalOptions, environ: Mapping[str, str], stdin: TextIO) -> Settings:
    """Give the settings of one call; the only reader of the environment and of the context."""
    named = options.auth or environ.get("RENSEI_AUTH")
    contexts = stored_contexts(environ)
    chosen = contexts.chosen(named)
    settings = settle(options, environ, stdin, chosen, notices=contexts.notices)
    if named and not settings.context_applies:
        told = f"{chosen.title} is for {chosen.server}: nothing of it is used at {settings.url}"
        return settings._replace(notices=(*settings.notices, told))
    return settings


def settle(
    options: GlobalOptions,
    environ: Mapping[str, str],
    stdin: TextIO,
    chosen: Context,
    *,
    notices: tuple[str, ...] = (),
) -> Settings:
    """Give the settings of one call in a given context."""
    given = _credential(options, environ, stdin)
    url, source = _url(options, environ, chosen)
    applies = _applies(chosen, url, source, environ)
    context = chosen if applies else Context()
    org, org_source = _slug("org", options.org, environ, context.org, context.title)
    project, project_source = _slug(
        "project", options.project, environ, context.project, context.title
    )
    nothing = source == "default" and not (context.name or given or org or project)
    if nothing and (found := platforms.discovered(environ)):
        url, source, notices = found.url, platforms.DISCOVERED, (*notices, found.told)
    platform = platforms.platform_at(url, environ)
    credential = given or _stored_credential(context, environ)
    if platform and credential is None:
        credential = credentials.from_key_file(platform.key_file)
    return Settings(
        url=url,
        url_source=source,
        embedded=platform is not None,
        credential=credential,
        org=org,
        org_source=org_source,
        project=project,
        project_source=project_source,
        context=chosen,
        context_applies=applies,
        json=wants_json(options, environ),
        interactive=not (options.no_interactive or _any(environ, "RENSEI_NO_INTERACTIVE", "CI")),
        verbose=options.verbose or wants_debug(options, environ),
        debug=wants_debug(options, environ),
        color=wanted_color(options, environ),
        a11y=wants_a11y(options, environ),
        notices=notices,
    )


def wants_json(options: GlobalOptions, environ: Mapping[str, str]) -> bool:
    """Tell whether results and errors leave as JSON."""
    return options.json or _any(environ, "RENSEI_JSON")


def wants_debug(options: GlobalOptions, environ: Mapping[str, str]) -> bool:
    """Tell whether what is sent is traced."""
    return options.debug or _any(environ, "RENSEI_DEBUG")


def wants_a11y(options: GlobalOptions, environ: Mapping[str, str]) -> bool:
    """Tell whether words are wanted instead of symbols."""
    return options.a11y or _any(environ, "RENSEI_A11Y")


def wanted_color(options: GlobalOptions, environ: Mapping[str, str]) -> Color:
    """Give what was asked for; NO_COLOR, being a request for less, wins in the environment."""
    if options.color:
        return options.color
    if environ.get("NO_COLOR"):
        return Color.never
    forced = _any(environ, "FORCE_COLOR", "CLICOLOR_FORCE")
    return Color.always if forced else Color.auto


def _credential(
    options: GlobalOptions, environ: Mapping[str, str], stdin: TextIO
) -> Credential | None:
    if options.token_stdin:
        return credentials.from_stdin(stdin)
    return credentials.from_environ(environ)


def _url(options: GlobalOptions, environ: Mapping[str, str], context: Context) -> tuple[str, str]:
    """Give the checked address of the server, and who named it."""
    found, source = DEFAULT_URL, "default"
    if options.url is not None:
        found, source = options.url, "--url"
    elif environ.get("RENSEI_API_URL"):
        found, source = environ["RENSEI_API_URL"], "RENSEI_API_URL"
    elif context.embedded:
        found, source = platforms.newest(context.title, environ).url, context.title
    elif context.url:
        found, source = context.url, context.title
    return checked_url(found, source), source


def _applies(context: Context, url: str, source: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a context is for this server: neither its key nor its scope goes elsewhere."""
    if source == context.title:
        return True
    if context.embedded:
        return platforms.platform_at(url, environ) is not None
    home = context.url or (DEFAULT_URL if context.place is not Place.none else None)
    try:
        return home is None or same_place(checked_url(home), url)
    except UsageError:
        return False


def _stored_credential(context: Context, environ: Mapping[str, str]) -> Credential | None:
    """Give the key that is kept for a context; it is fetched when it is needed."""
    name, place = context.name, context.place
    if name is None or place is Place.none:
        return None
    where = "the keyring" if place is Place.keyring else str(vault.secrets_file(environ))
    return Credential(lambda: vault.fetch(name, place, environ), f"{where}, {context.title}")


def _slug(
    name: str, typed: str | None, environ: Mapping[str, str], stored: str | None, context: str
) -> tuple[str | None, str | None]:
    """Give an organisation or a project, which has to stand in a header, and who named it."""
    variable = f"RENSEI_{name.upper()}"
    found = ((typed, f"--{name}"), (environ.get(variable), variable), (stored, context))
    value, source = next(((given.strip(), by) for given, by in found if given), ("", None))
    if not all(" " <= character <= "~" for character in value):
        raise UsageError(f"--{name} takes a slug or an id of printable ASCII")
    return (value, source) if value else (None, None)


def _any(environ: Mapping[str, str], *names: str) -> bool:
    """Tell whether one of the switches is on."""
    off = {"", "0", "false", "no", "off"}
    return any(environ.get(name, "").strip().lower() not in off for name in names)
