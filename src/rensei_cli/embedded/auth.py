"""Keys, the file that holds them, and who may speak to the platform."""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from rensei_cli.embedded.config import LOOPBACK


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets of one platform: for operators, for workers, for whoever signs webhooks."""

    operator_key: str = field(repr=False)
    worker_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def credentials(folder: Path) -> tuple[Path, Credentials]:
    """Give the credentials of a data folder and their file, made (mode 0600) at the first start."""
    path = folder / "credentials.json"
    try:
        return path, _load(path)
    except FileNotFoundError:
        return path, _mint(path)


def _load(path: Path) -> Credentials:
    fields = json.loads(path.read_text())
    return Credentials(
        operator_key=fields["operatorKey"],
        worker_key=fields["workerKey"],
        webhook_secret=fields["webhookSecret"],
    )


def _mint(path: Path) -> Credentials:
    minted = Credentials(
        operator_key=f"rsk_live_{secrets.token_hex(32)}",
        worker_key=f"wrk_live_{secrets.token_hex(32)}",
        webhook_secret=secrets.token_hex(32),
    )
    fields = {
        "operatorKey": minted.operator_key,
        "workerKey": minted.worker_key,
        "webhookSecret": minted.webhook_secret,
    }
    # Written aside and linked into place, so that a start cut short leaves no half of a file.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(aside, json.dumps(fields, indent=2) + "\n")
    aside.replace(path)
    return minted


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can ever have opened."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def carries(authorization: str | None, *keys: str) -> bool:
    """Tell whether an `Authorization` header bears one of these keys, in constant time."""
    scheme, _, token = (authorization or "").partition(" ")
    given = token.strip().encode("utf-8", "surrogateescape")
    matches = [hmac.compare_digest(given, key.encode()) for key in keys]
    return scheme.lower() == "bearer" and any(matches)


def signature(secret: str, body: bytes) -> str:
    """Give the hex HMAC-SHA256 of a webhook's body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, given: str | None) -> bool:
    """Tell whether a webhook's signature is its body's, in constant time."""
    claimed = (given or "").strip().lower().removeprefix("sha256=")
    return hmac.compare_digest(claimed.encode("utf-8"), signature(secret, body).encode())


def is_loopback(host: str | None) -> bool:
    """Tell whether a `Host` header names this machine: anything else is a page's rebound name."""
    name, separator, port = (host or "").strip().lower().rpartition(":")
    if not separator or port.endswith("]"):
        name, port = (host or "").strip().lower(), ""
    return (
        name.strip("[]") in LOOPBACK
        and (not port or port.isascii())
        and (not port or port.isdigit())
    )
