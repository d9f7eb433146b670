"""What the public sees of a session."""

import json
from typing import Any

from rensei_cli.embedded import health, reads
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import instant, present


def item(unit: Unit, found: Session) -> dict[str, Any]:
    """Give a session as the list shows it."""
    return present(
        {
            "id": found.id,
            "identifier": found.identifier,
            "status": found.public,
            "workType": found.work_type,
            "startedAt": instant(found.queued_at),
            "duration": _duration(found, unit.now),
            "costUsd": found.cost_usd,
            "provider": found.provider,
            "project": found.project,
            "healthSummary": health.summary(found, unit.rules.thresholds, unit.now),
        }
    )


def detail(unit: Unit, found: Session) -> dict[str, Any]:
    """Give a session as the detail shows it: who holds it, how it went, what people did to it."""
    rest = {
        "issueTitle": found.title,
        "branch": found.branch,
        "inputTokens": found.input_tokens,
        "outputTokens": found.output_tokens,
        "timeline": timeline(found),
    }
    return {
        **item(unit, found),
        **present(rest),
        "claim": claim(unit, found),
        "lifecycle": [
            {"status": status, "enteredAt": instant(at)}
            for status, at in reads.entries(unit, found.id)
        ],
        "remediationHistory": [json.loads(text) for _, text in reads.remediations(unit, found.id)],
    }


def timeline(found: Session) -> dict[str, str]:
    """Give the moments of the present run; those still to come have no key."""
    moments = {
        "created": found.created_at,
        "queued": found.queued_at,
        "started": found.started_at,
        "completed": found.completed_at,
    }
    return {name: instant(at) for name, at in moments.items() if at is not None}


def claim(unit: Unit, found: Session) -> dict[str, str] | None:
    """Give who holds a session and until when, `None` when nobody does."""
    if found.worker_id is None or found.claimed_at is None:
        return None
    heard_at = found.heartbeat_at if found.heartbeat_at is not None else found.claimed_at
    return {
        "workerId": found.worker_id,
        "claimedAt": instant(found.claimed_at),
        "heartbeatAt": instant(heard_at),
        "expiresAt": instant(heard_at + int(unit.rules.claim_ttl_seconds * 1000)),
    }


def _duration(found: Session, now: int) -> int:
    """Give whole seconds from the claim (from queueing while unclaimed) to the end or to now."""
    began_at = found.started_at if found.started_at is not None else found.queued_at
    ended_at = found.completed_at if found.completed_at is not None else now
    return max(0, ended_at - began_at) // 1000
