"""Which proxy a request goes through, and which variable decided it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from rensei_cli.address import is_loopback
from rensei_cli.api.proxy import Proxy
from rensei_cli.doctor.check import Check, failure, ok
from rensei_cli.doctor.remedies import Remedy
from rensei_cli.errors import RenseiError


def named_by(url: str, environ: Mapping[str, str]) -> str | None:
    """Give the variable that names a proxy for a checked URL; the lower-case form is stronger."""
    names = (f"{urlsplit(url).scheme}_proxy", "all_proxy")
    both = (form for name in names for form in (name, name.upper()))
    return next((name for name in both if environ.get(name)), None)


def proxy_check(
    url: str, environ: Mapping[str, str], proxy: Proxy | None, unusable: RenseiError | None = None
) -> Check:
    """Give which proxy is in force; `unusable` is why what is named cannot be one."""
    variable = named_by(url, environ)
    if unusable is not None:
        told = f"{unusable.message}: it takes an http:// proxy"
        return failure("proxy", told, Remedy.unset.command(variable=variable or "ALL_PROXY"))
    if proxy is not None:
        details = {"source": proxy.source, "place": proxy.place}
        return ok("proxy", f"{proxy.place}, by {proxy.source}", inForce=True, **details)
    if variable is None:
        return ok("proxy", "none is in force", inForce=False)
    why = "this machine needs none" if is_loopback(url) else "NO_PROXY exempts this server"
    return ok("proxy", f"{variable} is set, but {why}", inForce=False, source=variable)
