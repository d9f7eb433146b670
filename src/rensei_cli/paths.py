"""Where this user's files lie, by the conventions of the operating system."""

import os
from collections.abc import Mapping
from pathlib import Path

_APP = "rensei"


def config_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder of the official client's configuration, the same on every system."""
    if home := environ.get("RENSEI_HOME"):
        return Path(home).expanduser() / "config"
    root = environ.get("XDG_CONFIG_HOME")
    return (Path(root) if root else _home() / ".config") / _APP


def data_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder of the embedded platform's database."""
    return _under(environ, "data")


def platforms_dir(environ: Mapping[str, str]) -> Path:
    """Give the folder in which every running embedded platform keeps one locked file."""
    return _under(environ, "state") / "platforms"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a container's user without a name: there is nothing to be found
        return Path(os.devnull)


def _under(environ: Mapping[str, str], kind: str) -> Path:
    """Give one kind of folder; `RENSEI_HOME` puts all of them under one roof."""
    if home := environ.get("RENSEI_HOME"):
        return Path(home).expanduser() / kind
    import platformdirs

    return Path(getattr(platformdirs, f"user_{kind}_path")(_APP, appauthor=False))
