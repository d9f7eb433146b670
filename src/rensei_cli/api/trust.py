"""Whom a server is believed to be: what TLS trusts, and what it means when it does not."""

import os
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rensei_cli.api.certificate import Certificate, read_certificate
from rensei_cli.api.http import httpx
from rensei_cli.errors import UnreachableError

_MISMATCH = re.compile(r"mismatch|does not match|not valid for", re.IGNORECASE)
_ANOTHER = "export SSL_CERT_FILE=/path/to/authority.pem, and the same again"
_MOST_NAMES = 5


def tls_context() -> ssl.SSLContext:
    """Give what decides whom to trust: the files the environment names, else the system."""
    if _files():
        return ssl.create_default_context()
    import truststore  # noqa: PLC0415 - for https alone

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trusted() -> str:
    """Give whose authorities are trusted, in words."""
    named = [f"{name}={place}" for name, place in _files().items()]
    return " and ".join(named) or "the system's store"


def refusal_in(failure: BaseException) -> ssl.SSLCertVerificationError | None:
    """Give the refusal of a certificate that is at the bottom of a failure, if one is."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def distrust(
    refusal: ssl.SSLCertVerificationError, where: str, found: Certificate | None
) -> UnreachableError:
    """Give the error for a certificate that was refused: whose it is, and the way out."""
    now, told = datetime.now(UTC), refusal.verify_message or str(refusal)
    remedy = _ANOTHER
    if found is None:
        why = "its certificate was not accepted"
    elif found.ends < now:
        why = f"its certificate expired on {found.ends:%Y-%m-%d at %H:%M} UTC"
        remedy = "renew it on the server; if it is newer, check the clock of this machine"
    elif found.begins > now:
        why = f"its certificate is valid from {found.begins:%Y-%m-%d at %H:%M} UTC on"
        remedy = "check the clock of this machine"
    elif _MISMATCH.search(told):
        why = f"its certificate is for {_hosts(found)}"
        remedy = "name the server as its certificate does: --url https://…"
    elif found.self_signed:
        why = f"its certificate is signed by itself ({found.issuer}), and is not known here"
    else:
        why = f"its certificate was issued by {found.issuer}, which is not known here"
    return UnreachableError(
        f"cannot trust {where}: {why}", hint=_hint(told), remedy=remedy, never_sent=True
    )


def presented(url: str, timeout: httpx.Timeout, proxy: httpx.Proxy | None) -> Certificate | None:
    """Give the certificate of a server that was refused: a handshake, and not a byte after it."""
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    # Nothing is sent over this connection: it ends where a request would begin.
    unverified.verify_mode = ssl.CERT_NONE
    wanted = f"{'proxy' if proxy else 'connection'}.start_tls.complete"

    def look(event: str, info: Mapping[str, Any]) -> None:
        if event == wanted:
            stream = info["return_value"]
            der = stream.get_extra_info("ssl_object").getpeercert(True)
            stream.close()
            raise _SeenError(der)

    try:
        with httpx.Client(verify=unverified, proxy=proxy, trust_env=False, timeout=timeout) as http:
            http.head(url, extensions={"trace": look})
    except _SeenError as seen:
        return read_certificate(seen.der)
    except httpx.HTTPError:
        pass
    return None


class _SeenError(Exception):
    """The certificate has been seen, and that was all."""

    def __init__(self, der: bytes) -> None:
        super().__init__()
        self.der = der


def _hint(told: str) -> str:
    unread = [name for name, place in _files().items() if not os.access(place, os.R_OK)]
    for name in unread:
        return f"{name} names {_files()[name]}, which cannot be read."
    return f"{told.rstrip('.')}. Trusted are the authorities of {trusted()}."


def _hosts(found: Certificate) -> str:
    shown = ", ".join(found.names[:_MOST_NAMES])
    rest = len(found.names) - _MOST_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown or "no host at all"


def _files() -> dict[str, str]:
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: os.environ[name] for name in names if os.environ.get(name)}
