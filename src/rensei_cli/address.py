"""The address of a server, checked before anything is sent to it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from rensei_cli.errors import UsageError


def checked_url(url: str, source: str = "--url") -> str:
    """Give the base URL without a trailing slash; one that cannot be a base is a usage error."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good, parts = None, None
    if not good or parts is None or not all("!" <= character <= "~" for character in url):
        raise UsageError(
            f"the server's URL ({source}) is not of the form https://host[:port][/prefix]",
            hint="A name in other letters than ASCII is written in its xn-- form.",
            remedy="rensei --url https://app.rensei.ai session list",
        )
    if parts.username is not None or set("?#\\") & set(url):
        raise UsageError(
            f"the server's URL ({source}) must not carry a user name, a query or a fragment",
            hint="The credential belongs into RENSEI_AUTH_TOKEN or --token-stdin.",
        )
    return url.rstrip("/")


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
