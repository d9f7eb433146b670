"""The address of a server, checked before anything is sent to it."""

import re
import shlex
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from rensei_cli.errors import UsageError

_EXAMPLE = "rensei session list --url https://app.rensei.ai"
_SCHEME = re.compile(r"(https?(?=:)|[A-Za-z][A-Za-z0-9+.-]*(?=://))", re.IGNORECASE)
# What could follow a scheme that was left out: a host, perhaps a port and a path, no password.
_PLACE = re.compile(
    r"(?:localhost|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(?=[.:])[A-Za-z0-9.-]*)"
    r"(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?"
)


def checked_url(url: str, source: str = "--url") -> str:
    """Give the base URL without a trailing slash; one that cannot be a base is a usage error."""
    if error := _fault_of_text(url) or _fault_of_scheme(url):
        raise _unusable(source, *error)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as failure:
        told = "has a port that is no number from 1 to 65535"
        if "port" not in str(failure).lower():
            told = "has a host that cannot be one"
        raise _unusable(source, told) from None
    if error := _fault_of_parts(parts, port, url):
        raise _unusable(source, *error)
    return url.rstrip("/")


def _unusable(source: str, why: str, hint: str | None = None, remedy: str = _EXAMPLE) -> UsageError:
    """Give the error for an address, which is not repeated: it may hold a password."""
    return UsageError(f"the server's URL ({source}) {why}", hint=hint, remedy=remedy)


def _fault_of_text(url: str) -> tuple[str, ...] | None:
    """Give what is wrong with the characters of an address."""
    if not url.strip():
        return ("is empty",)
    if any(character.isspace() for character in url):
        return ("has a space in it, which no URL has", "Were two arguments quoted as one?")
    if not url.isascii():
        return (
            "has characters that no URL has",
            "A name in other letters than ASCII is written in its xn-- form.",
        )
    if not all("!" <= character <= "~" for character in url):
        return ("has control characters in it, which no URL has",)
    return None


def _fault_of_scheme(url: str) -> tuple[str, ...] | None:
    """Give what is wrong with the beginning of an address."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        hint = "It begins with http:// or https://."
        if not _PLACE.fullmatch(url):
            return ("has no scheme", hint)
        local = is_loopback(f"http://{url}")
        meant = f"{'http' if local else 'https'}://{url}"
        return ("has no scheme", hint, f"rensei session list --url {shlex.quote(meant)}")
    if scheme[1].lower() not in {"http", "https"}:
        return (f"is of {scheme[1].lower()}:, where no server can be asked", "It is http or https.")
    return None


def _fault_of_parts(parts: SplitResult, port: int | None, url: str) -> tuple[str, ...] | None:
    """Give what is wrong with an address that can be taken apart."""
    if not parts.hostname:
        return ("has no host", "It is of the form https://host[:port][/prefix].")
    if port == 0:
        return ("has a port that is no number from 1 to 65535",)
    if parts.username is not None:
        return (
            "must not carry a user name, a query or a fragment",
            "The credential belongs into RENSEI_AUTH_TOKEN or --token-stdin.",
            "rensei auth login --token-stdin < FILE",
        )
    if set("?#\\") & set(url):
        bare = re.split(r"[?#\\]", url, maxsplit=1)[0].rstrip("/")
        return (
            "must not carry a user name, a query or a fragment",
            "What begins with ?, # or \\ is no part of a server's address.",
            f"rensei session list --url {shlex.quote(bare)}",
        )
    return None


def is_loopback(url: str) -> bool:
    """Tell whether a checked URL leads to this machine."""
    host = (urlsplit(url).hostname or "").removesuffix(".")
    try:
        found = ip_address(host)
        return (getattr(found, "ipv4_mapped", None) or found).is_loopback
    except ValueError:  # RFC 6761: the name and what lies below it are this machine's own
        return host == "localhost" or host.endswith(".localhost")


def same_place(one: str, other: str) -> bool:
    """Tell whether two checked URLs lead to one server; a loopback has several names."""
    if one == other:
        return True
    first, second = urlsplit(one), urlsplit(other)
    named = (first.scheme, first.port, first.path) == (second.scheme, second.port, second.path)
    return named and {first.hostname, second.hostname} == {"localhost", "127.0.0.1"}
