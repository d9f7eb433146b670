"""How a caller stands with a server: who, from where that was decided, and whether it holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rensei_cli import platforms
from rensei_cli.api.identity import Identity
from rensei_cli.credentials import ends_at, kind_of
from rensei_cli.errors import AuthError, RenseiError
from rensei_cli.settings import DEFAULT_URL, Settings
from rensei_cli.vault import Place


class State(StrEnum):
    """Whether the credential opens the server."""

    valid = "valid"
    unchecked = "unchecked"
    invalid = "invalid"
    missing = "missing"
    unknown = "unknown"


_EXIT_CODES = {State.valid: 0, State.unchecked: 0, State.invalid: 4, State.missing: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was decided and what the server said; of the secret there is only its ending."""

    settings: Settings
    state: State
    identity: Identity | None = None
    error: RenseiError | None = None
    kind: str | None = None
    ending: str | None = None
    ends_at: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code that stands for the state."""
        return _EXIT_CODES.get(self.state, 1)


def standing(
    settings: Settings, ask: Callable[[], Identity | None], environ: Mapping[str, str]
) -> Standing:
    """Give how the caller stands, having asked the server once."""
    secret, failure = _secret(settings)
    identity = None
    try:
        identity = None if failure else ask()
    except RenseiError as error:
        failure = error
    state = _state(settings, identity, failure)
    return Standing(
        settings=settings,
        state=state,
        identity=identity,
        error=failure,
        kind=kind_of(secret) if secret else None,
        ending=settings.credential.ending if secret and settings.credential else None,
        ends_at=ends_at(secret) if secret else None,
        notes=tuple(_notes(settings, state, environ)),
    )


def _secret(settings: Settings) -> tuple[str | None, RenseiError | None]:
    """Give the secret, or why there is none; the hosted platform need not be asked without."""
    if settings.credential is None and settings.url == DEFAULT_URL:
        return None, AuthError(
            "there is no credential",
            hint="No option, variable or stored context gives one.",
            remedy="rensei auth login",
        )
    try:
        return settings.credential.secret if settings.credential else None, None
    except RenseiError as failure:
        return None, failure


def _state(settings: Settings, identity: Identity | None, failure: RenseiError | None) -> State:
    if failure is None:
        return State.valid if identity else State.unchecked
    if not isinstance(failure, AuthError):
        return State.unknown
    known = settings.credential is not None and failure.http_status is not None
    return State.invalid if known else State.missing


def _notes(settings: Settings, state: State, environ: Mapping[str, str]) -> Iterator[str]:
    context, credential = settings.context, settings.credential
    if not settings.context_applies:
        yield (
            f"{context.title} is for {context.server}: neither its key nor its scope is used"
            f" at {settings.url}"
        )
    elif credential and context.place is not Place.none and context.title not in credential.source:
        yield f"the key stored for {context.title} is not used: {credential.source} wins"
    if credential is None and context.official:
        yield "the official client keeps its keys to itself: rensei auth login stores one here"
    if state is State.unchecked:
        yield "this server has no route that tells whose key it is: its session list was readable"
    if settings.url_source == "default" and _EXIT_CODES.get(state) != 0:
        for platform in platforms.running_platforms(environ)[:1]:
            yield f"an embedded platform runs on this machine: --url {platform.url} asks it"
