"""Where the command on the line would go, as far as files tell without loading what settles it."""

import os
import sys

DEFAULT_URL = "https://app.rensei.ai"
_VARIABLES = {
    "url": "RENSEI_API_URL",
    "auth": "RENSEI_AUTH",
    "org": "RENSEI_ORG",
    "project": "RENSEI_PROJECT",
}

Fields = dict[str, str]


class Meant:
    """The scope that a command would have; what nothing says is an empty text.

    `auth` is `None` where a context may be used or not: one for embedded platforms.
    """

    __slots__ = ("auth", "named", "org", "project", "url")

    def __init__(self, given: Fields, environ: Fields) -> None:
        said = {name: given.get(name) or environ.get(_VARIABLES[name], "") for name in _VARIABLES}
        name, context = _context(environ, said["auth"])
        typed = said["url"].rstrip("/")
        applies = not typed or _home(context) in {typed, ""}
        self.named = bool(typed)
        self.url = typed or (_home(context) if name or context else "")
        self.auth = (None if typed and not _home(context) else name) if applies else ""
        self.org, self.project = (
            said[key] or (context.get(key, "") if applies else "") for key in ("org", "project")
        )


def _home(context: Fields) -> str:
    """Give the address a context is for; one for embedded platforms has none."""
    if not context or context.get("kind") == "embedded":
        return ""
    return (context.get("url") or DEFAULT_URL).rstrip("/")


def _context(environ: Fields, named: str) -> tuple[str, Fields]:
    """Give the context that is used, by its name and with what it says: ours come first."""
    ours, official = _files(environ)
    stored = _toml(ours)
    name = named or _text(stored.get("active"))
    contexts = stored.get("contexts")
    found = contexts.get(name) if name and isinstance(contexts, dict) else None
    if isinstance(found, dict):
        return name, {key: _text(value) for key, value in found.items()}
    return _official(environ, named) if os.path.exists(official) else (name if named else "", {})


def _official(environ: Fields, named: str) -> tuple[str, Fields]:
    """Give the context where the official client's file has a say, at the price of loading more."""
    from rensei_cli.context import stored_contexts
    from rensei_cli.errors import RenseiError

    try:
        chosen = stored_contexts(environ).chosen(named or None)
    except RenseiError:
        return named, {}
    said = {"url": chosen.url, "org": chosen.org, "project": chosen.project, "kind": chosen.kind}
    known = {key: value for key, value in said.items() if value}
    return chosen.name or "", known


def _files(environ: Fields) -> tuple[str, str]:
    """Give our file of contexts and the official client's; `paths` would load more than both."""
    root = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    theirs = os.path.join(root, "rensei")
    ours = theirs
    if home := environ.get("RENSEI_HOME"):
        ours = theirs = os.path.join(os.path.expanduser(home), "config")
    elif sys.platform == "darwin":
        ours = os.path.expanduser("~/Library/Application Support/rensei")
    return os.path.join(ours, "contexts.toml"), os.path.join(theirs, "config.json")


def _toml(file: str) -> dict[str, object]:
    """Give what our file holds; one that no command could read says nothing."""
    try:
        with open(file, "rb") as opened:
            held = opened.read()
    except OSError:
        return {}
    import tomllib  # of what stands here it alone takes time, and most have no such file

    try:
        return tomllib.loads(held.decode())
    except (ValueError, RecursionError):
        return {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
