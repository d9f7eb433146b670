"""The report as JSON."""

from datetime import UTC

from rensei_cli.doctor import schema
from rensei_cli.doctor.check import Area, Check, Report


def doctor_document(report: Report) -> schema.DoctorDocument:
    """Give all findings as JSON."""
    return {
        "schema": "rensei.doctor/1",
        "checkedAt": report.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "server": report.url,
        "healthy": report.exit_code == 0,
        "checks": [_check(area, check) for area, check in report],
    }


def _check(area: Area, check: Check) -> schema.CheckDocument:
    return {
        "area": area.value,
        "name": check.name,
        "state": check.state.value,
        "finding": check.finding,
        "remedy": check.remedy,
        "details": dict(check.details),
    }
