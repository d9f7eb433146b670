"""A failure of the network in words."""

import httpx

from rensei_cli.errors import UnreachableError

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
}


def unreachable(failure: httpx.HTTPError, where: str, cause: str) -> UnreachableError:
    """Give the error for a server (`where`) and what the library told of it, without secrets."""
    if "CERTIFICATE" in cause.upper():
        return UnreachableError(
            f"cannot trust {where}: its certificate was not accepted",
            hint=cause,
            remedy="name your authority's file in SSL_CERT_FILE",
        )
    return UnreachableError(
        f"cannot reach {where}: {_reason(failure, cause)}",
        hint=cause or None,
        remedy="check --url or RENSEI_API_URL; rensei demo needs no server",
        retryable=not isinstance(failure, httpx.UnsupportedProtocol),
        slow=isinstance(failure, httpx.TimeoutException),
        never_sent=isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout),
    )


def _reason(failure: httpx.HTTPError, cause: str) -> str:
    if isinstance(failure, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(failure, httpx.ProxyError):
        return "the proxy of the environment did not let the request through"
    if not isinstance(failure, httpx.ConnectError):
        return "the connection broke while it answered"
    told = (reason for reason, words in _CAUSES.items() if any(word in cause for word in words))
    return next(told, "there is no connection to it")
