"""Asking one server in three rounds: is it there, how fast and who am I, what can it do."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from rensei_cli.api import calls
from rensei_cli.api.certificate import Certificate
from rensei_cli.api.models import SessionList
from rensei_cli.api.network import Limits
from rensei_cli.api.proxy import Proxy, proxy_for
from rensei_cli.doctor import network, probe
from rensei_cli.doctor.abilities import ACTS, NOBODY, Sample, ability_checks, questions
from rensei_cli.doctor.check import Check, skipped
from rensei_cli.doctor.encryption import tls_check
from rensei_cli.doctor.identity import identity_check, list_check, listed
from rensei_cli.doctor.probe import SILENCE, Heard, Later, Prober
from rensei_cli.doctor.proxy import proxy_check
from rensei_cli.errors import RenseiError
from rensei_cli.settings import Settings

_NETWORK = ("proxy", "dns", "tls", "reach", "latency", "clock")
_SERVER = ("identity", "list", "show", "activities", "stream", *ACTS)
_AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_MEASURED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """What a server was found to be; `readable` is whether its sessions can be listed."""

    way: tuple[Check, ...]
    server: tuple[Check, ...]
    readable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what a server is asked: limits, clock, environment, and who hears of each request."""

    limits: Limits
    now: Callable[[], datetime]
    environ: Mapping[str, str]
    trace: Callable[[str], None]

    def give_up_at(self) -> float:
        """Give when a round that begins now ends, by the monotonic clock."""
        return time.monotonic() + self.limits.call_seconds


def no_interview(why: str, *checks: Check) -> Interview:
    """Give the checks for somebody who cannot ask, those apart that are known already."""
    known = {check.name for check in checks}
    way = (skipped(name, why) for name in _NETWORK if name not in known)
    return Interview(way=(*checks, *way), server=tuple(skipped(name, why) for name in _SERVER))


def interview(settings: Settings, means: Means) -> Interview:
    """Give what the server of these settings is found to be."""
    proxy = proxy_for(settings.url)
    try:
        prober = Prober(settings, means.limits, means.now, means.trace)
    except RenseiError as error:
        return no_interview(error.message, proxy_check(settings.url, means.environ, proxy, error))
    with prober:
        first = _first_round(settings, means, prober, proxy)
        checks = _way(settings, means, first, proxy)
        if any(check.failed for check in checks):
            return no_interview(network.NOT_REACHED, *checks)
        return _continued(settings, means, prober, first, checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """What the first round brought."""

    heard: Heard
    addresses: list[str] | str | None
    certificate: Certificate | None

    @property
    def sessions(self) -> SessionList | RenseiError:
        """The sessions, or why there are none."""
        return listed(self.heard)


def _first_round(settings: Settings, means: Means, prober: Prober, proxy: Proxy | None) -> _First:
    server, seconds = urlsplit(settings.url), means.limits.call_seconds
    sent = partial(prober.ask, calls.sessions(project=settings.project))
    resolved = partial(probe.addresses, server.hostname or "")
    looked = partial(probe.certificate_at, settings.url, proxy, seconds)
    give_up_at = means.give_up_at()
    sessions = Later(sent)
    # A name that the proxy resolves need not be known here.
    names = None if settings.loopback or proxy else Later(resolved)
    certificate = Later(looked) if server.scheme == "https" else None
    return _First(
        heard=sessions.by(give_up_at) or SILENCE,
        addresses=names.by(give_up_at) if names else None,
        certificate=certificate.by(give_up_at) if certificate else None,
    )


def _way(settings: Settings, means: Means, first: _First, proxy: Proxy | None) -> tuple[Check, ...]:
    """Give the checks of the way to the server."""
    proxied = proxy_check(settings.url, means.environ, proxy)
    dns = network.dns_check(settings, first.addresses, by_proxy=proxy is not None)
    trust = next((name for name in _AUTHORITIES if means.environ.get(name)), None)
    tls = tls_check(settings, first.heard, first.certificate, means.now(), trust)
    found = first.sessions
    error = found if isinstance(found, RenseiError) else None
    before = (proxied, dns, tls)
    return (*before, network.reach_check(settings, first.heard, error, before=before))


def _continued(
    settings: Settings, means: Means, prober: Prober, first: _First, way: tuple[Check, ...]
) -> Interview:
    """Give the rest for a server that answers."""
    measured = _second_round(means, prober)
    latency, clock = network.latency_check(measured), network.clock_check(first.heard)
    identity = identity_check(settings, measured[-1] if measured else SILENCE)
    found = first.sessions
    readable = isinstance(found, SessionList)
    abilities = (
        _third_round(means, prober, found)
        if isinstance(found, SessionList)
        else (skipped(name, "sessions cannot be listed") for name in _SERVER[2:])
    )
    return Interview(
        way=(*way, latency, clock),
        server=(identity, list_check(settings, found), *abilities),
        readable=readable,
    )


def _second_round(means: Means, prober: Prober) -> list[Heard]:
    """Give answers one after the other, with nothing beside them that would delay them."""
    found = list[Heard]()
    give_up_at = means.give_up_at()
    for _ in range(_MEASURED):
        heard = Later(partial(prober.ask, calls.whoami())).by(give_up_at)
        if heard is None:
            break
        found.append(heard)
    return found


def _third_round(means: Means, prober: Prober, found: SessionList) -> Iterator[Check]:
    """Give what the server can do, everything asked side by side."""
    sample = _sample(found)
    asked = {name: Later(ask) for name, ask in questions(prober, sample).items()}
    give_up_at = means.give_up_at()
    heard = {name: later.by(give_up_at) for name, later in asked.items()}
    told = {name: answer for name, answer in heard.items() if answer is not None}
    return ability_checks(told, sample)


def _sample(found: SessionList) -> Sample:
    """Give a session to ask about: one that works where there is one, for its stream."""
    known = [session for session in found.sessions if session.id]
    working = [session for session in known if session.status == "working"]
    chosen = next(iter(working or known), None)
    if chosen is None or chosen.id is None:
        return Sample(session_id=NOBODY, real=False)
    return Sample(session_id=chosen.id, real=True)
