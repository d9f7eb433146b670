"""The secret a request carries, where it came from, and what it looks like."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from rensei_cli.errors import UsageError

# The documented name first, then its legacy alias, then the name used in shell examples.
VARIABLES = ("RENSEI_AUTH_TOKEN", "RENSEI_API_TOKEN", "RENSEI_API_KEY")
# Most servers refuse a header of 8 kB; no key comes near.
_TOO_LONG = 8192
_MOST_CHARACTERS = 2 * _TOO_LONG
# Of a shorter secret the last four characters would tell too much.
_LONG_ENOUGH = 16
_API_KEY = re.compile(r"rsk_(live|test)_")
_FOREIGN = {
    "rsp_": "a worker's registration token",
    "wrk_": "a worker's key",
    "sk-": "a key of a model provider",
    "ghp_": "a GitHub token",
    "gho_": "a GitHub token",
    "github_pat_": "a GitHub token",
    "lin_api_": "a Linear key",
}


class Credential:
    """A bearer secret that never shows itself, and the place it was found.

    One that is kept elsewhere is given as a function, which is asked when it is first needed.
    """

    def __init__(self, secret: str | Callable[[], str], source: str) -> None:
        self._given, self.source = secret, source

    def __repr__(self) -> str:
        return f"Credential(source={self.source!r})"

    @cached_property
    def secret(self) -> str:
        """The secret itself."""
        if isinstance(self._given, str):
            return self._given
        return checked_secret(self._given(), self.source)

    @property
    def ending(self) -> str:
        """All that may be shown of the secret: its last four characters, if it is long."""
        return f"…{self.secret[-4:]}" if len(self.secret) >= _LONG_ENOUGH else "…"


def from_stdin(stdin: TextIO) -> Credential:
    """Give the credential on the one line of standard input; a terminal need not be ended.

    Raises:
        UsageError: There is none, or more than one line: a key that was broken on its way.
    """
    try:
        text = stdin.readline(_TOO_LONG) if stdin.isatty() else stdin.read(_MOST_CHARACTERS)
    except ValueError:  # bytes that are not text in this encoding
        text = ""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        raise UsageError(
            "there is more than one line on standard input, and a key is one",
            hint="A key that was broken over two lines has to be put together again.",
            remedy="rensei auth login --token-stdin < FILE",
        )
    return _checked(lines[0] if lines else "", "standard input")


def from_environ(environ: Mapping[str, str]) -> Credential | None:
    """Give the credential of the first variable that is set, in documented order."""
    for name in VARIABLES:
        if environ.get(name):
            return _checked(environ[name], name)
    return None


def from_key_file(path: Path) -> Credential | None:
    """Give the operator's key of an embedded platform, or nothing where it cannot be read."""
    try:
        key = json.loads(path.read_bytes())["operatorKey"]
        return _checked(key, str(path))
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, UsageError):
        return None


def _checked(text: str, source: str) -> Credential:
    return Credential(checked_secret(text, source), source)


def checked_secret(text: str, source: str) -> str:
    """Give a secret that can stand in a header, without the white space around it.

    Raises:
        UsageError: It cannot.
    """
    secret = text.strip()
    # Anything else cannot stand in a header, and the library's own error would print it.
    fits = 0 < len(secret) < _TOO_LONG
    if not fits or not all("!" <= character <= "~" for character in secret):
        raise UsageError(
            f"the credential from {source} is empty, too long, or has characters that no key has",
            hint="A key is one word of printable ASCII, such as rsk_live_ and 64 hex digits.",
        )
    return secret


def kind_of(secret: str) -> str:
    """Give what a secret is, as far as it shows: an API key, a user's token, or any key."""
    if _API_KEY.match(secret):
        return "API key"
    return "user token" if _claims(secret) is not None else "key"


def foreign_kind(secret: str) -> str | None:
    """Give what a secret is that opens something else, and nothing for one that may be a key."""
    claims = _claims(secret) or {}
    if "reg" in claims or _is_for_workers(claims.get("scope")):
        return "the token of a worker that runs"
    return next((kind for start, kind in _FOREIGN.items() if secret.startswith(start)), None)


def check_kind(secret: str) -> None:
    """Refuse a secret that opens something else, before a server gets to see it."""
    if foreign := foreign_kind(secret):
        raise UsageError(
            f"this is {foreign}, which opens no sessions to an operator",
            hint="What is needed is an API key (rsk_live_…) or a user's token.",
            remedy="make an API key in the settings of the organisation, and log in with it",
        )


def _is_for_workers(scope: object) -> bool:
    scopes = scope.split() if isinstance(scope, str) else scope
    if not isinstance(scopes, list) or not scopes:
        return False
    return all(isinstance(one, str) and one.startswith("worker:") for one in scopes)


def ends_at(secret: str) -> datetime | None:
    """Give when a user's token ends by its own word; an API key does not tell."""
    ending = (_claims(secret) or {}).get("exp")
    try:
        return datetime.fromtimestamp(ending, UTC) if isinstance(ending, int | float) else None
    except (OverflowError, ValueError, OSError):
        return None


def _claims(secret: str) -> dict[str, Any] | None:
    """Give what a JSON Web Token says of itself, unverified; nothing for any other secret."""
    head, *rest = secret.split(".")
    if not head.startswith("eyJ") or len(rest) != 2:  # noqa: PLR2004 - header, claims, signature
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(rest[0] + "=" * (-len(rest[0]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
