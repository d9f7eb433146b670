"""The shared client: it pumps conversations through httpx and keeps one connection pool."""

import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

import httpx

from rensei_cli import __version__
from rensei_cli.api.answer import Answer, redacted
from rensei_cli.api.exchange import Call, Routes, Send, Wait, converse
from rensei_cli.errors import ContractError, RenseiError, UnreachableError
from rensei_cli.settings import Settings

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
# One exchange as a whole: a server that sends a byte now and then never trips a read timeout.
EXCHANGE_SECONDS = 30.0
# The whole history of a long run is a few tens of megabytes; more is not an answer.
MAX_BODY_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Pending(Generic[T]):
    """A call whose answer is on its way."""

    call: Call[T]
    _thread: Thread = field(init=False)
    _answer: Answer | None = None
    _failure: BaseException | None = None

    def start(self, converse: Callable[[Call[T]], Answer]) -> "Pending[T]":
        """Send the call from a thread of its own."""

        def work() -> None:
            try:
                self._answer = converse(self.call)
            except BaseException as failure:  # noqa: BLE001 - it is raised where it is waited for
                self._failure = failure

        self._thread = Thread(target=work, daemon=True)
        self._thread.start()
        return self

    def result(self) -> T:
        """Give the parsed answer, or raise what went wrong."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        if self._answer is None:  # pragma: no cover - the thread sets one of the two
            raise UnreachableError("no answer")
        return self.call.parse(self._answer)

    def outcome(self) -> T | RenseiError:
        """Give the parsed answer, or the error as a value."""
        try:
            return self.result()
        except RenseiError as error:
            return error


class Client:
    """Sends calls to one server: retries, limits and the trace are the same for every command.

    `transport` is the seam for tests that need a lying network instead of a real one.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        trace: Callable[[str], None] | None = None,
        notice: Callable[[str], None] | None = None,
        rng: random.Random | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self._sleep = sleep
        self._trace = trace or (lambda _line: None)
        self._notice = notice or (lambda _line: None)
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._routes = Routes()
        self._http = httpx.Client(
            headers=_headers(settings),
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            verify=_tls(settings.url),
            # A proxy of the environment cannot reach this machine's own loopback.
            trust_env=not settings.loopback,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def start(self, call: Call[T]) -> Pending[T]:
        """Send a call without waiting for it."""
        return Pending(call).start(self._converse)

    def send(self, call: Call[T]) -> T:
        """Give the answer to a call; waits, retries and raises as `exchange` decides."""
        return call.parse(self._converse(call))

    def _converse(self, call: Call[T]) -> Answer:
        with closing(converse(call, self._routes, self._now, self._rng)) as conversation:
            step = next(conversation)
            while True:
                reply: Answer | UnreachableError | None = None
                match step:
                    case Send(asked):
                        reply = self._exchange(asked)
                    case Wait(seconds, why):
                        self._notice(why)
                        self._sleep(seconds)
                try:
                    step = conversation.send(reply)
                except StopIteration as end:
                    answer: Answer = end.value
                    return answer

    def _exchange(self, call: Call[object]) -> Answer | UnreachableError:
        began = time.monotonic()
        target = self._settings.url + call.path
        try:
            with self._http.stream(call.method, target, params=call.params) as response:
                body = self._read(response, began)
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(response.status_code, headers, body)
        except httpx.HTTPError as failure:
            self._trace(f"{call.method} {redacted(target)}: {type(failure).__name__}")
            return _unreachable(failure, self._settings.url)
        taken = (time.monotonic() - began) * 1000
        self._trace(
            f"{call.method} {redacted(str(response.url))}: {answer.status}"
            f" {answer.content_type or '-'} {len(body)} bytes in {taken:.0f} ms"
        )
        return answer

    def _read(self, response: httpx.Response, began: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise ContractError(f"the answer is larger than {MAX_BODY_BYTES >> 20} MiB")
            if time.monotonic() - began > EXCHANGE_SECONDS:
                raise httpx.ReadTimeout("the answer never ends")
        return b"".join(parts)


def _headers(settings: Settings) -> dict[str, str]:
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


def _unreachable(failure: httpx.HTTPError, url: str) -> UnreachableError:
    where = urlsplit(url).netloc
    cause = str(failure)
    if isinstance(failure, httpx.TimeoutException):
        why = "it did not answer in time"
    elif "CERTIFICATE" in cause.upper():
        return UnreachableError(
            f"cannot trust {where}: its certificate was not accepted",
            hint=redacted(cause),
            remedy="name your authority's file in SSL_CERT_FILE",
        )
    elif isinstance(failure, httpx.ConnectError):
        why = "the name does not resolve" if _is_name_error(cause) else "the connection was refused"
    elif isinstance(failure, httpx.DecodingError):
        why = "its answer cannot be decompressed"
    else:
        why = "the connection broke while it answered"
    return UnreachableError(
        f"cannot reach {where}: {why}",
        hint=redacted(cause) or None,
        remedy="check --url or RENSEI_API_URL; rensei demo needs no server",
        retryable=not isinstance(failure, httpx.UnsupportedProtocol | httpx.DecodingError),
    )


def _is_name_error(cause: str) -> bool:
    return any(
        word in cause for word in ("Name or service", "nodename", "name resolution", "getaddrinfo")
    )
