"""Which program this is, and whether typing its name starts it."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rensei_cli import __version__
from rensei_cli.doctor.check import Check, ok, warning
from rensei_cli.doctor.remedies import Remedy

_NAME = "rensei"
# The start of a script names what it imports; a compiled program is not read to its end.
_HEAD_BYTES = 2048


def version_check() -> Check:
    """Give the version of the program and of the Python that runs it."""
    python = platform.python_version()
    return ok(
        "version",
        f"rensei {__version__}, Python {python}, {platform.system()} {platform.machine()}",
        version=__version__,
        python=python,
        interpreter=sys.executable,
    )


def path_check(environ: Mapping[str, str], own: Path) -> Check:
    """Tell whether another `rensei` comes before or after this one (`own`) on PATH."""
    found = list(_on_path(environ))
    folder = own.parent.absolute()
    mine = [number for number, file in enumerate(found) if _is_own(file, own)]
    others = [file for file in found if not _is_own(file, own)]
    names = [str(file) for file in others]
    if not mine and not others:
        told = f"{_NAME} is not on PATH: it runs from {folder}"
        return warning("path", told, Remedy.path.command(folder=folder), others=[])
    if not others:
        return ok("path", f"{_NAME} is {found[0]}, and the only one on PATH", others=[])
    remedy = Remedy.who_is_it.command()
    if not mine or mine[0] > 0:
        told = f"typing {_NAME} starts {_kind(found[0])}: {found[0]}"
        return warning("path", told, remedy, others=names)
    told = f"{_kind(others[0])} of this name is later on PATH: {', '.join(names)}"
    return warning("path", told, remedy, others=names)


def _on_path(environ: Mapping[str, str]) -> Iterator[Path]:
    """Give each program of our name on PATH once, in the order in which a shell looks."""
    seen = set[Path]()
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        file = Path(folder or ".") / _NAME
        if os.access(file, os.X_OK) and file.is_file() and file.resolve() not in seen:
            seen.add(file.resolve())
            yield file


def _is_own(file: Path, own: Path) -> bool:
    return file.resolve() == own.resolve()


def _kind(file: Path) -> str:
    """Give what another program of this name is, as far as its beginning shows."""
    try:
        with file.open("rb") as opened:
            ours = b"rensei_cli" in opened.read(_HEAD_BYTES)
    except OSError:
        ours = False
    return "another installation of this program" if ours else "another program"
