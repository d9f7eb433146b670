"""The stored context of the official client: read leniently, never written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rensei_cli import paths
from rensei_cli.errors import UsageError

# The file's keys are unpublished: the likely spellings, of which a context's own come first.
_ACTIVE = ("activeContext", "active_context", "currentContext", "current_context", "active", "auth")
_URL = ("url", "apiUrl", "api_url", "baseUrl", "base_url")
_ORG = ("org", "orgSlug", "org_slug", "organization", "activeOrg", "active_org")
_PROJECT = ("project", "projectSlug", "project_slug", "activeProject", "active_project")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where to go when neither an option nor the environment says it."""

    url: str | None = None
    org: str | None = None
    project: str | None = None


def stored_context(name: str | None, environ: Mapping[str, str]) -> tuple[Context, list[str]]:
    """Give the named context, or else the active one, and what could not be read."""
    stored, notices = _stored(environ)
    contexts = _contexts(stored)
    if name and name not in contexts:
        raise UsageError(
            f"there is no auth context named {name!r}",
            hint=f"Known contexts: {', '.join(sorted(contexts)) or 'none'}.",
        )
    chosen = contexts.get(name or _text(stored, _ACTIVE) or "", {})
    found = Context(
        url=_text(chosen, _URL) or _text(stored, _URL),
        org=_text(chosen, _ORG) or _text(stored, _ORG),
        project=_text(chosen, _PROJECT) or _text(stored, _PROJECT),
    )
    return found, notices


def _stored(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    file = paths.config_dir(environ) / "config.json"
    try:
        loaded = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError, RecursionError):
        loaded = None
    if isinstance(loaded, dict):
        return loaded, []
    return {}, [f"{file} could not be read and is ignored"]


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
