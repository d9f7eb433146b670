"""Secrets cut out of text that is shown, logged or reported."""

import re

_SECRET = re.compile(
    r"((?:rs[kp]|wrk)_(?:live|test)_)\w+|(Bearer\s+)\S+|(eyJ[\w-]{4})[\w.-]+", re.IGNORECASE
)
# A shorter word is no secret, and replacing it would tear up the answers it occurs in.
_SHORTEST_SECRET = 8


def redacted(text: str) -> str:
    """Give the text with everything that looks like a credential cut to its kind."""
    return _SECRET.sub(lambda match: next(filter(None, match.groups())) + "…", text)


class Veil:
    """Hides one known secret, whatever it looks like: a server may send back what it was sent."""

    def __init__(self, secret: str | None) -> None:
        known = secret if secret and len(secret) >= _SHORTEST_SECRET else None
        shown = redacted(known) if known else ""
        self._secret, self._shown = known, "…" if shown == known else shown

    def text(self, text: str) -> str:
        """Give the text without any credential."""
        return redacted(text.replace(self._secret, self._shown) if self._secret else text)

    def value(self, text: str) -> str:
        """Give a value as it is, the known secret apart."""
        return text.replace(self._secret, self._shown) if self._secret else text

    def body(self, body: bytes) -> bytes:
        """Give a body as it is, the known secret apart."""
        if not self._secret:
            return body
        return body.replace(self._secret.encode(), self._shown.encode())
