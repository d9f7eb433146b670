"""What a task of the demo is made of: a module, and two things wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """What a test shows to be wrong, and the edit that mends it."""

    insight: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A module with two bugs: its first test shows one, a case thought of later the other."""

    title: str
    module: str
    source: str
    test: str
    first: Bug
    doubt: str
    more: str
    second: Bug
    summary: str
