"""A context, which says where to go and as whom, and the file that ours are kept in."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rensei_cli import paths, private
from rensei_cli.errors import UsageError
from rensei_cli.vault import Place

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_TEXTS = ("url", "org", "project", "kind")


class Context(NamedTuple):
    """Where to go, and as whom, when neither an option nor the environment says it."""

    name: str | None = None
    url: str | None = None
    org: str | None = None
    project: str | None = None
    kind: str | None = None
    place: Place = Place.none
    official: bool = False

    @property
    def title(self) -> str:
        """What the context is called where it is named as a source."""
        return f"context {self.name}" if self.name else "the stored context"

    @property
    def embedded(self) -> bool:
        """Whether it is for whichever embedded platform of this user runs now."""
        return self.kind == "embedded" and not self.official

    @property
    def server(self) -> str | None:
        """What it is for, in words where that is no address."""
        return "the embedded platform" if self.embedded else self.url


class Ours(NamedTuple):
    """The contexts of our file by name, the active one's name, and what stands there besides."""

    active: str | None = None
    contexts: Mapping[str, Context] = MappingProxyType({})
    content: Mapping[str, Any] = MappingProxyType({})


def contexts_file(environ: Mapping[str, str]) -> Path:
    """Give the file of our contexts."""
    return paths.contexts_dir(environ) / "contexts.toml"


def checked_name(name: str) -> str:
    """Give a name that a context may have; another one is a usage error."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            "a context's name has up to 64 letters, digits, dots, dashes, underscores or @",
            hint="It begins with a letter or a digit.",
            remedy="rensei auth login --name work",
        )
    return name


def read(environ: Mapping[str, str]) -> Ours:
    """Give the contexts of our file.

    Raises:
        UsageError: It is no TOML, or something in it is of a wrong type.
    """
    file = contexts_file(environ)
    content = private.read_toml(file)
    contexts = content.get("contexts", {})
    if not isinstance(contexts, dict):
        raise private.malformed(file, "contexts is not a table")
    return Ours(
        active=_text(file, content, "active", "active"),
        contexts={name: _context(file, name, value) for name, value in contexts.items()},
        content=content,
    )


def _context(file: Path, name: str, value: object) -> Context:
    path = f"contexts.{name}"
    if not isinstance(value, dict):
        raise private.malformed(file, f"{path} is not a table")
    url, org, project, kind = (_text(file, value, key, f"{path}.{key}") for key in _TEXTS)
    place = _text(file, value, "secret", f"{path}.secret") or Place.none
    if place not in list(Place):
        raise private.malformed(file, f"{path}.secret is none of {', '.join(Place)}")
    return Context(name=name, url=url, org=org, project=project, kind=kind, place=Place(place))


def _text(file: Path, table: Mapping[str, Any], key: str, path: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise private.malformed(file, f"{path} is not a text")
    return value or None


def save(context: Context, environ: Mapping[str, str]) -> None:
    """Write a context in place of any of its name, and make it the active one."""
    kept = read(environ)
    contexts = dict(kept.content.get("contexts", {}))
    fields = {key: getattr(context, key) for key in _TEXTS} | {"secret": context.place.value}
    contexts[context.name] = {key: value for key, value in fields.items() if value}
    _write(environ, {**kept.content, "active": context.name, "contexts": contexts})


def remove(name: str, environ: Mapping[str, str]) -> None:
    """Take a context out; if it was the active one, none of ours is."""
    kept = read(environ)
    contexts = {
        key: value for key, value in kept.content.get("contexts", {}).items() if key != name
    }
    content = {**kept.content, "contexts": contexts}
    if kept.active == name:
        content.pop("active", None)
    _write(environ, content)


def activate(name: str, environ: Mapping[str, str]) -> None:
    """Make a context the active one, whoever keeps it."""
    _write(environ, {**read(environ).content, "active": name})


def _write(environ: Mapping[str, str], content: Mapping[str, Any]) -> None:
    # The active one stands above the tables, where TOML wants it.
    private.write_toml(contexts_file(environ), dict(sorted(content.items())))
