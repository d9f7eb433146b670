"""The tools of the demo's agents: real files and real commands in a folder of their own."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_MOST_OUTPUT = 2000
_COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gave."""

    output: str
    is_error: bool = False


class Workspace:
    """A folder in which an agent works; leaving it removes it.

    It has to be there: when somebody has removed it meanwhile, nothing is to be left there.
    """

    def __init__(self, root: Path) -> None:
        self._root, self.folder = root, root / "project"

    def __enter__(self) -> Self:
        self.folder.mkdir()
        launcher = self._root / "python"
        launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        launcher.chmod(0o700)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._root, ignore_errors=True)

    def use(self, tool: str, given: dict[str, str]) -> Result:
        """Give what a tool makes of its input; what goes wrong in it is its result too."""
        tools: dict[str, Callable[..., Result]] = {
            "Write": self._write,
            "Read": self._read,
            "Edit": self._edit,
            "Bash": self._bash,
        }
        try:
            result = tools[tool](**given)
        except OSError as error:
            result = Result(f"{type(error).__name__}: {error.strerror}", is_error=True)
        return Result(shortened(result.output), result.is_error)

    def _write(self, file_path: str, content: str) -> Result:
        (self.folder / file_path).write_text(content)
        return Result(f"Wrote {len(content.splitlines())} lines to {file_path}")

    def _read(self, file_path: str) -> Result:
        lines = (self.folder / file_path).read_text().splitlines()
        return Result("\n".join(f"{number:>4}  {line}" for number, line in enumerate(lines, 1)))

    def _edit(self, file_path: str, old_string: str, new_string: str) -> Result:
        path = self.folder / file_path
        text = path.read_text()
        if text.count(old_string) != 1:
            found = text.count(old_string)
            return Result(f"old_string occurs {found} times in {file_path}", is_error=True)
        path.write_text(text.replace(old_string, new_string))
        return Result(f"Changed {file_path}")

    def _bash(self, command: str) -> Result:
        search = os.pathsep.join([str(self._root), os.environ.get("PATH", os.defpath)])
        # Without bytecode: an edit within the same second would run the code from before it.
        environ = {"PATH": search, "HOME": str(self._root), "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(  # noqa: S603 - running the agent's commands is what this is for
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A group of its own to be ended as one, in the session of its agent to be found by.
            process_group=0,
        ) as process:
            try:
                return _watched(process)
            finally:
                _kill(process)


def _watched(process: "subprocess.Popen[str]") -> Result:
    try:
        output, _ = process.communicate(timeout=_COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        return Result(f"No end after {_COMMAND_SECONDS} seconds", is_error=True)
    return Result(output.rstrip("\n"), is_error=process.returncode != 0)


def shortened(text: str, most: int = _MOST_OUTPUT) -> str:
    """Give a text of at most so many characters, its middle left out."""
    if len(text) <= most:
        return text
    note = f"\n… {len(text) - most} characters left out …\n"
    half = (most - len(note)) // 2
    return text[:half] + note + text[-half:]


def elapsed_ms(since: float) -> int:
    """Give whole milliseconds since a reading of the monotonic clock."""
    return int((time.monotonic() - since) * 1000)


def _kill(process: "subprocess.Popen[str]") -> None:
    """End a command and whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
