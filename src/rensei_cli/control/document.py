"""Acts as the JSON that scripts read."""

from typing import TYPE_CHECKING

from rensei_cli.api.reports import RemediationEntry
from rensei_cli.control.prompt import PromptOutcome
from rensei_cli.control.release import Fate, ReleaseOutcome
from rensei_cli.control.sending import doubt_about
from rensei_cli.control.stop import StopOutcome
from rensei_cli.errors import RenseiError
from rensei_cli.session.document import entry_document, iso

if TYPE_CHECKING:  # the types load pydantic, and a document is plain JSON
    from rensei_cli.control import schema
    from rensei_cli.session.schema import EntryDocument


def stop_document(outcome: StopOutcome) -> "schema.StopDocument":
    """Give a stop as JSON."""
    plan, answer = outcome.plan, outcome.answer
    return {
        "schema": "rensei.stop/1",
        "session": plan.session_id,
        "identifier": plan.snapshot.session.identifier,
        "previousStatus": plan.snapshot.status,
        "newStatus": outcome.status if outcome.readable else None,
        "stage": outcome.stage.value,
        "changed": outcome.changed,
        "pending": answer.pending if answer else None,
        "receipt": dict(outcome.receipt) if outcome.receipt else None,
        "workerSilentSeconds": _rounded(outcome.silent_seconds),
        "remediation": _entry(outcome.entry),
        "remediationReported": outcome.reported,
        "waitedSeconds": _tenths(outcome.waited_seconds),
        "lastActivityAt": iso(outcome.last_activity_at),
        "doubt": _doubt(outcome.doubt),
    }


def release_document(outcome: ReleaseOutcome, objection: str | None) -> "schema.ReleaseDocument":
    """Give the release of a claim as JSON, with what speaks against one that was only planned."""
    plan = outcome.plan
    return {
        "schema": "rensei.release-claim/1",
        "session": plan.session_id,
        "identifier": plan.snapshot.session.identifier,
        "sent": outcome.sent,
        "objection": objection,
        "released": outcome.released,
        "fate": outcome.fate.value,
        "previousStatus": plan.snapshot.status,
        "newStatus": outcome.status if outcome.readable else None,
        "heartbeatSecondsAgo": _rounded(plan.holder.heartbeat_seconds),
        "previousWorkerId": outcome.previous_worker_id,
        "newWorkerId": outcome.worker_id if outcome.fate is Fate.claimed else None,
        "remediation": _entry(outcome.entry),
        "remediationReported": outcome.reported,
        "waitedSeconds": _tenths(outcome.waited_seconds),
        "doubt": _doubt(outcome.doubt),
    }


def prompt_document(outcome: PromptOutcome) -> "schema.PromptDocument":
    """Give a prompt as JSON."""
    plan, answer = outcome.plan, outcome.answer
    return {
        "schema": "rensei.prompt/1",
        "session": plan.session_id,
        "identifier": plan.snapshot.session.identifier,
        "sent": outcome.sent,
        "delivered": outcome.delivered,
        "restarts": outcome.restarted,
        "previousStatus": plan.snapshot.status,
        "newStatus": outcome.status,
        "promptId": answer.prompt_id if answer else None,
        "disposition": answer.disposition if answer else None,
        "refusal": answer.refusal if answer else None,
        "recovery": answer.recovery if answer else None,
        "idempotencyKey": plan.key,
        "doubt": _doubt(outcome.doubt),
    }


def _entry(entry: RemediationEntry | None) -> "EntryDocument | None":
    return entry_document(entry) if entry else None


def _doubt(failure: RenseiError | None) -> str | None:
    return doubt_about(failure) if failure else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else _tenths(seconds)


def _tenths(seconds: float) -> float:
    return round(seconds, 1)
