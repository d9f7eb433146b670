"""What a test needs to hold a watch that runs beside it."""

import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DEADLINE = 12.0


class Tape(io.StringIO):
    """A stream that another thread may wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Condition()

    def write(self, text: str) -> int:
        with self.written:
            self.written.notify_all()
            return super().write(text)


def eventually(holds: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """Give what a function gives once it is true; the test fails when that takes too long."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if found := holds():
            return found
        time.sleep(0.005)
    raise AssertionError(f"it did not come true within {seconds} s")


@dataclass(slots=True)
class Watching:
    """A watch in a thread of its own."""

    work: Callable[[], int]
    stdout: Tape = field(default_factory=Tape)
    stderr: Tape = field(default_factory=Tape)
    code: int | None = None
    thread: threading.Thread | None = None

    def start(self) -> "Watching":
        def work() -> None:
            self.code = self.work()

        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()
        return self

    @property
    def text(self) -> str:
        return self.stdout.getvalue()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.split("\n")[:-1]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record.get("record") == kind]

    @property
    def ids(self) -> list[str]:
        return [record["activity"]["id"] for record in self.of("activity")]

    @property
    def said(self) -> list[str]:
        return [record["activity"]["content"] for record in self.of("activity")]

    def until(self, *texts: str, seconds: float = DEADLINE) -> "Watching":
        """Wait until every text was written, to whichever stream."""
        give_up_at = time.monotonic() + seconds
        while any(text not in self.text + self.stderr.getvalue() for text in texts):
            left = give_up_at - time.monotonic()
            assert left > 0, f"{texts} not in:\n{self.text}\n--\n{self.stderr.getvalue()}"
            assert self.code is None, (
                f"ended without {texts}:\n{self.text}\n{self.stderr.getvalue()}"
            )
            with self.stdout.written:
                self.stdout.written.wait(0.02)
        return self

    def end(self, seconds: float = DEADLINE) -> int:
        """Wait for the end and give the exit code."""
        assert self.thread is not None
        self.thread.join(seconds)
        assert self.code is not None, f"it still runs:\n{self.text}\n--\n{self.stderr.getvalue()}"
        return self.code
