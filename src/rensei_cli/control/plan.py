"""What every act is planned with."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from rensei_cli.session.snapshot import Snapshot

_NAME_CHARACTERS = 80


def _typed(words: str) -> str:
    return f"rensei {words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be acted on, as its server told it.

    `key` names this one act; `again` makes a command to copy of its words; `server` is where.
    """

    session_id: str
    snapshot: Snapshot
    key: str
    again: Callable[[str], str] = _typed
    server: str | None = None

    def command(self, verb: str, *more: str) -> str:
        """Give a command about this session, to copy into a shell."""
        words = ["session", verb, shlex.quote(self.session_id), *more]
        return self.again(" ".join(words))

    @property
    def name(self) -> str:
        """The issue, or the id where there is none that a person could read out and type."""
        told = self.snapshot.session.identifier or ""
        typable = told.isprintable() and 0 < len(told) <= _NAME_CHARACTERS
        return told if typable else self.session_id
