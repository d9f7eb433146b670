"""The wire's nouns: unknown fields kept, impossible values `None`."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from rensei_cli.api import reading, reports
from rensei_cli.api.answer import Answer
from rensei_cli.api.wire import Field, Wire

# Two clocks that differ by less are one: a header has whole seconds, and an answer takes its time.
_SAME_CLOCK_SECONDS = 30.0


class Timeline(Wire):
    """When a session entered its phases."""

    created = Field(reading.moment)
    queued = Field(reading.moment)
    started = Field(reading.moment)
    completed = Field(reading.moment)


class Claim(Wire):
    """Which worker holds a session, since when, and when it was last heard of."""

    worker_id = Field(reading.word)
    claimed_at = Field(reading.moment)
    heartbeat_at = Field(reading.moment)
    expires_at = Field(reading.moment)


class LifecycleEntry(Wire):
    """A status and the moment it was entered."""

    status = Field(reading.word)
    entered_at = Field(reading.moment)


def _timeline(value: object) -> Timeline:
    return Timeline(value if isinstance(value, dict) else {})


def _claim(value: object) -> Claim | None:
    return Claim(value) if isinstance(value, dict) else None


def _clock(value: object) -> datetime | None:
    """Give the clock of the answer, which `read_session` has settled."""
    return value if isinstance(value, datetime) else reading.moment(value)


def _lifecycle(value: object) -> tuple[LifecycleEntry, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(LifecycleEntry(item) for item in value if isinstance(item, dict))


class Session(Wire):
    """One run of an agent, as the list or the detail route tells it.

    `duration` is in seconds, `timestamp` the server's clock when it answered.
    """

    id = Field(reading.text)
    identifier = Field(reading.word)
    status = Field(reading.word)
    work_type = Field(reading.word)
    started_at = Field(reading.moment)
    duration = Field(reading.seconds)
    cost_usd = Field(reading.amount)
    provider = Field(reading.word)
    project = Field(reading.word)
    timeline = Field(_timeline)
    branch = Field(reading.word)
    issue_title = Field(reading.word)
    input_tokens = Field(reading.count)
    output_tokens = Field(reading.count)
    url = Field(reading.word)
    claim = Field(_claim)
    lifecycle = Field(_lifecycle)
    health = Field(reports.read_health, "healthSummary", "health", "stuckSignals", "signals")
    remediation = Field(
        reports.read_remediation,
        "remediationHistory",
        "remediations",
        "remediation",
        "operatorActions",
    )
    timestamp = Field(_clock)


class SessionList(NamedTuple):
    """The sessions a server lists, and its clock when it answered."""

    sessions: tuple[Session, ...]
    timestamp: datetime | None = None


def read_session(answer: Answer) -> Session:
    """Give the session of a detail answer, wrapped or bare, or a `ContractError`."""
    body = answer.json()
    if isinstance(body, dict) and isinstance(body.get("session"), dict):
        inner = body["session"]
        # Health and remediation may stand beside the session instead of in it.
        body = {key: value for key, value in body.items() if key != "session"} | inner
    if not isinstance(body, dict) or not (body.get("id") or body.get("status")):
        raise answer.contract_error("a session")
    return Session(body | {"timestamp": _server_time(body, answer)})


def read_sessions(answer: Answer) -> SessionList:
    """Give the sessions of a list answer, or a `ContractError`."""
    body = answer.json()
    items = reading.objects(body.get("sessions")) if isinstance(body, dict) else None
    if items is None:
        raise answer.contract_error("a list of sessions")
    return SessionList(tuple(map(Session, items)), _server_time(body, answer))


def _server_time(body: dict[str, Any], answer: Answer) -> datetime | None:
    """Give the clock of the server: its own timestamp, unless its `Date` header contradicts it.

    The header has whole seconds only, but a body may come from a cache: a clock that is behind
    would make an old activity look fresh.
    """
    told, sent = reading.moment(body.get("timestamp")), _date(answer)
    contradicted = told and sent and abs((told - sent).total_seconds()) > _SAME_CLOCK_SECONDS
    return sent if told is None or contradicted else told


def _date(answer: Answer) -> datetime | None:
    try:
        return reading.moment(parsedate_to_datetime(answer.headers.get("date", "")).isoformat())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
