"""What a command has shown is what the next TAB offers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rensei_cli import paths
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.api.models import Session
    from rensei_cli.completion.cache import Known, Scope

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def remember_list(runtime: Runtime, sessions: "Iterable[Session]") -> None:
    """Keep the sessions a server lists: live ones first, of each kind the newest first."""
    from rensei_cli.session.lifecycle import outcome_of

    def order(one: "Session") -> tuple[bool, float]:
        began = one.started_at or one.timeline.created or _LONG_AGO
        return outcome_of(one.status) is not None, -began.timestamp()

    _remember(runtime, [_known(one, one.status) for one in sorted(sessions, key=order)], whole=True)


def remember_one(runtime: Runtime, session: "Session", status: str | None) -> None:
    """Keep one session beside those that were kept before."""
    _remember(runtime, [_known(session, status)], whole=False)


@contextmanager
def forgotten_after(runtime: Runtime, url: str) -> Iterator[None]:
    """Let what is kept of a server, by whatever command, end with it."""
    from rensei_cli.completion.remember import forget

    try:
        yield
    finally:
        forget(dict(runtime.environ), url)


def _remember(runtime: Runtime, known: "list[Known]", *, whole: bool) -> None:
    from rensei_cli.completion.remember import remember

    named = [one for one in known if one.id]
    remember(dict(runtime.environ), _scope(runtime), named, whole=whole)


def _known(session: "Session", status: str | None) -> "Known":
    from rensei_cli.completion.cache import Known
    from rensei_cli.session.lifecycle import outcome_of

    told = "ended" if outcome_of(status) else "live"
    fields = (session.id, session.identifier, status, told, session.issue_title)
    return Known([field or "" for field in fields])


def _scope(runtime: Runtime) -> "Scope":
    from rensei_cli.completion.cache import Scope

    settings = runtime.settings
    name = settings.context.name if settings.context_applies else None
    running = str(paths.platforms_dir(runtime.environ)) if settings.embedded else None
    fields = (settings.url, name, settings.org, settings.project, running)
    return Scope([field or "" for field in fields])
