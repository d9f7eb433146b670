"""How the connections to one server are opened: through what, trusting whom, and as whom."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from rensei_cli import __version__
from rensei_cli.api.http import httpx
from rensei_cli.api.proxy import Proxy
from rensei_cli.api.trust import tls_context
from rensei_cli.errors import RenseiError
from rensei_cli.settings import Settings


def tunnel(proxy: Proxy | None) -> httpx.Proxy | None:
    """Give a proxy as the library takes it; one over TLS is trusted as the server is."""
    if proxy is None:
        return None
    encrypted = proxy.url.lower().startswith("https:")
    with _usable_proxy():
        return httpx.Proxy(proxy.url, ssl_context=tls_context() if encrypted else None)


def opened(
    settings: Settings,
    timeout: httpx.Timeout,
    through: httpx.Proxy | None,
    transport: httpx.BaseTransport | None,
) -> httpx.Client:
    """Give the connections to a server; nothing of the environment is left to the library."""
    encrypted = urlsplit(settings.url).scheme == "https"
    with _usable_proxy():
        return httpx.Client(
            headers=_headers(settings),
            timeout=timeout,
            # Plain http saves the 40 ms that the system's store takes.
            verify=tls_context() if encrypted else False,
            proxy=through,
            trust_env=False,
            transport=transport,
        )


@contextmanager
def _usable_proxy() -> Iterator[None]:
    try:
        yield
    except (ImportError, ValueError, httpx.InvalidURL):
        # The library's own words may carry the password that a proxy's address holds.
        raise RenseiError(
            "the proxy that the environment names cannot be used",
            hint="HTTPS_PROXY, HTTP_PROXY and ALL_PROXY take http:// addresses, no SOCKS.",
            remedy="put the server's name into NO_PROXY, or unset the variable",
        ) from None


def _headers(settings: Settings) -> Mapping[str, str]:
    headers = {"Accept": "application/json", "User-Agent": f"rensei-cli/{__version__}"}
    if settings.credential:
        headers["Authorization"] = f"Bearer {settings.credential.secret}"
    if settings.org:
        headers["X-Rensei-Org"] = settings.org
    if settings.project:
        headers["X-Rensei-Project"] = settings.project
    return headers
