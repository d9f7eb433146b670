"""TOML files for their owner alone: read with a look at who else may, written whole or not."""

import fcntl
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rensei_cli import paths
from rensei_cli.errors import RenseiError, UsageError

_OTHERS = 0o077
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(file: Path) -> dict[str, Any]:
    """Give what a TOML file holds, and nothing where there is none.

    Raises:
        UsageError: It is not TOML.
        RenseiError: It is there, but cannot be read.
    """
    try:
        held = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as failure:
        raise RenseiError(
            f"{file} cannot be read: {failure.strerror}", remedy=f"ls -l {quoted(file)}"
        ) from None
    import tomllib

    try:
        return tomllib.loads(held.decode())
    except (ValueError, RecursionError) as failure:
        raise malformed(file, _fault(failure, held)) from None


def malformed(file: Path, why: str) -> UsageError:
    """Give the error for a file whose content is not what it has to be."""
    return UsageError(
        f"{file} cannot be understood: {why}",
        hint="Mend it, or put it aside and log in anew.",
        remedy=f"mv {quoted(file)} {quoted(file)}.old",
    )


def _fault(failure: Exception, held: bytes) -> str:
    """Give what is wrong and where, never a word of the file: it may be a secret."""
    if isinstance(failure, UnicodeDecodeError):
        return f"byte {failure.start + 1} is no UTF-8"
    place = _PLACE.search(str(failure))
    if place is None:
        return "it is no TOML"
    last = held.count(b"\n") + 1
    where = f"in line {place[1]}, column {place[2]}" if place[1] else f"at its end, line {last}"
    if " twice " in str(failure):
        return f"a table or key stands there a second time, {where}"
    return f"it is no TOML {where}"


def exposure(file: Path) -> str | None:
    """Give the warning for a file that others can read or change, with the remedy."""
    try:
        mode = file.stat().st_mode
    except OSError:
        return None
    return f"others have access to {file}: chmod 600 {quoted(file)}" if mode & _OTHERS else None


def write_toml(file: Path, content: Mapping[str, Any]) -> None:
    """Replace a file by one of mode 0600 in one step; a link stays, and leads to the new one.

    Raises:
        RenseiError: It cannot be written; then the old one is untouched.
    """
    import tomli_w

    with _failing(file):
        target = file.resolve()
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _write(aside, tomli_w.dumps(content))
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        os.fchmod(descriptor, 0o600)  # also one that an interrupted write left behind
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)


def made(folder: Path) -> Path:
    """Give a folder, made where it is missing, with those above it, for its owner alone (0700).

    Raises:
        RenseiError: It cannot be made.
    """
    with _failing(folder):
        for one in (*reversed(folder.parents), folder):
            if not one.is_dir():
                one.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder (mode 0700) and keep other processes from changing its files meanwhile."""
    with _failing(folder):
        descriptor = os.open(made(folder), os.O_RDONLY)
    try:
        with suppress(OSError):  # a network's file system may know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _failing(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an error of ours."""
    try:
        yield
    except OSError as failure:
        hint, remedy = "DIR is a folder that you can write to.", "export RENSEI_HOME=DIR"
        told = f"{path} cannot be written: {failure.strerror}"
        if paths.is_nowhere(path):
            told = "there is no home directory to write to"
            hint = f"Nothing says where this user's files lie. {hint}"
        raise RenseiError(told, hint=hint, remedy=remedy) from None


def quoted(text: object) -> str:
    """Give a path or name as a shell takes it."""
    return shlex.quote(str(text))
