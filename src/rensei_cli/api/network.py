"""One exchange over httpx: what it may cost, and what it means when the network fails."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import urlsplit

from rensei_cli.api import trust
from rensei_cli.api.answer import Answer
from rensei_cli.api.exchange import Call
from rensei_cli.api.http import httpx
from rensei_cli.api.opening import opened, tunnel
from rensei_cli.api.outage import refused_by, unreachable
from rensei_cli.api.proxy import proxy_for
from rensei_cli.api.redaction import Veil
from rensei_cli.errors import ContractError, UnreachableError, UsageError
from rensei_cli.settings import Settings


class Limits(NamedTuple):
    """What one call may cost, in seconds and bytes.

    An exchange is bounded as a whole because a server that sends a byte now and then never trips
    a read timeout, and a call is because such a server may do so before its answer even begins.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    exchange_seconds: float = 20.0
    call_seconds: float = 60.0
    # A stream is left for good after this time without a byte; a watch leaves it sooner.
    silence_seconds: float = 60.0
    # The whole history of a long run is a few tens of megabytes; more is not an answer.
    body_bytes: int = 256 * 1024 * 1024

    def within(self, seconds: float) -> "Limits":
        """Give these limits with none of an exchange longer than so many seconds."""
        return self._replace(
            connect_seconds=min(self.connect_seconds, seconds),
            read_seconds=min(self.read_seconds, seconds),
            exchange_seconds=min(self.exchange_seconds, seconds),
        )


class Network:
    """The connections to one server; a failed exchange is a value, so that it can be repeated."""

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        trace: Callable[[str], None],
        transport: httpx.BaseTransport | None,
    ) -> None:
        self._url, self._limits = settings.url, limits
        self._proxy = None if transport else proxy_for(settings.url)
        own = (settings.credential.secret,) if settings.credential else ()
        self._veil = Veil(*own, *(self._proxy.secrets if self._proxy else ()))
        self._trace = trace
        self._timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        self._tunnel = tunnel(self._proxy)
        self._http = opened(settings, self._timeout, self._tunnel, transport)
        if self._is_encrypted:
            self.trace(f"TLS trusts {trust.trusted()}")
        if self._proxy:
            self.trace(f"through the proxy {self._proxy.place} from {self._proxy.source}")

    @property
    def _is_encrypted(self) -> bool:
        return urlsplit(self._url).scheme == "https"

    def trace(self, told: str) -> None:
        """Tell what happens on the wire, without any secret."""
        self._trace(self._veil.text(told))

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
            with self._http.stream(
                call.method,
                target,
                params=call.params,
                json=call.body,
                headers={"Idempotency-Key": call.key} if call.key else None,
            ) as response:
                answer = self.answer(response, self._read(response, began))
        except httpx.HTTPError as failure:
            self.trace(f"{call.method} {target}: {type(failure).__name__}: {failure}")
            return self.unreachable(failure)
        except (httpx.InvalidURL, UnicodeError) as failure:
            raise self.impossible(failure) from None
        taken = (time.monotonic() - began) * 1000
        self.trace(
            f"{call.method} {response.url}: {answer.status}"
            f" {answer.content_type or '-'} {len(answer.body)} bytes in {taken:.0f} ms"
        )
        if self._proxy and answer.status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            return refused_by(self._proxy, self._place, str(answer.status))
        return answer

    def stream(
        self, path: str, headers: Mapping[str, str]
    ) -> AbstractContextManager[httpx.Response]:
        """Give a response that is read as it comes, for as long as the server sends."""
        patient = httpx.Timeout(self._limits.silence_seconds, connect=self._limits.connect_seconds)
        return self._http.stream("GET", self._url + path, headers=headers, timeout=patient)

    @property
    def _place(self) -> str:
        return urlsplit(self._url).netloc

    def unreachable(self, failure: httpx.HTTPError) -> UnreachableError:
        """Give a failure of the network in words."""
        if self._is_encrypted and (refusal := trust.refusal_in(failure)):
            found = trust.presented(self._url, self._timeout, self._tunnel)
            return trust.distrust(refusal, self._place, found)
        return unreachable(failure, self._place, self._veil.text(str(failure)), self._proxy)

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
        return Answer(response.status_code, headers, self.without_secrets(body))

    def without_secrets(self, body: bytes) -> bytes:
        """Give what a server sent without the caller's own secret."""
        return self._veil.body(body)

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
