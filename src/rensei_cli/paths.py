"""Where this user's files lie, by the conventions of the operating system."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_APP = "rensei"
# Where nothing can lie: a container's user without a name has no folder at all.
_NOWHERE = Path(os.devnull)


def config_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder of the official client's configuration, the same on every system."""
    if home := environ.get("RENSEI_HOME"):
        return _expanded(home) / "config"
    root = environ.get("XDG_CONFIG_HOME")
    return (Path(root) if root else _home() / ".config") / _APP


def contexts_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder of our own contexts, which on Linux is the official client's as well."""
    # There platformdirs would say the same, and take longer than all of the reading.
    return _under(environ, "config") if sys.platform == "darwin" else config_dir(environ)


def data_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder of the embedded platform's database."""
    return _under(environ, "data")


def platforms_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder in which every running embedded platform keeps one locked file."""
    return _under(environ, "state") / "platforms"


def is_nowhere(path: Path) -> bool:
    """Tell whether a path stands for a home directory that does not exist."""
    return path.is_relative_to(_NOWHERE)


def _home() -> Path:
    return _expanded("~")


def _expanded(path: str) -> Path:
    """Give a path with its `~` resolved; one that nobody owns leads nowhere, not to a `~` here."""
    found = Path(os.path.expanduser(path))  # noqa: PTH111 - the other one raises
    return _NOWHERE if found.parts[:1] and found.parts[0].startswith("~") else found


def _under(environ: Mapping[str, str], kind: str) -> Path:
    """Give one kind of folder; `RENSEI_HOME` puts all of them under one roof."""
    if home := environ.get("RENSEI_HOME"):
        return _expanded(home) / kind
    import platformdirs

    try:
        return _expanded(str(getattr(platformdirs, f"user_{kind}_path")(_APP, appauthor=False)))
    except RuntimeError:  # what it says where nobody knows of a home
        return _NOWHERE / kind
