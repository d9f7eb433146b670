"""A failure of the network in words."""

from rensei_cli.api.http import httpx
from rensei_cli.api.proxy import Proxy
from rensei_cli.errors import UnreachableError

_HELP = "check --url or RENSEI_API_URL; rensei demo needs no server"
# What comes of plain HTTP at a port of TLS: silence, or an alert in place of a line.
_CLOSED = ("without sending a response", "illegal request line")
_HELP_CLOSED = "check --url: is it https:// or http://? rensei demo needs no server"
# What operating systems say when a name is unknown or no service listens.
_CAUSES = {
    "the name does not resolve": (
        "Name or service",
        "nodename",
        "name resolution",
        "getaddrinfo",
        "No address associated",
    ),
    "the connection was refused": ("refused",),
    "it does not speak TLS; is it http:// and not https://?": ("WRONG_VERSION_NUMBER",),
    "it wants a certificate of the caller, which this program has none of": (
        "CERTIFICATE_REQUIRED",
        "certificate required",
    ),
}


def unreachable(
    failure: httpx.HTTPError, where: str, cause: str, proxy: Proxy | None = None
) -> UnreachableError:
    """Give the error for a server (`where`) and what the library told of it, without secrets."""
    if proxy and isinstance(failure, httpx.ProxyError):
        return refused_by(proxy, where, cause)
    unconnected = isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
    remedy = _HELP_CLOSED if any(word in cause for word in _CLOSED) else _HELP
    if proxy:
        # Through a tunnel, TLS alone is spoken with the server itself.
        at_proxy = unconnected and "ssl" not in cause.lower()
        named = f"the proxy {proxy.place} ({proxy.source})"
        where = named if at_proxy else f"{where} through {named}"
        remedy = proxy.remedy
    return UnreachableError(
        f"cannot reach {where}: {_reason(failure, cause)}",
        hint=cause or None,
        remedy=remedy,
        retryable=not isinstance(failure, httpx.UnsupportedProtocol),
        slow=isinstance(failure, httpx.TimeoutException),
        never_sent=unconnected,
    )


def refused_by(proxy: Proxy, where: str, answered: str) -> UnreachableError:
    """Give the error for a proxy that answers itself (`407 Authentication Required`)."""
    status = answered[:3]
    named = f"the proxy {proxy.place} ({proxy.source})"
    error = UnreachableError(
        f"{named} does not let requests through to {where}: {answered}",
        remedy=proxy.remedy,
        http_status=int(status) if status.isdigit() else None,
        never_sent=True,
    )
    if status == "407":
        given = "does not accept the user name and the password it was given"
        wants = given if proxy.secrets else "asks for a user name and a password"
        error.message = f"{named} {wants} (407)"
        error.remedy = f"export {proxy.source}=http://USER:PASSWORD@{proxy.place}"
    elif status.startswith("5"):
        error.message = f"{named} cannot reach {where}: {answered}"
        error.retryable = True
    return error


def _reason(failure: httpx.HTTPError, cause: str) -> str:
    if isinstance(failure, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(failure, httpx.ProxyError):
        return "the proxy of the environment did not let the request through"
    told = (reason for reason, words in _CAUSES.items() if any(word in cause for word in words))
    connected = not isinstance(failure, httpx.ConnectError)
    broken = "the connection broke while it answered"
    return next(told, broken if connected else "there is no connection to it")
