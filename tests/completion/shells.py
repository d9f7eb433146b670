"""Real shells, asked as a person asks: a line, TAB, and a look at what they show."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "completions"
FILES = {"bash": "rensei.bash", "zsh": "_rensei", "fish": "rensei.fish"}
DEADLINE = 30
SEEN = [
    ["a1b2c3d4e5f60718", "ENG-124", "working", "live", "Retry failed refunds"],
    ["b7c8d9e0f1a2b3c4", "ENG-117", "queued", "live", ""],
    ["c0ffee00c0ffee00", "ENG-112", "completed", "ended", "Round cents"],
]
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x07\x08]")
_LOAD = {
    "bash": f". '{SCRIPTS}/rensei.bash'",
    "zsh": f"autoload -Uz compinit; compinit -D -u; . '{SCRIPTS}/_rensei'",
}
FROM_FPATH = f"fpath=('{SCRIPTS}' $fpath); autoload -Uz compinit; compinit -D -u"
_START = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
# Ctrl-G tells the line through a pipe of its own and empties it.
_SETUP = {
    "bash": """\
PS1=
bind 'set enable-bracketed-paste off'; bind 'set bell-style none'
bind 'set completion-query-items 0'; bind 'set page-completions off'
{load}
tell() {{ printf '%s\\n' "$READLINE_LINE" >{pipe}; READLINE_LINE= READLINE_POINT=0; }}
bind -x '"\\C-g": tell'
echo ready >{pipe}
""",
    "zsh": """\
PS1= LISTMAX=1000
setopt no_auto_menu no_beep no_prompt_sp
unset zle_bracketed_paste
{load}
tell() {{ print -r -- "$BUFFER" >{pipe}; BUFFER=; }}
zle -N tell; bindkey '^G' tell
echo ready >{pipe}
""",
}


def needed(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


class Typed:
    """bash or zsh in a pseudo-terminal that is wide enough for every list."""

    def __init__(self, shell, environ, folder, load=None):
        self.shown = self.told = b""
        pipe, setup = folder / f"{shell}.pipe", folder / f"{shell}.setup"
        os.mkfifo(pipe)
        self.pipe = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        setup.write_text(_SETUP[shell].format(load=load or _LOAD[shell], pipe=pipe))
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 400, 200, 0, 0))
        self.process = subprocess.Popen(
            _START[shell],
            env={**environ, "TERM": "xterm"},
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        os.write(self.master, f". {setup}\n".encode())
        assert self._tells() == "ready"

    def finish(self, line):
        """Give the line as a TAB leaves it."""
        os.write(self.master, f"{line}\t\x07".encode())
        return self._tells()

    def look(self, line):
        """Give what the screen shows of a line and its list, which a second TAB brings."""
        self.shown = b""
        os.write(self.master, f"{line}\t\t\x07".encode())
        self._tells()
        return _ESCAPE.sub("", self.shown.decode())

    def _tells(self):
        """Give the next line of the pipe; what was shown before it is read by then."""
        give_up_at = time.monotonic() + DEADLINE
        while b"\n" not in self.told or select.select([self.master], [], [], 0)[0]:
            assert time.monotonic() < give_up_at, (self.told, self.shown)
            ready, _, _ = select.select([self.master, self.pipe], [], [], DEADLINE)
            if self.master in ready:
                self.shown += os.read(self.master, 65536)
            if self.pipe in ready:
                self.told += os.read(self.pipe, 65536)
        line, _, self.told = self.told.partition(b"\n")
        return line.decode()

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.pipe)


class Asked:
    """fish, which answers a question about a line by the code of its TAB."""

    def __init__(self, environ, folder):
        self.environ, self.folder = environ, folder
        scripts = Path(environ["HOME"], ".config/fish/completions")
        scripts.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPTS / FILES["fish"], scripts)

    def finish(self, line):
        """Give the line with the one word that is offered."""
        offered = [one.partition("\t")[0] for one in self.look(line).splitlines()]
        before, space, _ = line.rpartition(" ")
        return f"{before}{space}{offered[0]} " if len(offered) == 1 else line

    def look(self, line):
        """Give the offers, one a line."""
        done = subprocess.run(
            ["fish", "-c", "complete -C $argv[1]", line],
            env=self.environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=DEADLINE,
        )
        assert done.stderr == ""
        return done.stdout

    def close(self):
        """Nothing stays behind a question."""
