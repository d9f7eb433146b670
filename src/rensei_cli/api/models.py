"""The wire's nouns as lenient, frozen models: unknown fields kept, impossible values `None`."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import PlainValidator as Reader
from pydantic.alias_generators import to_camel

from rensei_cli.api import reading, reports
from rensei_cli.api.answer import Answer
from rensei_cli.api.reports import HealthReport, RemediationEntry

# Two clocks that differ by less are one: a header has whole seconds, and an answer takes its time.
_SAME_CLOCK_SECONDS = 30.0

Text = Annotated[str | None, Reader(reading.text)]
Word = Annotated[str | None, Reader(reading.word)]
Moment = Annotated[datetime | None, Reader(reading.moment)]
Amount = Annotated[float | None, Reader(reading.amount)]
Count = Annotated[int | None, Reader(reading.count)]
Seconds = Annotated[float | None, Reader(reading.seconds)]


class _Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, defer_build=True, extra="allow", frozen=True
    )


class Timeline(_Wire):
    """When a session entered its phases."""

    created: Moment = None
    queued: Moment = None
    started: Moment = None
    completed: Moment = None


class Claim(_Wire):
    """Which worker holds a session, since when, and when it was last heard of."""

    worker_id: Word = None
    claimed_at: Moment = None
    heartbeat_at: Moment = None
    expires_at: Moment = None


class LifecycleEntry(_Wire):
    """A status and the moment it was entered."""

    status: Word = None
    entered_at: Moment = None


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _mapping_or_none(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _mappings(value: object) -> list[dict[str, Any]] | None:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else None


class Session(_Wire):
    """One run of an agent, as the list or the detail route tells it.

    `duration` is in seconds, `timestamp` the server's clock when it answered.
    """

    id: Text = None
    identifier: Word = None
    status: Word = None
    work_type: Word = None
    started_at: Moment = None
    duration: Seconds = None
    cost_usd: Amount = None
    provider: Word = None
    project: Word = None
    timeline: Annotated[Timeline, BeforeValidator(_mapping)] = Field(default_factory=Timeline)
    branch: Word = None
    issue_title: Word = None
    input_tokens: Count = None
    output_tokens: Count = None
    url: Word = None
    claim: Annotated[Claim | None, BeforeValidator(_mapping_or_none)] = None
    lifecycle: Annotated[tuple[LifecycleEntry, ...] | None, BeforeValidator(_mappings)] = None
    health: Annotated[HealthReport | None, Reader(reports.read_health)] = Field(
        default=None,
        validation_alias=AliasChoices("healthSummary", "health", "stuckSignals", "signals"),
    )
    remediation: Annotated[
        tuple[RemediationEntry, ...] | None, Reader(reports.read_remediation)
    ] = Field(
        default=None,
        validation_alias=AliasChoices(
            "remediationHistory",
            "remediations",
            AliasPath("remediation", "history"),
            "operatorActions",
        ),
    )
    timestamp: Moment = None


class SessionList(_Wire):
    """The sessions a server lists, and its clock when it answered."""

    sessions: tuple[Session, ...]
    timestamp: Moment = None


def read_session(answer: Answer) -> Session:
    """Give the session of a detail answer, wrapped or bare, or a `ContractError`."""
    body = answer.json()
    if isinstance(body, dict) and isinstance(body.get("session"), dict):
        inner = body["session"]
        # Health and remediation may stand beside the session instead of in it.
        body = {key: value for key, value in body.items() if key != "session"} | inner
    if not isinstance(body, dict) or not (body.get("id") or body.get("status")):
        raise answer.contract_error("a session")
    return Session.model_validate(body | {"timestamp": _server_time(body, answer)})


def read_sessions(answer: Answer) -> SessionList:
    """Give the sessions of a list answer, or a `ContractError`."""
    body = answer.json()
    items = body.get("sessions") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise answer.contract_error("a list of sessions")
    return SessionList.model_validate({"sessions": items, "timestamp": _server_time(body, answer)})


def _server_time(body: dict[str, Any], answer: Answer) -> object:
    """Give the clock of the server: its own timestamp, unless its `Date` header contradicts it.

    The header has whole seconds only, but a body may come from a cache: a clock that is behind
    would make an old activity look fresh.
    """
    told, sent = reading.moment(body.get("timestamp")), _date(answer)
    contradicted = told and sent and abs((told - sent).total_seconds()) > _SAME_CLOCK_SECONDS
    clock = sent if told is None or contradicted else told
    return clock and clock.isoformat()


def _date(answer: Answer) -> datetime | None:
    try:
        return reading.moment(parsedate_to_datetime(answer.headers.get("date", "")).isoformat())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
