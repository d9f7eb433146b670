"""The whole examination: what is looked at here, what is asked, and what is told of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from rensei_cli.again import repeated
from rensei_cli.doctor import completion, configuration, program, terminal
from rensei_cli.doctor.caller import Caller, missing_key_check
from rensei_cli.doctor.check import Area, Check, Report
from rensei_cli.doctor.interview import Means, interview, no_interview
from rensei_cli.doctor.remedies import Command
from rensei_cli.options import GlobalOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a program runs: as which file, for whom, and to which stream it writes."""

    own: Path
    home: Path
    stdout: TextIO
    options: GlobalOptions


def examine(place: Place, caller: Caller, means: Means) -> Report:
    """Give everything that was found out, the server asked where it is known."""
    settings, environ = caller.settings, means.environ
    told = interview(settings, means) if settings else no_interview("the server is not known")
    credential = caller.credential
    if settings and credential is None:
        credential = missing_key_check(settings, readable=told.readable)
    areas = {
        Area.program: (program.version_check(), program.path_check(environ, place.own)),
        Area.configuration: (
            *configuration.file_checks(environ),
            caller.context,
            caller.address,
            *((credential,) if credential else ()),
        ),
        Area.network: told.way,
        Area.server: told.server,
        Area.terminal: tuple(_terminal(place, means)),
    }
    return Report(
        at=means.now(),
        url=settings.url if settings else None,
        areas={area: _to_copy(found, place.options) for area, found in areas.items()},
    )


def _to_copy(checks: Iterable[Check], options: GlobalOptions) -> tuple[Check, ...]:
    """Give checks whose commands lead to the server that was typed."""
    return tuple(
        replace(check, remedy=Command(repeated(check.remedy, options))) if check.remedy else check
        for check in checks
    )


def _terminal(place: Place, means: Means) -> Iterator[Check]:
    yield terminal.terminal_check(place.stdout, place.options, means.environ)
    yield terminal.color_check(place.stdout, place.options, means.environ)
    yield terminal.encoding_check(place.stdout)
    yield completion.completion_check(completion.installed(means.environ, place.home))
