"""Where secrets are kept: the keyring of the operating system, or else a private file."""

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rensei_cli import paths, private
from rensei_cli.errors import AuthError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "rensei"
# A locked keyring waits for somebody to type its password, who may not be there.
LIMIT_SECONDS = 3.0
# Keyring's own limit: what ranks lower keeps a secret in plain text, or not at all.
_RECOMMENDED = 1

T = TypeVar("T")


class Place(StrEnum):
    """Where the secret of a context lies."""

    keyring = "keyring"
    file = "file"
    none = "none"


class Kept(NamedTuple):
    """Where a secret was put; `why` tells what was against the keyring."""

    place: Place
    why: str | None = None


class _NoKeyringError(Exception):
    """The keyring cannot be used; the text is why, and never holds words of the keyring's own."""


def secrets_file(environ: Mapping[str, str]) -> Path:
    """Give the file for secrets that no keyring takes."""
    return paths.contexts_dir(environ) / "secrets.toml"


def keep(name: str, secret: str, environ: Mapping[str, str]) -> Kept:
    """Put the secret of a context into the keyring or, where that fails, into the file."""

    def work(ring: "KeyringBackend", account: str) -> bool:
        ring.set_password(SERVICE, account, secret)
        return ring.get_password(SERVICE, account) == secret

    try:
        if _in_time(work, name, environ):
            _rewrite(environ, lambda held: held.pop(name, None))
            return Kept(Place.keyring)
        why = "the keyring does not give back what it is given"
    except _NoKeyringError as failure:
        why = str(failure)
    _rewrite(environ, lambda held: held.update({name: secret}))
    return Kept(Place.file, why)


def fetch(name: str, place: Place, environ: Mapping[str, str]) -> str:
    """Give the secret of a context from where it was put.

    Raises:
        AuthError: It cannot be had there.
    """
    if place is Place.file:
        found = private.read_toml(secrets_file(environ)).get(name)
        why = f"{secrets_file(environ)} does not hold it"
    else:
        found, why = _from_keyring(name, environ)
    if isinstance(found, str):
        return found
    raise AuthError(
        f"the key of context {name} cannot be had: {why}",
        hint="Unlock the keyring, give the key by RENSEI_AUTH_TOKEN, or log in anew."
        if place is Place.keyring
        else None,
        remedy=f"rensei auth login --name {private.quoted(name)}",
    )


def discard(name: str, place: Place, environ: Mapping[str, str]) -> str | None:
    """Remove the secret of a context; give why it may still be there."""
    if place is Place.file:
        _rewrite(environ, lambda held: held.pop(name, None))
    if place is not Place.keyring:
        return None

    def work(ring: "KeyringBackend", account: str) -> None:
        if ring.get_password(SERVICE, account) is not None:
            ring.delete_password(SERVICE, account)

    try:
        _in_time(work, name, environ)
    except _NoKeyringError as failure:
        return str(failure)
    return None


def removal(name: str, environ: Mapping[str, str]) -> str:
    """Give the command that removes a secret from the keyring by hand."""
    account = private.quoted(_account(name, environ))
    return f"{private.quoted(sys.executable)} -m keyring del {SERVICE} {account}"


def _from_keyring(name: str, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """Give the secret, or why there is none."""
    try:
        found = _in_time(lambda ring, account: ring.get_password(SERVICE, account), name, environ)
    except _NoKeyringError as failure:
        return None, str(failure)
    return found, "the keyring does not hold it"


def _account(name: str, environ: Mapping[str, str]) -> str:
    """Give the keyring's name of a context; those under another roof are others."""
    home = environ.get("RENSEI_HOME")
    return f"{name} in {Path(home).absolute()}" if home else name


def _in_time(
    work: "Callable[[KeyringBackend, str], T]", name: str, environ: Mapping[str, str]
) -> T:
    """Give what the keyring answers in time; a thread that hangs does not outlive the program."""
    answers: SimpleQueue[T | _NoKeyringError] = SimpleQueue()

    def asking() -> None:
        try:
            answers.put(work(_ring(), _account(name, environ)))
        except BaseException as failure:  # noqa: BLE001 - a backend may raise anything
            answers.put(_NoKeyringError(_reason(failure)))

    Thread(target=asking, daemon=True).start()
    try:
        found = answers.get(timeout=LIMIT_SECONDS)
    except Empty:
        found = _NoKeyringError(f"the keyring did not answer in {LIMIT_SECONDS:g} s")
    if isinstance(found, _NoKeyringError):
        raise found
    return found


def _ring() -> "KeyringBackend":
    import keyring
    from keyring.errors import NoKeyringError

    ring = keyring.get_keyring()
    if ring.priority < _RECOMMENDED:
        raise NoKeyringError
    return ring


def _reason(failure: BaseException) -> str:
    """Give why the keyring failed in our own words: its own may hold the secret."""
    match type(failure).__name__:
        case "NoKeyringError":
            return "this machine has no keyring"
        case "KeyringLocked":
            return "the keyring is locked"
        case "ImportError" | "ModuleNotFoundError":
            return "the keyring's library is incomplete"
        case kind:
            return f"the keyring failed ({kind})"


def _rewrite(environ: Mapping[str, str], change: Callable[[dict[str, Any]], object]) -> None:
    """Change the file of secrets, which is only made or touched where something changes."""
    file = secrets_file(environ)
    held = private.read_toml(file)
    before = dict(held)
    change(held)
    if held != before:
        private.write_toml(file, held)
