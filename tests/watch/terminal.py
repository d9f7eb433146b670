"""A real pseudo-terminal with the program in it, and the screen that it draws."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pyte
from hands import DEADLINE


class Terminal:
    """A program in a pseudo-terminal, and the screen it draws."""

    def __init__(self, argv, columns, environ, stdin=None):
        self.master, slave = pty.openpty()
        self.screen = pyte.HistoryScreen(columns, 24, history=1000)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = b""
        self.resize(columns, 24)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rensei_cli", *argv],
            env={**os.environ, "TERM": "xterm-256color", **environ},
            stdin=slave if stdin is None else stdin,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def resize(self, columns, lines):
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self.screen.resize(lines, columns)

    def read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the program has let go of the terminal
            return False
        self.bytes += data
        self.stream.feed(data)
        return bool(data)

    def until(self, holds):
        give_up_at = time.monotonic() + DEADLINE
        while not holds(self):
            assert time.monotonic() < give_up_at, "\n".join(self.lines)
            assert self.read(0.02), "\n".join(self.lines)
        return self

    def shows(self, *texts):
        return self.until(lambda _: all(text in "\n".join(self.lines) for text in texts))

    @property
    def lines(self):
        old = ["".join(line[x].data for x in range(self.screen.columns)) for line in self.history]
        return [line.rstrip() for line in [*old, *self.screen.display]]

    @property
    def history(self):
        return self.screen.history.top

    @property
    def written(self):
        return [line for line in self.lines if line]

    @property
    def pinned(self):
        return self.written[-1]

    def type(self, keys):
        os.write(self.master, keys.encode())

    def end(self):
        give_up_at = time.monotonic() + DEADLINE
        while self.process.poll() is None or self.read(0):
            assert time.monotonic() < give_up_at, "\n".join(self.lines)
            if not self.read(0.02):
                break
        return self.process.wait(DEADLINE)

    def close(self):
        with contextlib.suppress(OSError):
            os.close(self.master)
        self.process.kill()
        self.process.wait()
