"""One thread owns the database.

It takes pieces of work in the order they were given and commits everything that is waiting with
one write to the disk: the event loop never waits for the disk, a burst of activities costs one
sync instead of hundreds, and nobody hears of a result before it is safe.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from rensei_cli.embedded.config import Config
from rensei_cli.embedded.journal import Act
from rensei_cli.embedded.schema import connect

T = TypeVar("T")
_MOST_PER_COMMIT = 256


@dataclass(frozen=True, slots=True)
class Event:
    """Something that streams may tell.

    `number` is the activity's or the remediation's, `status` the new status or the active signals.
    """

    session_id: str
    kind: str
    text: str
    number: int = 0
    status: str = ""


@dataclass(slots=True)
class Unit:
    """What a piece of work may use: the transaction, the moment (epoch milliseconds), the rules.

    It leaves what streams may tell, and what the log is to say; a refused act is an act too.
    """

    connection: sqlite3.Connection
    now: int
    rules: Config
    events: list[Event] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Give the rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - what SQLite gives has no type
        """Give the first row of a query, or `None`."""
        return self.connection.execute(sql, values).fetchone()

    def write(self, sql: str, *values: object) -> int:
        """Change something; gives the number of rows changed."""
        return self.connection.execute(sql, values).rowcount


Work = Callable[[Unit], T]


class _Piece(Generic[T]):
    """One piece of work, and whoever waits for it."""

    def __init__(self, work: Work[T]) -> None:
        self._work = work
        self.future: Future[T] = Future()
        self._settle: Callable[[], None] = _nothing

    def perform(self, unit: Unit) -> None:
        """Do the work; what it raises undoes it, and nothing but it."""
        if not self.future.set_running_or_notify_cancel():
            return
        heard = len(unit.events)
        unit.connection.execute("SAVEPOINT piece")
        try:
            self._settle = partial(self.future.set_result, self._work(unit))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            self._settle = partial(self.future.set_exception, error)
            unit.connection.execute("ROLLBACK TO piece")
            del unit.events[heard:]
        unit.connection.execute("RELEASE piece")

    def settle(self) -> None:
        """Tell the result, now that it is safe."""
        self._settle()

    def fail(self, error: Exception) -> None:
        """Tell that nothing was kept."""
        if self.future.running():
            self.future.set_exception(error)


class Database:
    """The thread and its queue."""

    def __init__(
        self,
        path: Path | None,
        rules: Config,
        clock: Callable[[], float],
        announce: Callable[[Sequence[Event]], None],
        record: Callable[[Sequence[Act]], None],
    ) -> None:
        self._rules, self._clock = rules, clock
        self._announce, self._record = announce, record
        self._waiting: queue.SimpleQueue[_Piece[Any] | None] = queue.SimpleQueue()
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._live, args=(path, opened), name="database")
        self._thread.start()
        opened.result()

    def submit(self, work: Work[T]) -> "Future[T]":
        """Give the result to come of a piece of work; it comes after the commit."""
        piece = _Piece(work)
        self._waiting.put(piece)
        return piece.future

    async def run(self, work: Work[T]) -> T:
        """Give the result of a piece of work once it is committed."""
        return await asyncio.wrap_future(self.submit(work))

    def close(self) -> None:
        """Finish what is waiting and close the file."""
        self._waiting.put(None)
        self._thread.join()

    def _live(self, path: Path | None, opened: "Future[None]") -> None:
        try:
            connection = connect(path)
        except OSError as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        pieces: list[_Piece[Any] | None] = []
        while None not in pieces:
            pieces = self._take()
            self._commit_together(connection, [piece for piece in pieces if piece is not None])
        connection.close()

    def _commit_together(self, connection: sqlite3.Connection, pieces: list[_Piece[Any]]) -> None:
        unit = Unit(connection, 0, self._rules)
        try:
            connection.execute("BEGIN")
            for piece in pieces:
                unit.now = int(self._clock() * 1000)
                piece.perform(unit)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._record([replace(act, status=503) for act in unit.acts])
            _give_up(connection, pieces, error)
            return
        self._record(unit.acts)
        self._announce(unit.events)
        for piece in pieces:
            piece.settle()

    def _take(self) -> list[_Piece[Any] | None]:
        pieces = [self._waiting.get()]
        while len(pieces) < _MOST_PER_COMMIT and not self._waiting.empty():
            pieces.append(self._waiting.get())
        return pieces


def _give_up(connection: sqlite3.Connection, pieces: list[_Piece[Any]], error: Exception) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    for piece in pieces:
        piece.fail(error)


def _nothing() -> None:
    pass
