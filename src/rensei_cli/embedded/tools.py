"""The tools of the demo's agents: real files and real commands in a folder of their own."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_MOST_OUTPUT = 2000
_COMMAND_SECONDS = 60
_SWEEPS, _SWEEP_SECONDS = 40, 0.05


class CancelledError(Exception):
    """The agent was told to end."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gave."""

    output: str
    is_error: bool = False


class Workspace:
    """A temporary folder in which an agent works; leaving it removes it and what runs in it."""

    def __init__(self) -> None:
        self._root = self.folder = Path()
        self._ended = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._root = Path(tempfile.mkdtemp(prefix="rensei-agent-"))
        self.folder = self._root / "project"
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
        self.end()
        # A tool that was just being started is not known here yet, and may write for a moment.
        for _ in range(_SWEEPS):
            shutil.rmtree(self._root, ignore_errors=True)
            if not self._root.exists():
                return
            time.sleep(_SWEEP_SECONDS)

    def end(self) -> None:
        """End what runs here; may be called from another thread."""
        self._ended.set()
        if self._process is not None:
            _kill(self._process)

    def pause(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            CancelledError: The workspace was ended meanwhile.
        """
        if self._ended.wait(seconds):
            raise CancelledError

    def use(self, tool: str, given: dict[str, str]) -> Result:
        """Give what a tool makes of its input; what goes wrong in it is its result too.

        Raises:
            CancelledError: The workspace was ended meanwhile.
        """
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
        self.pause(0)
        return Result(shortened(result.output), result.is_error)

    def _write(self, file_path: str, content: str) -> Result:
        path = self.folder / file_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
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
            start_new_session=True,
        ) as self._process:
            try:
                return self._watched(self._process)
            finally:
                _kill(self._process)

    def _watched(self, process: "subprocess.Popen[str]") -> Result:
        if self._ended.is_set():
            raise CancelledError
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
