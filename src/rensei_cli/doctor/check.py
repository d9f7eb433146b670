"""One finding as a value; what is not in order cannot be told without saying what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rensei_cli.doctor.remedies import Command

Fact = str | int | float | bool | list[str] | None


class State(StrEnum):
    """How a check ended; `skipped` is one that could not be tried, or not without acting."""

    ok = "ok"
    warning = "warning"
    failure = "failure"
    skipped = "skipped"


class Area(StrEnum):
    """What a check is about."""

    program = "program"
    configuration = "configuration"
    network = "network"
    server = "server"
    terminal = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding; `details` holds its figures for programs."""

    name: str
    state: State
    finding: str
    remedy: Command | None = None
    details: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether it is broken."""
        return self.state is State.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings by area, when they were made, and which server they are about."""

    at: datetime
    url: str | None
    areas: Mapping[Area, tuple[Check, ...]]

    def count(self, state: State) -> int:
        """Give how many checks ended so."""
        return sum(check.state is state for _, check in self)

    def __iter__(self) -> Iterator[tuple[Area, Check]]:
        return ((area, check) for area, checks in self.areas.items() for check in checks)

    @property
    def exit_code(self) -> int:
        """1 when anything is broken."""
        return 1 if self.count(State.failure) else 0


def ok(name: str, finding: str, /, **details: Fact) -> Check:
    """Give a check that found everything in order."""
    return Check(name=name, state=State.ok, finding=finding, details=details)


def warning(name: str, finding: str, remedy: Command, /, **details: Fact) -> Check:
    """Give a check that found something to know."""
    return Check(name=name, state=State.warning, finding=finding, remedy=remedy, details=details)


def failure(name: str, finding: str, remedy: Command, /, **details: Fact) -> Check:
    """Give a check that found something broken."""
    return Check(name=name, state=State.failure, finding=finding, remedy=remedy, details=details)


def skipped(name: str, why: str, /, **details: Fact) -> Check:
    """Give a check that was not tried because another one failed."""
    return Check(name=name, state=State.skipped, finding=f"not tried: {why}", details=details)


def untold(name: str, why: str, /, **details: Fact) -> Check:
    """Give a check that was tried, and that no harmless question could decide."""
    return Check(name=name, state=State.skipped, finding=why, details=details)
