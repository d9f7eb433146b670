"""Asking without changing anything: names, certificates and harmless requests, each in bounds."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any, Generic, Self, TypeVar

from rensei_cli.api.answer import Answer, error_of
from rensei_cli.api.certificate import Certificate
from rensei_cli.api.exchange import Call
from rensei_cli.api.network import Limits, Network
from rensei_cli.api.opening import tunnel
from rensei_cli.api.proxy import Proxy
from rensei_cli.api.tail import Tail
from rensei_cli.api.trust import presented
from rensei_cli.errors import RenseiError
from rensei_cli.settings import Settings

# A doctor is asked when something hangs: each of its three rounds ends within `call_seconds`.
LIMITS = Limits(connect_seconds=4.0, read_seconds=4.5, exchange_seconds=5.0, call_seconds=5.0)
# A small server takes no more connections at once without keeping some of them waiting.
_AT_ONCE = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back: an answer of any status, or what kept it from coming."""

    answer: Answer | None = None
    failure: RenseiError | None = None
    seconds: float = 0.0
    at: datetime | None = None

    @property
    def status(self) -> int | None:
        """The status of the answer."""
        return self.answer.status if self.answer else None

    @property
    def error(self) -> RenseiError | None:
        """What it means when it is not a success."""
        return self.failure or (error_of(self.answer) if self.answer else None)


SILENCE = Heard()


class Prober:
    """Asks one server side by side; nothing is sent twice, and never a POST."""

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        now: Callable[[], datetime],
        trace: Callable[[str], None],
    ) -> None:
        self._now = now
        self._network = Network(settings, limits, trace, None)
        self._few = BoundedSemaphore(_AT_ONCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._network.close()

    def ask(self, call: Call[object]) -> Heard:
        """Give what the server answers, whatever its status."""
        with self._few:
            began = time.monotonic()
            try:
                reply = self._network.exchange(call)
            except RenseiError as error:
                return Heard(failure=error)
            seconds = time.monotonic() - began
        if isinstance(reply, Answer):
            return Heard(answer=reply, seconds=seconds, at=self._now())
        return Heard(failure=reply, seconds=seconds)

    def open_stream(self, session_id: str) -> Heard:
        """Give whether a session's stream opens; it is closed at once."""
        tail = Tail(self._network, session_id)
        try:
            with self._few:
                next(tail.batches(), None)
        except RenseiError as error:
            return Heard(failure=error)
        finally:
            tail.close()
        return Heard(answer=Answer(200, {"content-type": "text/event-stream"}, b""))


class Later(Generic[T]):
    """A question asked at once from a thread of its own, which does not outlive the program."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._answers: SimpleQueue[tuple[T] | BaseException] = SimpleQueue()
        Thread(target=self._asking, args=(ask,), daemon=True).start()

    def _asking(self, ask: Callable[[], T]) -> None:
        try:
            self._answers.put((ask(),))
        except BaseException as failure:  # noqa: BLE001 - it is raised where it is waited for
            self._answers.put(failure)

    def by(self, give_up_at: float) -> T | None:
        """Give the answer, or nothing where there is none at that moment of the monotonic clock."""
        try:
            found = self._answers.get(timeout=max(0.0, give_up_at - time.monotonic()))
        except Empty:
            return None
        if isinstance(found, BaseException):
            raise found
        return found[0]


def addresses(host: str) -> list[str] | str:
    """Give the addresses of a name, or why it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return getattr(error, "strerror", None) or "the name is malformed"
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def certificate_at(url: str, proxy: Proxy | None, seconds: float) -> Certificate | None:
    """Give the certificate that stands at an https URL, trusted or not; nothing is sent to it."""
    # The library takes plain seconds as well, and stays where it is.
    limit: Any = seconds
    with suppress(RenseiError):
        return presented(url, limit, tunnel(proxy))
    return None
