"""Secrets cut out of text that is shown, logged or reported."""

import base64
import re
from typing import Any
from urllib.parse import quote

# What a secret is called where it stands in an address, a form or an object.
_CALLED = (
    r"[\w-]{0,20}token|(?:x-)?api[_-]?key|access[_-]?(?:hash|key)|session[_-]?hash|(?:client[_-]?)?"
    r"secret|pass(?:word|wd|phrase)?|private[_-]?key|credentials?|jwt|authorization|(?:set-)?cookie"
)
# Words that mean more than one thing, but a secret in the query of an address.
_IN_QUERY = r"key|code|auth|sid|sig|signature|x-amz-\w{1,30}"
_END = r"[^\s&;,\"'<>#)\]}]+"
_SECRET = re.compile(
    # by their look
    r"((?:rs[kp]|wrk)_(?:live|test)_)\w+|(Bearer\s+)\S+|(Basic\s+)(?=\S*[\d=+/])\S{8,}"
    r"|(eyJ[\w-]{4})[\w.-]+|\b(sk-|gh[opsu]_|github_pat_|lin_\w{3,5}_|xox[a-z]-)[\w-]{16,}"
    # by their place
    r"|(://)[^/\s?#\"'<>]{1,512}@"
    rf"|([?&;](?:{_IN_QUERY})=){_END}"
    rf"|(\b(?:{_CALLED})(?:=|%3D)){_END}"
    rf"|(\"(?:{_CALLED})\\?\"\s?:\s?\\?\")[^\"\\]+"
    r"|(\b(?:authorization|cookie)\s?:\s?(?:(?:bearer|basic)\s+)?)[^\r\n\"<]+",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(_CALLED, re.IGNORECASE)
# A shorter word is no secret, and replacing it would tear up the answers it occurs in.
_SHORTEST_SECRET = 8


def redacted(text: str) -> str:
    """Give the text with everything that looks like a credential cut to its kind."""
    return _SECRET.sub(_cut, text)


def _cut(found: re.Match[str]) -> str:
    kind = next(filter(None, found.groups()))
    return "://…@" if kind == "://" else kind + "…"


def purged(body: dict[str, Any]) -> dict[str, Any] | None:
    """Give a JSON object with every text in it redacted, or nothing where it holds nothing."""
    return {redacted(key): _named(key, value) for key, value in body.items()} or None


def _purged(value: object) -> object:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {redacted(key): _named(key, item) for key, item in value.items()}
    return [_purged(item) for item in value] if isinstance(value, list) else value


def _named(name: str, value: object) -> object:
    hidden = isinstance(value, str) and value and _SECRET_NAME.fullmatch(name)
    return "…" if hidden else _purged(value)


class Veil:
    """Hides known secrets, whatever they look like: a server may send back what it was sent."""

    def __init__(self, *secrets: str) -> None:
        known = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
        shown = {form: _shown(secret) for secret in known for form in _forms(secret)}
        # The longest first: one secret may be the beginning of another.
        self._shown = sorted(shown.items(), key=lambda item: -len(item[0]))
        self._in_bytes = [(form.encode(), less.encode()) for form, less in self._shown]
        self._escaped = [(_written_anyhow(form), less.encode()) for form, less in self._shown]

    def text(self, text: str) -> str:
        """Give the text without any credential."""
        return redacted(self.value(text))

    def value(self, text: str) -> str:
        """Give a value as it is, the known secrets apart."""
        for form, shown in self._shown:
            text = text.replace(form, shown)
        return text

    def body(self, body: bytes) -> bytes:
        """Give a body as it is, the known secrets apart."""
        for form, shown in self._in_bytes:
            body = body.replace(form, shown)
        if self._escaped and b"\\u00" in body:
            for written, shown in self._escaped:
                body = written.sub(shown, body)
        return body


def _written_anyhow(text: str) -> re.Pattern[bytes]:
    """Give what finds ASCII text in JSON in which any letter of it may be escaped, once or more."""
    letters = (
        rb"(?:%b|\\++u00(?i:%02x))" % (re.escape(letter), letter[0])
        for letter in (text[place : place + 1].encode() for place in range(len(text)))
    )
    # No match begins within a run of backslashes, which would be looked through from each of them.
    return re.compile(rb"(?:(?<!\\)|(?!\\))" + b"".join(letters))


def _shown(secret: str) -> str:
    shown = redacted(secret)
    return "…" if shown == secret else shown


def _forms(secret: str) -> set[str]:
    """Give a secret as it may be written: plain, in JSON, in an address, in a Basic header."""
    return {
        secret,
        secret.replace("\\", "\\\\").replace('"', '\\"'),
        secret.replace("/", "\\/"),
        quote(secret),
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode(),
    }
