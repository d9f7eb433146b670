"""Whether what is sent is read by the server alone, and who vouches for that server."""

from datetime import datetime
from urllib.parse import urlsplit

from rensei_cli.api.certificate import Certificate
from rensei_cli.api.trust import trusted
from rensei_cli.doctor.check import Check, Fact, failure, ok, skipped, warning
from rensei_cli.doctor.network import NOT_REACHED, elsewhere
from rensei_cli.doctor.probe import Heard
from rensei_cli.doctor.remedies import Command, Remedy
from rensei_cli.settings import Settings

# Certificates are renewed with more time left than this, unless it was forgotten.
_SOON_DAYS = 14


def tls_check(
    settings: Settings, heard: Heard, seen: Certificate | None, now: datetime, variable: str | None
) -> Check:
    """Give whether what is sent is safe on its way; the commands' own request decides about trust.

    `variable` is the one that names other authorities than this machine's.
    """
    if urlsplit(settings.url).scheme == "http":
        return _plain(settings)
    issued = f"issued by {seen.issuer}, until {seen.ends:%Y-%m-%d}" if seen else ""
    details: dict[str, Fact] = {
        "scheme": "https",
        "issuer": seen.issuer if seen else None,
        "notAfter": seen.ends.isoformat() if seen else None,
        "trusted": trusted(),
    }
    if heard.answer is not None:
        parts = ("trusted", issued, _ends_soon(seen, now))
        return ok("tls", ", ".join(filter(None, parts)), **details)
    told = heard.error.message if heard.error else ""
    if told.startswith("cannot trust"):
        return failure("tls", told, _trust(settings, seen, now, variable), **details)
    if "does not speak TLS" in told:
        plain = urlsplit(settings.url)._replace(scheme="http").geturl()
        return failure("tls", told, Remedy.again_at.command(url=plain), **details)
    return skipped("tls", NOT_REACHED, **details)


def _plain(settings: Settings) -> Check:
    if settings.loopback:
        return ok("tls", "plain http, which does not leave this machine", scheme="http")
    told = "plain http: the key and all answers travel in clear"
    safe = urlsplit(settings.url)._replace(scheme="https").geturl()
    return warning("tls", told, Remedy.again_at.command(url=safe), scheme="http")


def _ends_soon(seen: Certificate | None, now: datetime) -> str:
    """Give in how many days a certificate ends that has no two weeks left."""
    left = (seen.ends - now).days if seen else _SOON_DAYS
    return f"which is in {left} days" if left < _SOON_DAYS else ""


def _trust(
    settings: Settings, seen: Certificate | None, now: datetime, variable: str | None
) -> Command:
    """Give what to do about a certificate that is not trusted, by what is wrong with it."""
    host = urlsplit(settings.url).hostname or ""
    if seen and not seen.begins <= now <= seen.ends:
        return Remedy.clock.command()
    if seen and not seen.self_signed and not any(_is_for(name, host) for name in seen.names):
        return elsewhere(settings)
    return Remedy.unset.command(variable=variable) if variable else Remedy.trust.command()


def _is_for(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
