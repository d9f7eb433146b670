"""Where to go and as whom: option, then environment, then stored context, then default."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from rensei_cli import credentials, paths
from rensei_cli.credentials import Credential
from rensei_cli.errors import UsageError
from rensei_cli.options import Color, GlobalOptions

DEFAULT_URL = "https://app.rensei.ai"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a command needs to know about its server and its caller."""

    url: str
    url_source: str
    embedded: bool = False
    credential: Credential | None = None
    org: str | None = None
    project: str | None = None
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
        return urlsplit(self.url).hostname in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded platform of this user that is running now."""

    url: str
    key_file: Path


def resolve(options: GlobalOptions, environ: Mapping[str, str], stdin: TextIO) -> Settings:
    """Give the settings of one call; the only reader of the environment and of the context."""
    context, notices = _context(options.auth or environ.get("RENSEI_AUTH"), environ)
    credential = (
        credentials.from_stdin(stdin) if options.token_stdin else credentials.from_environ(environ)
    )
    org = options.org or environ.get("RENSEI_ORG") or context.get("org")
    project = options.project or environ.get("RENSEI_PROJECT") or context.get("project")
    url, source = _url(options, environ, context)
    unconfigured = source == "default" and not (credential or org or project or context)
    if unconfigured and (running := running_platform(environ)):
        url, source = running.url, "the running embedded platform"
        notices.append(f"using the embedded platform at {url}")
    platform = _platform_at(url, environ)
    if platform and credential is None:
        credential = credentials.from_key_file(platform.key_file)
    return Settings(
        url=checked_url(url),
        url_source=source,
        embedded=platform is not None,
        credential=credential,
        org=_header("--org", org),
        project=_header("--project", project),
        json=options.json or _on(environ, "RENSEI_JSON"),
        interactive=not (
            options.no_interactive or _on(environ, "RENSEI_NO_INTERACTIVE") or _on(environ, "CI")
        ),
        verbose=options.verbose or options.debug or _on(environ, "RENSEI_DEBUG"),
        debug=options.debug or _on(environ, "RENSEI_DEBUG"),
        color=options.color or _color(environ),
        a11y=options.a11y or _on(environ, "RENSEI_A11Y"),
        notices=tuple(notices),
    )


def checked_url(url: str) -> str:
    """Give the base URL without a trailing slash; one that cannot be a base is a usage error."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good, parts = None, None
    if not good or parts is None or any(not "!" <= character <= "~" for character in url):
        raise UsageError(
            "the server's URL is not an address of the form https://host[:port][/prefix]",
            remedy="rensei --url https://app.rensei.ai session list",
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            "the server's URL must not carry a user name, a query or a fragment",
            hint="The credential belongs into RENSEI_AUTH_TOKEN or --token-stdin.",
        )
    return url.rstrip("/")


def running_platform(environ: Mapping[str, str]) -> Embedded | None:
    """Give the newest embedded platform of this user that is running, if there is one."""
    return next(iter(_running_platforms(environ)), None)


def _running_platforms(environ: Mapping[str, str]) -> list[Embedded]:
    folder = paths.platforms_dir(environ)
    try:
        files = sorted(folder.glob("*.json"), key=lambda file: -file.stat().st_mtime_ns)
    except OSError:
        return []
    return [platform for file in files if (platform := _live(file))]


def _live(file: Path) -> Embedded | None:
    """Give the platform a file tells of while its owner holds the lock: a pid can be reused."""
    import fcntl

    try:
        with file.open() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                facts = json.load(handle)
                return Embedded(checked_url(str(facts["url"])), Path(str(facts["credentials"])))
    except (OSError, ValueError, KeyError, TypeError, UsageError):
        pass
    return None


def _platform_at(url: str, environ: Mapping[str, str]) -> Embedded | None:
    """Give the embedded platform of this user that runs at a URL, so that its key is known."""
    if not any(name in url for name in _LOOPBACK):
        return None
    running = _running_platforms(environ)
    return next((platform for platform in running if platform.url == url.rstrip("/")), None)


def _url(
    options: GlobalOptions, environ: Mapping[str, str], context: Mapping[str, str]
) -> tuple[str, str]:
    if options.url is not None:
        return options.url, "--url"
    if environ.get("RENSEI_API_URL"):
        return environ["RENSEI_API_URL"], "RENSEI_API_URL"
    if context.get("url"):
        return context["url"], "the stored context"
    return DEFAULT_URL, "default"


def _context(name: str | None, environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Give url, org and project of the stored context, and what could not be read.

    The file belongs to the official client and its keys are unpublished: several spellings are
    tried, and it is never written.
    """
    file = paths.config_dir(environ) / "config.json"
    notices: list[str] = []
    stored: dict[str, Any] = {}
    try:
        loaded = json.loads(file.read_text())
        stored = loaded if isinstance(loaded, dict) else {}
    except FileNotFoundError:
        pass
    except (OSError, ValueError, RecursionError):
        notices.append(f"{file} could not be read and is ignored")
    contexts = _contexts(stored)
    wanted = name or _text(stored, "activeContext", "currentContext", "active", "auth")
    if name and name not in contexts:
        raise UsageError(
            f"there is no auth context named {name!r}",
            hint=f"Known contexts: {', '.join(sorted(contexts)) or 'none'}.",
        )
    chosen = contexts.get(wanted or "", {})
    found = {
        "url": _text(chosen, "url", "apiUrl") or _text(stored, "url", "apiUrl"),
        "org": _text(chosen, "org", "orgSlug") or _text(stored, "org", "activeOrg"),
        "project": _text(chosen, "project") or _text(stored, "project", "activeProject"),
    }
    return {key: value for key, value in found.items() if value}, notices


def _contexts(stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    contexts = stored.get("contexts") or stored.get("auth") or {}
    if isinstance(contexts, list):
        contexts = {item.get("name"): item for item in contexts if isinstance(item, dict)}
    if not isinstance(contexts, dict):
        return {}
    return {str(name): item for name, item in contexts.items() if isinstance(item, dict)}


def _text(mapping: Mapping[str, Any], *keys: str) -> str | None:
    return next((v for key in keys if isinstance(v := mapping.get(key), str) and v), None)


def _header(option: str, value: str | None) -> str | None:
    if value and not all(" " <= character <= "~" for character in value):
        raise UsageError(f"{option} takes a slug or an id of printable ASCII")
    return value or None


def _on(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() not in {"", "0", "false", "no", "off"}


def _color(environ: Mapping[str, str]) -> Color:
    """Give what the environment asks for; NO_COLOR, being a request for less, wins."""
    if environ.get("NO_COLOR"):
        return Color.never
    if _on(environ, "FORCE_COLOR") or _on(environ, "CLICOLOR_FORCE"):
        return Color.always
    return Color.auto
