"""Saying something to an agent: sent once, and what the server made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rensei_cli.api import acts, calls
from rensei_cli.api.acts import PromptAnswer
from rensei_cli.api.client import Client
from rensei_cli.api.models import Session
from rensei_cli.control.holder import waits
from rensei_cli.control.observed import Attempt
from rensei_cli.control.plan import Plan
from rensei_cli.control.sending import denies, sent, without_route
from rensei_cli.errors import RenseiError, RouteMissingError
from rensei_cli.session.lifecycle import outcome_of

_OK, _REFUSED, _PENDING, _LOST = 0, 7, 8, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPlan(Plan):
    """What would be said to which session."""

    text: str

    @property
    def restarts(self) -> bool:
        """Whether the session has ended: a prompt queues it again."""
        return outcome_of(self.snapshot.status) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOutcome(Attempt):
    """What is known of a prompt."""

    plan: PromptPlan
    sent: bool = False
    answer: PromptAnswer | None = None

    @property
    def delivered(self) -> bool | None:
        """Whether it reached the session, where the server told: an answer without a word does."""
        if self.answer is None:
            return None if self.sent else False
        return True if self.answer.delivered is None else self.answer.delivered

    @property
    def held(self) -> bool:
        """Whether the server keeps it for later."""
        return self.answer is not None and self.answer.disposition == "held"

    @property
    def status(self) -> str | None:
        """The status after it, as the server told it."""
        return (self.answer.status if self.answer else None) or self.plan.snapshot.status

    @property
    def restarted(self) -> bool:
        """Whether the session was queued again: it had ended, perhaps only just before."""
        return self.plan.restarts or (
            not waits(self.plan.snapshot.status)
            and waits(self.answer.status if self.answer else "")
        )

    @property
    def exit_code(self) -> int:
        """Give 0 delivered, 8 held for later, 7 refused, 9 where the answer was lost."""
        if self.delivered is None:
            return _LOST
        if self.delivered:
            return _OK
        return _PENDING if self.held else _REFUSED


def carry_out(plan: PromptPlan, client: Client) -> Iterator[PromptOutcome]:
    """Give the outcome before and after the answer.

    Raises:
        RenseiError: The prompt surely did not arrive.
    """
    so_far = PromptOutcome(plan=plan, sent=True)
    yield so_far
    call = acts.prompt(plan.session_id, plan.text, key=plan.key)
    try:
        answer = sent(client, call)
    except RenseiError as failure:
        raise _explained(plan, client, failure) from None
    if isinstance(answer, RenseiError):
        yield replace(so_far, doubt=answer)
    else:
        yield replace(so_far, answer=answer)


def _explained(plan: PromptPlan, client: Client, failure: RenseiError) -> RenseiError:
    """Give a denial with what it means where the session itself can be read."""
    if not denies(failure):
        return failure
    if not isinstance(failure, RouteMissingError):
        seen = client.start(calls.session(plan.session_id)).outcome()
        if not isinstance(seen, Session):
            return failure
    return without_route(failure, "prompt sessions", plan)
