"""The secret a request carries, and where it came from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rensei_cli.errors import UsageError

# The documented name first, then its legacy alias, then the name used in shell examples.
VARIABLES = ("RENSEI_AUTH_TOKEN", "RENSEI_API_TOKEN", "RENSEI_API_KEY")
# Most servers refuse a header of 8 kB; no key comes near.
_TOO_LONG = 8192


@dataclass(frozen=True, slots=True)
class Credential:
    """A bearer secret that never shows itself, and the place it was found."""

    secret: str = field(repr=False)
    source: str


def from_stdin(stdin: TextIO) -> Credential:
    """Give the credential on the first line of standard input."""
    try:
        line = stdin.readline(_TOO_LONG)
    except ValueError:  # bytes that are not text in this encoding
        line = ""
    return _checked(line, "standard input")


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
    secret = text.strip()
    # Anything else cannot stand in a header, and the library's own error would print it.
    fits = 0 < len(secret) < _TOO_LONG
    if not fits or not all("!" <= character <= "~" for character in secret):
        raise UsageError(
            f"the credential from {source} is empty, too long, or has characters that no key has",
            hint="A key is one word of printable ASCII, such as rsk_live_ and 64 hex digits.",
        )
    return Credential(secret, source)
