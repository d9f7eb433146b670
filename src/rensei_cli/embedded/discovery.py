"""How others on this machine find a running platform: a file it keeps locked while it lives."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rensei_cli import private


@contextlib.contextmanager
def announced(folder: Path, fields: dict[str, Any]) -> Iterator[Path]:
    """Keep `<pid>.json` with these fields, locked, for as long as the block lasts.

    It gets its name when it is complete and locked, so that a reader sees all of it or nothing; a
    file that is not locked was left behind by a platform that was killed.
    """
    private.made(folder)
    aside = folder / f".{os.getpid()}.{secrets.token_hex(4)}.tmp"
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    path = aside
    try:
        os.write(descriptor, json.dumps(fields).encode())
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path = _free_name(folder)
        aside.replace(path)
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _free_name(folder: Path) -> Path:
    """Give this process's file name, with a number when one process runs several platforms."""
    number, path = 1, folder / f"{os.getpid()}.json"
    while _is_held(path):
        number += 1
        path = folder / f"{os.getpid()}-{number}.json"
    return path


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
