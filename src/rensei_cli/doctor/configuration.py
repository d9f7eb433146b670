"""The files of this user: there, understood, and for nobody else."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from rensei_cli import contextfile, official, paths, private, vault
from rensei_cli.doctor.check import Check, failure, ok, warning
from rensei_cli.doctor.remedies import Remedy
from rensei_cli.errors import RenseiError, UsageError

_ALL = os.R_OK | os.W_OK | os.X_OK
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def file_checks(environ: Mapping[str, str]) -> Iterator[Check]:
    """Give what is to be said of the folder and of each file that may lie in it."""
    yield _folder_check(paths.contexts_dir(environ), environ)
    yield _contexts_check(contextfile.contexts_file(environ), environ)
    yield _secrets_check(vault.secrets_file(environ))
    yield _official_check(paths.config_dir(environ) / "config.json", environ)


def _folder_check(folder: Path, environ: Mapping[str, str]) -> Check:
    roof = bool(environ.get("RENSEI_HOME"))
    where = f"{folder}, by RENSEI_HOME" if roof else str(folder)
    if paths.is_nowhere(folder):
        told = "there is no home directory: nothing can be stored"
        return warning("folder", told, Remedy.home.command())
    try:
        mode = folder.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return _future_check(folder, where)
    except OSError as error:
        told = f"{where} cannot be entered: {error.strerror}"
        return failure("folder", told, Remedy.look_at.command(file=folder))
    if not stat.S_ISDIR(mode):
        told = f"{where} is a file and should be a folder"
        return failure("folder", told, Remedy.put_aside.command(file=folder))
    if mode & stat.S_IRWXU != stat.S_IRWXU or not os.access(folder, _ALL):
        told = f"{where} cannot be read, written and entered"
        return failure(
            "folder", told, Remedy.close_folder.command(folder=folder), mode=_octal(mode)
        )
    if mode & _OTHERS_WRITE:
        told = f"others can put files into {where}"
        return warning(
            "folder", told, Remedy.close_folder.command(folder=folder), mode=_octal(mode)
        )
    return ok("folder", where, folder=str(folder), mode=_octal(mode))


def _future_check(folder: Path, where: str) -> Check:
    """Tell whether a folder that is not there could be made."""
    above = next(parent for parent in folder.parents if parent.exists())
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return ok("folder", f"{where}: not there yet", folder=str(folder))
    told = f"{where} cannot be made: {above} is no folder that you can write to"
    return warning("folder", told, Remedy.home.command(), folder=str(folder))


def _contexts_check(file: Path, environ: Mapping[str, str]) -> Check:
    try:
        ours = contextfile.read(environ)
    except RenseiError as error:
        return _unreadable("contexts", file, error)
    if not ours.content:
        return ok("contexts", "none is stored", file=str(file))
    number = len(ours.contexts)
    stored = f"{number} stored" if number != 1 else "one stored"
    active = f", {ours.active} is active" if ours.active else ", none is active"
    return _exposed("contexts", file) or ok(
        "contexts",
        f"{stored}{active}, readable by you alone",
        file=str(file),
        names=sorted(ours.contexts),
        active=ours.active,
    )


def _secrets_check(file: Path) -> Check:
    try:
        held = private.read_toml(file)
    except RenseiError as error:
        return _unreadable("secrets", file, error)
    if not held:
        return ok("secrets", "no key lies in a file", file=str(file))
    told = f"{len(held)} in {file}, readable by you alone"
    return _exposed("secrets", file) or ok("secrets", told, file=str(file))


def _official_check(file: Path, environ: Mapping[str, str]) -> Check:
    """Tell of the official client's file, which is read and never written."""
    name = "official"
    found = official.read(environ)
    if found == official.Official():
        return ok(name, "the official client has no config.json here", file=str(file))
    if found.notices:
        try:
            file.read_bytes()
        except OSError as error:
            told = f"{file} cannot be read and is ignored: {error.strerror}"
            return warning(name, told, Remedy.look_at.command(file=file))
        told = f"{file} is no JSON of an object and is ignored"
        return warning(name, told, Remedy.check_json.command(file=file))
    told = f"{file}: {len(found.contexts)} contexts, read and never written"
    return _exposed(name, file) or ok(
        name, told, file=str(file), names=sorted(found.contexts), active=found.active
    )


def _unreadable(name: str, file: Path, error: RenseiError) -> Check:
    broken = isinstance(error, UsageError)
    remedy = Remedy.put_aside if broken else Remedy.look_at
    return failure(name, error.message, remedy.command(file=file), file=str(file))


def _exposed(name: str, file: Path) -> Check | None:
    """Give the warning for a file that others have access to."""
    if private.exposure(file) is None:
        return None
    told = f"others have access to {file}"
    mode = _octal(file.stat().st_mode)
    return warning(name, told, Remedy.make_private.command(file=file), file=str(file), mode=mode)


def _octal(mode: int) -> str:
    return f"{stat.S_IMODE(mode):04o}"
