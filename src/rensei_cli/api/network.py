"""One exchange over httpx: what it may cost, and what it means when the network fails."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from rensei_cli import __version__
from rensei_cli.api.answer import Answer
from rensei_cli.api.exchange import Call
from rensei_cli.api.outage import unreachable
from rensei_cli.api.redaction import Veil
from rensei_cli.errors import ContractError, RenseiError, UnreachableError, UsageError
from rensei_cli.settings import Settings

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may cost, in seconds and bytes.

    An exchange is bounded as a whole because a server that sends a byte now and then never trips
    a read timeout, and a call is because such a server may do so before its answer even begins.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    exchange_seconds: float = 20.0
    call_seconds: float = 60.0
    # The whole history of a long run is a few tens of megabytes; more is not an answer.
    body_bytes: int = 256 * 1024 * 1024


class Network:
    """The connections to one server; a failed exchange is a value, so that it can be repeated."""

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        trace: Callable[[str], None],
        transport: httpx.BaseTransport | None,
    ) -> None:
        self._url, self._limits, self._trace = settings.url, limits, trace
        self._veil = Veil(settings.credential.secret if settings.credential else None)
        self._http = _opened(settings, limits, transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def exchange(self, call: Call[object]) -> Answer | UnreachableError:
        """Give the answer, or what kept it from coming.

        Raises:
            ContractError: The answer came, but cannot be read.
            UsageError: The call's address cannot be asked for at all.
        """
        began = time.monotonic()
        target = self._url + call.path
        try:
            with self._http.stream(call.method, target, params=call.params) as response:
                answer = self.answer(response, self._read(response, began))
        except httpx.HTTPError as failure:
            self._trace(self._veil.text(f"{call.method} {target}: {type(failure).__name__}"))
            return self.unreachable(failure)
        except (httpx.InvalidURL, UnicodeError) as failure:
            raise self.impossible(failure) from None
        taken = (time.monotonic() - began) * 1000
        self._trace(
            f"{call.method} {self._veil.text(str(response.url))}: {answer.status}"
            f" {answer.content_type or '-'} {len(answer.body)} bytes in {taken:.0f} ms"
        )
        return answer

    def stream(
        self, path: str, headers: Mapping[str, str]
    ) -> AbstractContextManager[httpx.Response]:
        """Give a response that is read as it comes, for as long as the server sends."""
        endless = httpx.Timeout(None, connect=self._limits.connect_seconds)
        return self._http.stream("GET", self._url + path, headers=headers, timeout=endless)

    def unreachable(self, failure: httpx.HTTPError) -> UnreachableError:
        """Give a failure of the network in words."""
        return unreachable(failure, urlsplit(self._url).netloc, self._veil.text(str(failure)))

    def impossible(self, failure: Exception) -> UsageError:
        """Give the error for an address that the library refuses."""
        return UsageError(
            "the address of this request cannot exist",
            hint=self._veil.text(str(failure)),
            remedy="check --url and the session's id",
        )

    def answer(self, response: httpx.Response, body: bytes) -> Answer:
        """Give what was read of a response as an answer, without the caller's own secret."""
        headers = {name.lower(): self._veil.value(text) for name, text in response.headers.items()}
        return Answer(response.status_code, headers, self._veil.body(body))

    def _read(self, response: httpx.Response, began: float) -> bytes:
        parts: list[bytes] = []
        size, most = 0, self._limits.body_bytes
        try:
            for part in response.iter_bytes():
                parts.append(part)
                size += len(part)
                if size > most:
                    raise ContractError(f"the answer is larger than {most >> 20} MiB")
                if time.monotonic() - began > self._limits.exchange_seconds:
                    raise httpx.ReadTimeout("The answer never ends.")
        except httpx.DecodingError:
            coding = response.headers.get("content-encoding", "")[:40]
            raise ContractError(
                f"the server's answer is not the {coding} it claims to be",
                http_status=response.status_code,
            ) from None
        return b"".join(parts)


def _opened(
    settings: Settings, limits: Limits, transport: httpx.BaseTransport | None
) -> httpx.Client:
    try:
        return httpx.Client(
            headers=_headers(settings),
            timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            verify=_tls(settings.url),
            # A proxy of the environment cannot reach this machine's own loopback.
            trust_env=not settings.loopback,
            transport=transport,
        )
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


def _tls(url: str) -> "bool | ssl.SSLContext":
    """Give the system's trust store for https, and nothing (40 ms saved) for plain http."""
    if urlsplit(url).scheme != "https":
        return False
    import os  # noqa: PLC0415
    import ssl  # noqa: PLC0415

    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context()
    import truststore  # noqa: PLC0415

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
