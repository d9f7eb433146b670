"""What a server's certificate says of itself: as much of X.509 as an error has to name.

Nothing is decided here. The library that refuses a certificate tells why, but neither whose it is
nor who issued it, and Python parses only those that were accepted.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple

_COMMON_NAME, _ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"
_CONTEXT_0, _CONTEXT_3, _DNS, _IP = 0xA0, 0xA3, 0x82, 0x87
_UTC_TIME, _BMP_STRING = 0x17, 0x1E


class Certificate(NamedTuple):
    """Who it is for, who issued it, and from when until when."""

    names: tuple[str, ...]
    issuer: str
    begins: datetime
    ends: datetime
    self_signed: bool


class _Value(NamedTuple):
    tag: int
    body: bytes


def read_certificate(der: bytes) -> Certificate | None:
    """Give what a certificate says, or nothing where it cannot be read."""
    try:
        return _certificate(der)
    except (ValueError, IndexError, StopIteration):
        return None


def _certificate(der: bytes) -> Certificate:
    inner = list(_values(next(_values(next(_values(der)).body)).body))
    version = inner[0].tag == _CONTEXT_0
    _, _, issuer, validity, subject, *more = inner[version:]
    begins, ends = (_moment(value) for value in _values(validity.body))
    common = _names(subject.body).get(_COMMON_NAME)
    names = tuple(_alternatives(more)) or ((common,) if common else ())
    issued = _names(issuer.body)
    named = [issued[kind] for kind in (_ORGANISATION, _COMMON_NAME) if kind in issued]
    by = ", ".join(dict.fromkeys(named)) or "an authority without a name"
    return Certificate(names, by, begins, ends, self_signed=issuer.body == subject.body)


def _values(data: bytes) -> Iterator[_Value]:
    """Give the values that stand one after the other in DER."""
    at = 0
    while at < len(data):
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            width = size & 0x7F
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + size > len(data):
            raise ValueError("cut")
        yield _Value(tag, data[at : at + size])
        at += size


def _names(name: bytes) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for group in _values(name):
        for pair in _values(group.body):
            kind, value = _values(pair.body)
            coding = "utf-16-be" if value.tag == _BMP_STRING else "utf-8"
            found[kind.body] = value.body.decode(coding, "replace")
    return found


def _moment(value: _Value) -> datetime:
    text = value.body.decode("ascii")
    if value.tag == _UTC_TIME:  # two digits of a year between 1950 and 2049
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _alternatives(more: list[_Value]) -> Iterator[str]:
    """Give the hosts that a certificate is for."""
    extensions = next((value.body for value in more if value.tag == _CONTEXT_3), b"")
    for listed in _values(extensions):
        for extension in _values(listed.body):
            kind, *_, content = _values(extension.body)
            if kind.body == _ALTERNATIVE_NAMES:
                for names in _values(content.body):
                    yield from filter(None, map(_host, _values(names.body)))


def _host(name: _Value) -> str | None:
    if name.tag == _DNS:
        return name.body.decode("ascii", "replace")
    return str(ip_address(name.body)) if name.tag == _IP else None
