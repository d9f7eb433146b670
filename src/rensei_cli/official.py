"""The contexts of the official client: read leniently, never written."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from rensei_cli import paths
from rensei_cli.contextfile import Context

# The file's keys are unpublished: the likely spellings, of which a context's own come first.
_ACTIVE = ("activeContext", "active_context", "currentContext", "current_context", "active", "auth")
_URL = ("url", "apiUrl", "api_url", "baseUrl", "base_url")
_ORG = ("org", "orgSlug", "org_slug", "organization", "activeOrg", "active_org")
_PROJECT = ("project", "projectSlug", "project_slug", "activeProject", "active_project")
_KIND = ("kind", "type")
# As the official client's documentation tells them apart.
_KINDS = {"user": "user token", "org_token": "org token", "project_token": "project token"}


class Official(NamedTuple):
    """What the file holds: contexts by name, the active one's name, and what stands beside them."""

    active: str | None = None
    contexts: Mapping[str, Context] = MappingProxyType({})
    beside: Context = Context()
    notices: tuple[str, ...] = ()


def read(environ: Mapping[str, str]) -> Official:
    """Give the contexts of the official client, and what could not be read."""
    file = paths.config_dir(environ) / "config.json"
    try:
        stored = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return Official()
    except (OSError, ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        return Official(notices=(f"{file} could not be read and is ignored",))
    return Official(
        active=_text(stored, _ACTIVE),
        contexts={
            name: _context(name, fields, stored) for name, fields in _contexts(stored).items()
        },
        beside=_context(None, {}, stored),
    )


def _context(name: str | None, fields: Mapping[str, Any], stored: Mapping[str, Any]) -> Context:
    kind = _text(fields, _KIND)
    return Context(
        name=name,
        url=_text(fields, _URL) or _text(stored, _URL),
        org=_text(fields, _ORG) or _text(stored, _ORG),
        project=_text(fields, _PROJECT) or _text(stored, _PROJECT),
        kind=_KINDS.get(kind, kind) if kind else None,
        official=True,
    )


def _contexts(stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the contexts by name, from an object of them or from a list."""
    found = stored.get("contexts") or stored.get("auth")
    if isinstance(found, list):
        named = [item for item in found if isinstance(item, dict)]
        return {name: item for item in named if (name := _text(item, ("name", "id")))}
    if isinstance(found, dict):
        return {name: item for name, item in found.items() if isinstance(item, dict)}
    return {}


def _text(mapping: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    """Give the first text under one of the keys; an object stands for its own slug, name or id."""
    for key in keys:
        value = mapping.get(key)
        if isinstance(value, dict) and key != "auth":
            value = _text(value, ("slug", "name", "id"))
        if isinstance(value, str) and value:
            return value
    return None
