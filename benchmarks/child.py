"""A program under measurement: what it wrote and when, what it cost, how large it grew."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_COLUMNS, _ROWS = 100, 30
_MOST_AT_ONCE = 1 << 20
# A watch writes its last word a second after the rest, and so is looked at once more at its end.
_LOOK_SECONDS = 0.2
# `ru_maxrss` counts bytes on macOS and kibibytes everywhere else.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class BrokenError(Exception):
    """A program did not do the work that was to be measured: there is no figure."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a finished program took: seconds of the wall and of CPU, and at most so many bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stdout: bytes = b""


class Child:
    """A program that writes to a pipe, or to a pseudo-terminal of 100 columns."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], *, terminal: bool = False
    ) -> None:
        self.command = command
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `__exit__`
        self._output, theirs = _terminal() if terminal else os.pipe()
        self._peak_bytes = 0
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            env=environ,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs,
            stderr=self._errors,
            start_new_session=terminal,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        os.close(self._output)
        self._errors.close()

    def chunks(self) -> Iterator[tuple[float, bytes]]:
        """Give what is written as it comes, each with the time it came."""
        looked_at = self.began
        while chunk := self._read():
            at = time.perf_counter()
            if at - looked_at > _LOOK_SECONDS:
                looked_at = at
                self._look()
            yield at, chunk

    def finish(self, stdout: bytes = b"") -> Usage:
        """Wait for the end, and give what it took; whatever is wrong with it is an error."""
        _, status, used = os.wait4(self.process.pid, 0)
        seconds = time.perf_counter() - self.began
        code = self.process.returncode = os.waitstatus_to_exitcode(status)
        if code:
            raise self.broken(f"exit code {code}")
        peak = self._peak_bytes or used.ru_maxrss * _RSS_UNIT
        return Usage(seconds, used.ru_utime + used.ru_stime, peak, stdout)

    def _look(self) -> None:
        """Note how large it has been, where the system tells.

        What `wait4` tells begins with the size of the benchmarks, of which every child is a copy.
        """
        with suppress(OSError, IndexError):
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            self._peak_bytes = int(status.partition("VmHWM:")[2].split()[0]) << 10

    def broken(self, why: str) -> BrokenError:
        """Give the error of a program that did not do its work."""
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip()
        return BrokenError(f"{' '.join(self.command)[:300]}\n  {why}\n  {said[-600:]}")

    def _read(self) -> bytes:
        try:
            return os.read(self._output, _MOST_AT_ONCE)
        except OSError:  # a terminal that its last writer has left
            return b""


def finished(
    command: Sequence[str], environ: Mapping[str, str], proof: bytes | None = None
) -> Usage:
    """Run a program to its end; what it writes must contain the proof that it did its work."""
    with Child(command, environ) as child:
        stdout = b"".join([chunk for _, chunk in child.chunks()])
        usage = child.finish(stdout)
        if proof is not None and proof not in stdout:
            raise child.broken(f"{proof.decode()!r} is not in what it wrote: {stdout[:200]!r}")
    return usage


def _terminal() -> tuple[int, int]:
    """Give the two ends of a pseudo-terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    return ours, theirs
