"""The embedded platforms of this user: which run now, where, and which key opens them."""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from rensei_cli import paths
from rensei_cli.address import checked_url, is_loopback, same_place
from rensei_cli.errors import UnreachableError, UsageError

DISCOVERED = "the running embedded platform"


class Embedded(NamedTuple):
    """An embedded platform of this user that is running now."""

    url: str
    key_file: Path


def platform_at(url: str, environ: Mapping[str, str]) -> Embedded | None:
    """Give the embedded platform of this user that runs at a checked URL."""
    if not is_loopback(url):
        return None
    running = running_platforms(environ)
    return next((platform for platform in running if same_place(platform.url, url)), None)


class Discovered(NamedTuple):
    """A platform that nobody named, and the sentence that says it is used."""

    url: str
    told: str


def discovered(environ: Mapping[str, str]) -> Discovered | None:
    """Give the platform for whoever configured nothing, if one runs."""
    running = running_platforms(environ)
    if not running:
        return None
    others = f", the newest of {len(running)} that run" if len(running) > 1 else ""
    url = running[0].url
    return Discovered(url, f"using the embedded platform at {url}{others}")


def newest(context: str, environ: Mapping[str, str]) -> Embedded:
    """Give the platform that a context for embedded ones leads to now.

    Raises:
        UnreachableError: None runs.
    """
    for platform in running_platforms(environ):
        return platform
    raise UnreachableError(
        "no embedded platform runs now",
        hint=f"It is what {context} is for: start one, or leave it by: rensei auth logout",
        remedy="rensei server",
        never_sent=True,
    )


def running_platforms(environ: Mapping[str, str]) -> list[Embedded]:
    """Give the platforms that run, the newest first."""
    try:
        files = list(paths.platforms_dir(environ).glob("*.json"))
    except OSError:
        return []
    newest_first = sorted(files, key=_written_at, reverse=True)
    return [platform for file in newest_first if (platform := _live(file))]


def _written_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # it ended just now
        return 0


def _live(file: Path) -> Embedded | None:
    """Give the platform a file tells of while its owner holds the lock: a pid can be reused."""
    try:
        with file.open("rb") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                facts = json.load(handle)
                return Embedded(checked_url(facts["url"]), Path(facts["credentials"]))
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, UsageError):
        pass
    return None
