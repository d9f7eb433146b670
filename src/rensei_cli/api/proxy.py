"""Which proxy the requests to a server take, as the environment (or macOS) names it."""

import os
import re
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import quote, unquote, urlsplit
from urllib.request import getproxies

from rensei_cli.address import is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy; `place` and `source` are all of it that may be shown."""

    url: str = field(repr=False)
    place: str
    source: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What in its address opens it, as it is written and as it is meant."""
        name, _, password = _userinfo(self.url).partition(":")
        return tuple(dict.fromkeys(filter(None, (password, unquote(password), name))))

    @property
    def remedy(self) -> str:
        """What a person can do about a proxy that is in the way."""
        return f"correct or unset {self.source}; NO_PROXY names hosts that are asked directly"


def proxy_for(url: str) -> Proxy | None:
    """Give the proxy to a checked address; this machine itself is never asked through one."""
    known, parts = getproxies(), urlsplit(url)
    kind = parts.scheme if known.get(parts.scheme) else "all"
    found = known.get(kind)
    if not found or is_loopback(url) or is_exempt(url, known.get("no", "")):
        return None
    address = found if "://" in found else f"http://{found}"
    place = address.partition("://")[2].rpartition("@")[2].partition("/")[0]
    return Proxy(url=_quoted(address), place=place, source=_source(kind))


def is_exempt(url: str, no_proxy: str) -> bool:
    """Tell whether a list as in NO_PROXY names the host of a checked address.

    `*` names all, a name itself and what lies below it (`.name` and `*.name` alike), an address
    itself, and a network (`10.0.0.0/8`) its addresses; `name:8443` names that port alone.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    return any(_names(entry, host, port) for entry in re.split(r"[,\s]+", no_proxy.lower()))


def _source(kind: str) -> str:
    """Give the variable that names the proxy; the lower-case form is the stronger one."""
    names = (f"{kind}_proxy", f"{kind}_proxy".upper())
    return next((name for name in names if os.environ.get(name)), "the system's settings")


def _userinfo(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].rpartition("@")[0]


def _quoted(address: str) -> str:
    """Give an address whose password may hold what should have been written with a `%`."""
    given = _userinfo(address)
    return address.replace(f"{given}@", f"{quote(given, safe=':%')}@", 1) if given else address


def _names(entry: str, host: str, port: int) -> bool:
    entry = entry.rpartition("://")[2]
    if (network := _network(entry)) is not None:
        address = _address(host)
        return address is not None and address in network
    name, colon, wanted = entry.rpartition(":")
    if colon and wanted.isdigit():
        if int(wanted) != port:
            return False
        entry = name.strip("[]")
    name = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or (bool(name) and (host == name or host.endswith(f".{name}")))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry.strip("[]"), strict=False)
    except ValueError:  # a name, or an address with a port
        return None
