"""Whether a claim may be released: what would be taken from whom, and what speaks against it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from rensei_cli.api.wording import line
from rensei_cli.control.holder import Holder, claim_of, holder_of
from rensei_cli.control.observation import Observation
from rensei_cli.control.plan import Plan
from rensei_cli.control.sending import denies, without_route
from rensei_cli.errors import RefusedError, RenseiError, RouteMissingError
from rensei_cli.session.lifecycle import outcome_of

_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan(Plan):
    """Whose claim would be released and why."""

    reason: str | None
    force: bool = False
    expected: str | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The options that a repeated command must not lose."""
        reason = ("--reason", shlex.quote(self.reason)) if self.reason else ()
        expected = ("--expect-worker", shlex.quote(self.expected)) if self.expected else ()
        return (*reason, *expected)

    @property
    def holder(self) -> Holder:
        """Who holds the session, as far as it can be read."""
        return holder_of(self.snapshot)


def objection(plan: ReleasePlan) -> RefusedError | None:
    """Give why a claim is not released, before anything is sent."""
    holder, name = plan.holder, plan.name
    if outcome_of(plan.snapshot.status) is not None:
        return _refused(f"{name} has ended ({_short(plan.snapshot.status)}): nobody holds it", plan)
    if holder.nobody:
        return _refused(f"nothing is claimed: no worker holds {name}", plan)
    if plan.expected is not None and holder.worker_id != plan.expected:
        who = _short(holder.worker_id) or "a worker that this server does not name"
        return _refused(f"{who} holds {name}, not {_short(plan.expected)}", plan)
    if holder.live and not plan.force:
        return RefusedError(
            f"{holder.sign_of_life}; releasing now can put two agents on {name}",
            hint="A claim is released without --force when ClaimStuck or StaleHeartbeat is active.",
            remedy=plan.command("release-claim", "--force", *plan.given),
        )
    return None


def explained(plan: ReleasePlan, failure: RenseiError, looks: Iterator[Observation]) -> RenseiError:
    """Give a refusal with what the session looks like now."""
    if not denies(failure):
        return failure
    seen = next(looks)
    if isinstance(failure, RouteMissingError):
        return without_route(failure, "release claims", plan)
    if seen.session is None:
        return failure
    if outcome_of(seen.status) is not None:
        return _refused(f"{plan.name} has ended meanwhile ({_short(seen.status)})", plan, failure)
    now, before = claim_of(seen.session), plan.holder.claim
    if isinstance(failure, RefusedError) and now != before:
        who = (_short(now[0]) or "another worker") if now else "nobody"
        message = f"the claim has changed hands: {who} holds {plan.name} now"
        return _refused(message, plan, failure)
    return without_route(failure, "release claims", plan)


def _short(text: str | None) -> str | None:
    return line(text, _SHOWN_CHARACTERS)


def _refused(message: str, plan: ReleasePlan, failure: RenseiError | None = None) -> RefusedError:
    return RefusedError(
        message,
        hint="Nothing was released.",
        remedy=plan.command("show"),
        http_status=failure.http_status if failure else None,
        request_id=failure.request_id if failure else None,
        refusal=failure.refusal if isinstance(failure, RefusedError) else None,
    )
