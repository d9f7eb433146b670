"""An agent's process in the hands of its worker: heard, spoken to, and ended for certain."""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Self, cast

from rensei_cli.embedded.family import end_session
from rensei_cli.embedded.steps import Activity

_GRACE_SECONDS = 2.0


class Leash:
    """One agent at work; leaving the block ends it, all it has started, and its folder.

    It has a process session of its own, by which all it has started is found, and hears by the
    end of its standard input when this process is gone, however it went.
    """

    def __init__(self, agent: str, identifier: str, pace_seconds: float) -> None:
        # Removed even if a signal ends this process before the block is entered.
        self._folder = tempfile.TemporaryDirectory(
            prefix="rensei-agent-", ignore_cleanup_errors=True
        )
        self._prompts: SimpleQueue[str | None] = SimpleQueue()
        self._told_to_end = threading.Event()
        given = [agent, identifier, str(pace_seconds), self._folder.name]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", "rensei_cli.embedded.play", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._speaker = threading.Thread(target=self._speak, name="speaker", daemon=True)
        self._speaker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.end()
        self._process.wait()
        end_session(self._process.pid)
        self._prompts.put(None)
        self._speaker.join()
        self._stdout.close()
        self._folder.cleanup()

    @property
    def exit_status(self) -> int | None:
        """How the agent ended; `None` while it works, and when it was told to end."""
        return None if self._told_to_end.is_set() else self._process.returncode

    def activities(self) -> Iterator[Activity]:
        """Give what the agent tells, until it ends or is told to."""
        for line in self._stdout:
            if self._told_to_end.is_set() or not line.endswith(b"\n"):
                break
            yield json.loads(line)
        self._process.wait()

    def say(self, prompt: str) -> None:
        """Let the agent hear a prompt; never waits for it to listen."""
        self._prompts.put(prompt)

    def end(self) -> None:
        """Ask the agent to end, and make it after two seconds; may be called from any thread."""
        self._told_to_end.set()
        self._process.terminate()
        threading.Thread(target=self._insist, name="insist", daemon=True).start()

    @property
    def _stdout(self) -> IO[bytes]:
        return cast("IO[bytes]", self._process.stdout)

    def _insist(self) -> None:
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _speak(self) -> None:
        with contextlib.suppress(BrokenPipeError), cast("IO[bytes]", self._process.stdin) as lines:
            while (prompt := self._prompts.get()) is not None:
                lines.write(json.dumps(prompt).encode() + b"\n")
                lines.flush()
