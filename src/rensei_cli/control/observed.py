"""What every act that is observed knows of itself."""

from dataclasses import dataclass, replace
from typing import Self

from rensei_cli.api.reports import RemediationEntry
from rensei_cli.control.sending import cut_short
from rensei_cli.errors import RenseiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An act on its way; `doubt` is why nobody can tell whether it arrived."""

    answer: object | None = None
    doubt: RenseiError | None = None

    def cut_short(self) -> Self:
        """Give the outcome of an act whose answer nobody waits for any longer."""
        return self if self.answer or self.doubt else replace(self, doubt=cut_short())


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(Attempt):
    """An act whose session is looked at afterwards.

    `entry` is what it left in the remediation history, `reported` whether the server tells one
    (`None`: it was not read since), `readable` whether the session could be read at the last look.
    """

    status: str | None
    entry: RemediationEntry | None = None
    reported: bool | None = None
    readable: bool = True
    sent_at: float = 0.0
    seen_at: float = 0.0

    @property
    def shown_status(self) -> str | None:
        """The status as far as it is known now."""
        return self.status if self.readable else "unknown"

    @property
    def waited_seconds(self) -> float:
        """The time from the request to the last look."""
        return max(0.0, self.seen_at - self.sent_at)
