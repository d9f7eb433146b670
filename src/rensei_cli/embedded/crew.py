"""The processes of a demo, and their end."""

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_GRACE_SECONDS = 2.0
_MOST_LOG = 2000


class Crew:
    """Child processes by name; the first one, the platform, ends last.

    Each holds the reading end of a pipe on standard input, so that it hears when this process is
    gone, however it went; each has a session of its own, so that Ctrl-C reaches only this process.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as anybody may write

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each."""
        return {name: process.pid for name, process in list(self._processes.items())}

    def start_platform(self, settings: dict[str, Any]) -> dict[str, str]:
        """Start the platform; gives `url` and `credentials` once it answers.

        Raises:
            OSError: It did not start.
        """
        command = ["rensei_cli.embedded.child", json.dumps(settings)]
        process = self._start("platform", command, subprocess.PIPE)
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            process.wait()  # it has said why by then
            raise OSError(f"the demo's platform cannot start: {self._said()}")
        card: dict[str, str] = json.loads(line)
        # The platform removes this folder at its end, and with it what a killed worker leaves.
        self._environ["TMPDIR"] = str(Path(card["credentials"]).parent)
        return card

    def start_worker(self, name: str, *arguments: str) -> None:
        """Start a worker."""
        self._start(name, ["rensei_cli.embedded.worker", *arguments], subprocess.DEVNULL)

    def kill(self, name: str) -> None:
        """End one at once, without a chance to say good-bye."""
        self._processes[name].kill()
        self._processes[name].wait()

    def wait(self, name: str) -> None:
        """Wait until one has ended by itself."""
        self._processes[name].wait()

    def close(self) -> None:
        """End all, asked first and made to after two seconds; Ctrl-C does not cut this short."""
        with _undisturbed():
            platform = self._processes.pop("platform", None)
            _end(list(self._processes.values()))
            _end([platform] if platform else [])
            self._processes.clear()
            self._log.close()

    def _start(self, name: str, module: list[str], stdout: int) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own modules
            [sys.executable, "-m", *module],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=self._log,
            env=self._environ,
            start_new_session=True,
        )
        self._processes[name] = process
        return process

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-_MOST_LOG:].strip()


def _end(processes: list["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.terminate()
    give_up_at = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, give_up_at - time.monotonic()))
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM for this thread while the block lasts."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
