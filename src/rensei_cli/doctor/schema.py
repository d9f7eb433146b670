"""The JSON that `rensei doctor --json` prints, as types; no field ever holds a secret.

Adding a field keeps a version, removing or renaming raises it.
"""

from typing import Literal

from typing_extensions import TypedDict  # comes with pydantic, which needs this one before 3.12


class CheckDocument(TypedDict):
    """One check; `remedy` is a command, and stands beside every warning and failure."""

    area: Literal["program", "configuration", "network", "server", "terminal"]
    name: str
    state: Literal["ok", "warning", "failure", "skipped"]
    finding: str
    remedy: str | None
    details: dict[str, str | int | float | bool | list[str] | None]


class DoctorDocument(TypedDict):
    """What `doctor --json` prints; `healthy` is whether nothing failed."""

    schema: Literal["rensei.doctor/1"]
    checkedAt: str
    server: str | None
    healthy: bool
    checks: list[CheckDocument]
