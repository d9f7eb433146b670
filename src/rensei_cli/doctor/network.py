"""The way to a server: what its name and its answers tell of it."""

import statistics
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from rensei_cli.api import reading
from rensei_cli.api.answer import Answer
from rensei_cli.doctor.check import Check, Fact, failure, ok, skipped, untold, warning
from rensei_cli.doctor.probe import Heard
from rensei_cli.doctor.remedies import Command, Remedy
from rensei_cli.errors import (
    AuthError,
    RateLimitedError,
    RenseiError,
    ServerError,
    UnreachableError,
)
from rensei_cli.settings import Settings

NOT_REACHED = "the server is not reached"
_SLOW_SECONDS, _SKEWED_SECONDS, _EXACT_SECONDS = 2.0, 30.0, 2.0
_MISSING = {
    "proxy": "the proxy cannot be used",
    "dns": "the name does not resolve",
    "tls": "there is no connection to trust",
}


def dns_check(settings: Settings, found: list[str] | str | None, *, by_proxy: bool) -> Check:
    """Give what the name of the server leads to; `None` is no answer in time."""
    host = urlsplit(settings.url).hostname or ""
    if settings.loopback:
        return ok("dns", f"{host} is this machine", host=host)
    if by_proxy:
        return skipped("dns", "the proxy resolves the name", host=host)
    if isinstance(found, list) and found:
        several = f" and {len(found) - 1} more" if len(found) > 1 else ""
        told = f"{host} is {found[0]}{several}" if found != [host] else f"{host} is an address"
        return ok("dns", told, host=host, addresses=found)
    why = found if isinstance(found, str) else "no answer in time"
    told = f"{host} does not resolve: {why}"
    if settings.url_source == "--url":
        told += "; is the name right?"
    return failure("dns", told, elsewhere(settings), host=host)


def elsewhere(settings: Settings) -> Command:
    """Give what to do about an address that leads nowhere, by who named it."""
    match settings.url_source:
        case "RENSEI_API_URL":
            return Remedy.unset.command(variable="RENSEI_API_URL")
        case "default":
            return Remedy.demo.command()
        case "--url":
            return Remedy.other_url.command()
        case _:
            return Remedy.contexts.command()


def reach_check(
    settings: Settings, heard: Heard, error: RenseiError | None, *, before: Sequence[Check]
) -> Check:
    """Give whether a Rensei server answers; it was asked for a list, which failed with `error`.

    `before` are the checks without which there is no way to it.
    """
    for check in before:
        if check.failed:
            return skipped("reach", _MISSING[check.name])
    status = heard.status
    if status is None:
        told = error.message if error else "the server did not answer in time"
        if isinstance(error, UnreachableError) and error.slow:
            told += "; a VPN or a proxy may be missing, or the port is another"
        return failure("reach", told, _way(settings, error, before))
    match error:
        case None | RateLimitedError():
            return ok("reach", f"it answers ({status})", status=status)
        case AuthError() if status in {401, 403}:
            return ok("reach", f"it answers, and refuses this caller ({status})", status=status)
        case AuthError():
            remedy = Remedy.log_in_at.command(url=settings.url)
            return failure("reach", error.message, remedy, status=status)
        case ServerError():
            return failure("reach", error.message, Remedy.trace.command(), status=status)
        case _:
            told = f"no Rensei server answers there: {error.message}"
            return failure("reach", told, elsewhere(settings), status=status)


def _way(settings: Settings, error: RenseiError | None, before: Sequence[Check]) -> Command:
    """Give what to do where no connection comes about."""
    proxied = next((check.details for check in before if check.details.get("inForce")), None)
    if proxied:
        source = str(proxied["source"])
        # What the operating system's own settings name is no variable.
        if error and error.http_status == 407 and source.isidentifier():  # noqa: PLR2004
            named = {"variable": source, "place": proxied["place"]}
            return Remedy.proxy_login.command(**named)
        return Remedy.past_proxy.command(host=urlsplit(settings.url).hostname)
    if settings.loopback and settings.url_source not in {"RENSEI_API_URL", "--url"}:
        return Remedy.start_platform.command()
    if error is None or (isinstance(error, UnreachableError) and error.slow):
        return Remedy.again.command()
    return elsewhere(settings)


def latency_check(heard: Sequence[Heard]) -> Check:
    """Give the median of how long answers took."""
    taken = [one.seconds for one in heard if one.answer is not None]
    if not taken:
        told = "no answer came in time to be measured"
        return warning("latency", told, Remedy.trace.command())
    median = statistics.median(taken)
    told = f"{_milliseconds(median)}, the median of {len(taken)}"
    details = {"medianMs": round(median * 1000, 1), "answers": len(taken)}
    if median > _SLOW_SECONDS:
        return warning("latency", f"{told}: slow", Remedy.trace.command(), **details)
    return ok("latency", told, **details)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "under 1 ms"  # noqa: PLR2004


def clock_check(heard: Heard) -> Check:
    """Give how far the server's clock is from ours, by its `Date` or the time in its answer."""
    theirs, source = _told_at(heard.answer) if heard.answer else (None, "")
    if theirs is None or heard.at is None:
        return untold("clock", "cannot be told: the server sends no time")
    # It was written somewhere between the question and the answer.
    ahead = (theirs - heard.at).total_seconds() + heard.seconds / 2
    details: dict[str, Fact] = {"skewSeconds": round(ahead, 1), "source": source}
    if abs(ahead) < _EXACT_SECONDS:
        return ok("clock", "as the server's", **details)
    told = f"the server's is {_span(abs(ahead))} {'ahead' if ahead > 0 else 'behind'}"
    if abs(ahead) < _SKEWED_SECONDS:
        return ok("clock", told, **details)
    mac = sys.platform == "darwin"
    remedy = (Remedy.clock_mac if mac else Remedy.clock_linux).command()
    return warning("clock", f"{told}: ages and tokens are misjudged", remedy, **details)


def _told_at(answer: Answer) -> tuple[datetime | None, str]:
    with suppress(KeyError, ValueError, TypeError, IndexError, OverflowError):
        sent = parsedate_to_datetime(answer.headers["date"])
        return sent if sent.tzinfo else sent.replace(tzinfo=UTC), "Date"
    try:
        body = answer.json()
    except RenseiError:
        return None, ""
    return reading.moment(body.get("timestamp") if isinstance(body, dict) else None), "timestamp"


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
