"""The report as JSON."""

from datetime import UTC
from typing import TYPE_CHECKING

from rensei_cli.doctor.check import Area, Check, Report

if TYPE_CHECKING:  # the types load pydantic, and a document is plain JSON
    from rensei_cli.doctor import schema


def doctor_document(report: Report) -> "schema.DoctorDocument":
    """Give all findings as JSON."""
    return {
        "schema": "rensei.doctor/1",
        "checkedAt": report.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "server": report.url,
        "healthy": report.exit_code == 0,
        "checks": [_check(area, check) for area, check in report],
    }


def _check(area: Area, check: Check) -> "schema.CheckDocument":
    return {
        "area": area.value,
        "name": check.name,
        "state": check.state.value,
        "finding": check.finding,
        "remedy": check.remedy,
        "details": dict(check.details),
    }
