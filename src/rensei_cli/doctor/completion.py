"""Whether this user's shell has a completion script of ours where it looks for one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rensei_cli.doctor.check import Check, ok, untold, warning
from rensei_cli.doctor.remedies import Remedy

# Stands in every script of ours, and in no other program's.
_MARK = "_RENSEI_COMPLETE"
_ROOTS = (Path("/usr/local/share"), Path("/opt/homebrew/share"), Path("/usr/share"))
_REMEDIES = {
    "bash": Remedy.complete_bash,
    "zsh": Remedy.complete_zsh,
    "fish": Remedy.complete_fish,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What was found for a shell: the file that has our script, and one of our name that has not.

    `shell` is `None` where it is none of those that scripts exist for.
    """

    shell: str | None
    file: Path | None = None
    foreign: Path | None = None


def installed(environ: Mapping[str, str], home: Path) -> Completion:
    """Give what lies in the places where this user's shell looks; whether it does is not tried."""
    shell = Path(environ.get("SHELL", "")).name
    if shell not in _REMEDIES:
        return Completion(shell=None)
    foreign = None
    for file in _scripts(shell, environ, home):
        if (text := _text(file)) is None:
            continue
        if _MARK in text:
            return Completion(shell=shell, file=file)
        foreign = foreign or file
    startup = next((file for file in _startups(shell, environ, home) if _loads(file)), None)
    return Completion(shell=shell, file=startup, foreign=foreign)


def _scripts(shell: str, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Give each file that a shell loads by itself when our name is completed."""
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    match shell:
        case "bash":
            own = Path(environ.get("BASH_COMPLETION_USER_DIR") or data / "bash-completion")
            folders = [own, *(root / "bash-completion" for root in _ROOTS)]
            for folder in folders:
                yield folder / "completions/rensei"
                yield folder / "completions/rensei.bash"
            yield Path("/etc/bash_completion.d/rensei")
        case "zsh":
            folders = [Path(folder) for folder in environ.get("FPATH", "").split(":") if folder]
            folders += [home / ".zfunc", home / ".zsh/completions", home / ".oh-my-zsh/completions"]
            folders += [data / "zsh/site-functions"]
            folders += [
                root / f"zsh/{kind}"
                for root in _ROOTS
                for kind in ("site-functions", "vendor-completions")
            ]
            yield from (folder / "_rensei" for folder in folders)
        case _:
            yield config / "fish/completions/rensei.fish"
            for root in (data, *_ROOTS):
                yield root / "fish/vendor_completions.d/rensei.fish"


def _startups(shell: str, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Give each file that a shell reads when it starts."""
    match shell:
        case "bash":
            names = (".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_completion")
            yield from (home / name for name in names)
        case "zsh":
            folder = Path(environ.get("ZDOTDIR") or home)
            yield from (folder / name for name in (".zshrc", ".zprofile", ".zshenv"))
        case _:
            yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish/config.fish"


def _loads(file: Path) -> bool:
    """Tell whether a line that is no comment speaks of our script."""
    lines = (_text(file) or "").splitlines()
    words = (_MARK, "completions/rensei.", "completions/_rensei")
    return any(
        word in line for line in lines if not line.lstrip().startswith("#") for word in words
    )


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def completion_check(found: Completion) -> Check:
    """Give whether a shell completes our commands, as far as its files show."""
    if found.shell is None:
        told = "cannot be told: SHELL names neither bash, zsh nor fish"
        return untold("completion", told, shell=None)
    remedy, shell = _REMEDIES[found.shell].command(), found.shell
    if found.file:
        told = f"{shell}: {found.file} has the script"
        return ok("completion", told, shell=shell, file=str(found.file))
    if found.foreign:
        told = f"{shell}: {found.foreign} is another program's"
        return warning("completion", told, remedy, shell=shell, file=str(found.foreign))
    told = f"{shell}: no script where it looks for one"
    return warning("completion", told, remedy, shell=shell, file=None)
