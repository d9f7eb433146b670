"""The shared client: it pumps conversations through the network and keeps one connection pool."""

import random
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from rensei_cli.api.answer import Answer
from rensei_cli.api.exchange import Call, Reply, Routes, Send, Step, Wait, converse
from rensei_cli.api.network import Limits, Network
from rensei_cli.api.retry import MAX_TRIES
from rensei_cli.errors import RenseiError, UnreachableError
from rensei_cli.settings import Settings

if TYPE_CHECKING:
    from rensei_cli.api.http import httpx
    from rensei_cli.api.tail import Tail

__all__ = ["Client", "Limits", "Pending"]

T = TypeVar("T")


@dataclass(slots=True)
class Pending(Generic[T]):
    """A call whose answer is on its way."""

    call: Call[T]
    call_seconds: float
    _thread: Thread = field(init=False)
    _answer: Answer | None = None
    _failure: BaseException | None = None
    _left: bool = False

    def start(self, converse: "Callable[[Pending[T]], Answer]") -> "Pending[T]":
        """Send the call from a thread of its own."""

        def work() -> None:
            try:
                self._answer = converse(self)
            except BaseException as failure:  # noqa: BLE001 - it is raised where it is waited for
                self._failure = failure

        self._thread = Thread(target=work, daemon=True)
        self._thread.start()
        return self

    def result(self) -> T:
        """Give the parsed answer, or raise what went wrong."""
        try:
            self._thread.join(self.call_seconds)
        finally:
            self._left = self._thread.is_alive()
        if self._failure is not None:
            raise self._failure
        if self._answer is None:
            raise UnreachableError(
                f"the server did not finish its answer in {self.call_seconds:g} s",
                remedy="the same again in a minute",
                retryable=True,
            )
        return self.call.parse(self._answer)

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits: what was reported as lost must not be sent again."""
        return not self._left

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
        limits: Limits | None = None,
        tries: int = MAX_TRIES,
        rng: random.Random | None = None,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._notice = notice or (lambda _line: None)
        self._limits = limits or Limits()
        self._tries = tries
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._routes = Routes()
        self._told: dict[str, object] = {}
        self._network = Network(settings, self._limits, trace or (lambda _line: None), transport)

    def close(self) -> None:
        """Close the connections."""
        self._network.close()

    def start(self, call: Call[T]) -> Pending[T]:
        """Send a call without waiting for it."""
        return Pending(call, self._limits.call_seconds).start(self._converse)

    def send(self, call: Call[T]) -> T:
        """Give the answer to a call; waits, retries and raises as `exchange` decides."""
        return self.start(call).result()

    def tail(self, session_id: str, last_event_id: str = "") -> "Tail":
        """Give the stream of a session, which opens when it is read."""
        from rensei_cli.api.tail import Tail  # noqa: PLC0415 - for a watch alone

        return Tail(self._network, session_id, last_event_id)

    def _asked(self, call: Call[object]) -> Generator[Step, Reply, Answer]:
        return converse(call, self._routes, self._now, self._rng, tries=self._tries)

    def _tell(self, why: str, seconds: float) -> None:
        """Say once why there is a pause: requests side by side fail for the same reason."""
        self._network.trace(f"a pause of {seconds:.1f} s: {why}")
        mine = object()
        if self._told.setdefault(why, mine) is mine:
            self._notice(f"{why}: trying again in {seconds:.1f} s")

    def _converse(self, pending: Pending[T]) -> Answer:
        with closing(self._asked(pending.call)) as conversation:
            step = next(conversation)
            while pending.wanted:
                reply: Answer | UnreachableError | None = None
                match step:
                    case Send(asked):
                        reply = self._network.exchange(asked)
                    case Wait(seconds, why):
                        self._tell(why, seconds)
                        self._sleep(seconds)
                try:
                    step = conversation.send(reply)
                except StopIteration as end:
                    answer: Answer = end.value
                    self._tell_route(pending.call)
                    return answer
        raise UnreachableError("nobody waits for this answer any longer")

    def _tell_route(self, call: Call[object]) -> None:
        """Trace once which form of a route this server speaks."""
        if call.older is None:
            return
        found = call.older if call.path in self._routes.older else call
        mine = object()
        if self._told.setdefault(call.path, mine) is mine:
            self._network.trace(f"the route that this server has is {found.path}")
