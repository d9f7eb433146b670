"""What a redirect means: none is followed, so that no credential goes to another place."""

import re
from urllib.parse import urlsplit

from rensei_cli.api.wording import line
from rensei_cli.errors import AuthError, ContractError, RenseiError

_LOGIN_PLACE = re.compile(
    r"\b(log|sign)[-_]?in\b|\b(sso|saml2?|oauth2?|auth|authorize)\b", re.IGNORECASE
)


def redirected(status: int, target: str, login: str) -> RenseiError:
    """Give the error for a redirect; `login` is what helps where it leads to a login page."""
    place = _place(target)
    if _LOGIN_PLACE.search(target):
        return AuthError(
            f"the server sent the request to a login page ({place})",
            hint="It did not accept the credential, or there was none.",
            remedy=login,
        )
    base = _base(place)
    return ContractError(
        f"the server moved: {status} to {place}",
        hint="Redirects are not followed, so that no credential goes to another place.",
        remedy=f"--url {base}" if base else "name the new place with --url",
    )


def _place(target: str) -> str:
    """Give where a redirect leads, without what its query may carry."""
    try:
        bare = urlsplit(target)._replace(query="", fragment="").geturl()
    except ValueError:
        bare = ""
    return line(bare) or "nowhere"


def _base(place: str) -> str | None:
    """Give the base URL under which a route of ours lies, where the place is one in full."""
    base, route, _ = place.partition("/api/")
    usable = route and base.startswith(("http://", "https://")) and "@" not in base
    return base if usable else None
