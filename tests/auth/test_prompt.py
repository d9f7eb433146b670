"""The program itself: typing a key in a terminal, and keyrings and homes that are not there."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from stub import KEY, PAGE

HERE = Path(__file__).parent
DEADLINE = 30.0


@pytest.fixture
def environ(rensei, server):
    """Give the environment of a program of its own, with a keyring that keyring finds itself."""
    measured = {name: value for name, value in os.environ.items() if "COVERAGE" in name}
    return measured | {
        "PATH": os.environ["PATH"],
        "TERM": "xterm",
        "RENSEI_HOME": str(rensei.home),
        "RENSEI_API_URL": server.url,
        "PYTHONPATH": str(HERE),
        "PYTHON_KEYRING_BACKEND": "rings.Ring",
    }


class Terminal:
    """A program in a pseudo-terminal of its own."""

    def __init__(self, environ, *argv):
        self.master, self.slave = pty.openpty()
        self.shown = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rensei_cli", *argv],
            env=environ,
            stdin=self.slave,
            stdout=subprocess.PIPE,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def until(self, text):
        give_up_at = time.monotonic() + DEADLINE
        while text not in self.shown:
            assert time.monotonic() < give_up_at, self.shown
            if select.select([self.master], [], [], 0.1)[0]:
                self.shown += os.read(self.master, 4096)
        return self

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.master, text)
        return self

    def end(self):
        stdout, _ = self.process.communicate(timeout=DEADLINE)
        while select.select([self.master], [], [], 0)[0]:
            self.shown += os.read(self.master, 4096)
        return self.process.returncode, stdout.decode(), self.shown.decode()


@pytest.fixture
def terminal(environ):
    opened = []

    def start(*argv, **more):
        opened.append(Terminal(environ | more, *argv))
        return opened[-1]

    yield start
    for one in opened:
        one.process.kill()
        one.process.wait()
        one.process.stdout.close()
        os.close(one.master)
        os.close(one.slave)


def test_a_key_is_typed_without_being_shown(terminal, contexts):
    screen = terminal("auth", "login").until(b"or Enter if it asks for none: ")
    assert not screen.echoes()
    code, stdout, shown = screen.type(f"  {KEY}\n".encode()).end()

    assert (code, screen.echoes()) == (0, True)
    assert KEY not in f"{stdout}{shown}"
    assert "logged in to Demo Payments" in stdout
    assert contexts()["contexts"]["demo-pay"]["secret"] == "keyring"


def test_typing_nothing_is_no_key(terminal, server):
    code, stdout, shown = terminal("auth", "login").until(b"Key for").type(b"\x04").end()

    assert (code, stdout, server.asked) == (2, "", [])
    assert "no key was typed" in shown


def test_enter_alone_is_no_key_for_the_hosted_platform(terminal):
    screen = terminal("auth", "login", RENSEI_API_URL="").until(b"Key for https://app.rensei.ai: ")
    code, _, shown = screen.type(b"\n").end()

    assert code == 2
    assert "the credential from the terminal is empty" in shown


def test_enter_alone_stores_a_server_that_asks_for_no_key(terminal, server, contexts, ring):
    server.whoami, server.open = (404, PAGE), True
    screen = terminal("auth", "login", "--name", "donmai").until(b"or Enter if it asks for none: ")
    code, stdout, shown = screen.type(b"\n").end()

    assert code == 0
    assert "this server answers without a key: none is stored" in shown
    assert "donmai, none" in stdout
    kept = {"url": server.url, "kind": "donmai", "secret": "none"}
    assert contexts() == {"active": "donmai", "contexts": {"donmai": kept}}
    assert ring.held == {}


def test_enter_alone_stores_nothing_where_a_key_is_wanted(terminal, config):
    screen = terminal("auth", "login").until(b"or Enter if it asks for none: ")
    code, stdout, shown = screen.type(b"\n").end()

    assert (code, stdout, config.exists()) == (4, "", False)
    assert "Nothing was stored." in shown


def test_ctrl_c_leaves_the_terminal_as_it_was(terminal, config):
    screen = terminal("auth", "login").until(b"Key for").type(b"\x03")
    code, stdout, shown = screen.end()

    assert (code, stdout, screen.echoes(), config.exists()) == (130, "", True, False)
    assert "Traceback" not in shown


def test_an_end_from_outside_leaves_the_terminal_as_it_was(terminal):
    screen = terminal("auth", "login").until(b"Key for")
    screen.process.send_signal(signal.SIGTERM)
    code, _, shown = screen.end()

    assert (code, screen.echoes()) == (143, True)
    assert "Traceback" not in shown


def test_nobody_is_asked_who_does_not_want_to_be(terminal):
    code, _, shown = terminal("auth", "login", "--no-interactive").end()

    assert code == 2
    assert "there is no key to log in with" in shown


def test_enter_alone_takes_the_running_platform(terminal, world, contexts):
    screen = terminal("auth", "login", RENSEI_API_URL="")
    instead = f"the embedded platform at {world.platform.url}"
    question = f"Key for https://app.rensei.ai, or Enter for {instead}: "
    code, _, _ = screen.until(question.encode()).type(b"\n").end()

    assert code == 0
    assert contexts()["contexts"]["embedded"]["kind"] == "embedded"


def test_a_typed_key_of_the_running_platform_finds_it(terminal, world, contexts):
    screen = terminal("auth", "login", RENSEI_API_URL="").until(b"or Enter")
    code, _, _ = screen.type(f"{world.platform.operator_key}\n".encode()).end()

    assert code == 0
    assert contexts()["contexts"]["embedded"]["kind"] == "embedded"


def program(environ, *argv, stdin="", **more):
    return subprocess.run(
        [sys.executable, "-m", "rensei_cli", *argv],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
        **more,
    )


def test_a_keyring_that_never_answers_costs_three_seconds_and_holds_nothing_up(environ, config):
    hanging = environ | {"PYTHON_KEYRING_BACKEND": "rings.Hanging"}
    began = time.monotonic()
    result = program(hanging, "auth", "login", "--token-stdin", stdin=KEY)

    assert 3 <= time.monotonic() - began < 10
    assert result.returncode == 0
    assert result.stderr == (
        "rensei: the keyring did not answer in 3 s: the key is in"
        f" {config / 'secrets.toml'}, which only you can read\n"
    )


@pytest.mark.parametrize(
    "backend", ["no.such.Module", "rings.Nothing", "keyring.backends.null.Keyring"]
)
def test_a_keyring_that_cannot_be_loaded_is_none(environ, backend, contexts):
    broken = environ | {"PYTHON_KEYRING_BACKEND": backend}
    result = program(broken, "auth", "login", "--token-stdin", stdin=KEY)

    assert result.returncode == 0
    assert "which only you can read" in result.stderr
    assert contexts()["contexts"]["demo-pay"]["secret"] == "file"


def test_a_folder_that_cannot_be_made_is_said_with_the_cause(environ):
    result = program(
        environ | {"RENSEI_HOME": "/proc/1/none"}, "auth", "login", "--token-stdin", stdin=KEY
    )

    assert result.returncode == 1
    assert (
        "error: /proc/1/none/config cannot be written: No such file or directory\n" in result.stderr
    )
    assert "try: export RENSEI_HOME=" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_home_nothing_is_stored_and_everything_else_works(environ):
    homeless = {**environ, "RENSEI_HOME": "~nobody-of-that-name"}
    result = program(homeless, "auth", "login", "--token-stdin", stdin=KEY)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "error: there is no home directory to write to\n"
        "  Nothing says where this user's files lie."
        " DIR is a folder that you can write to.\n"
        "  try: export RENSEI_HOME=DIR\n"
    )
    listed = program(homeless | {"RENSEI_AUTH_TOKEN": KEY}, "session", "list", "--json")
    assert (listed.returncode, listed.stderr) == (0, "no sessions\n")


# A user without a name, whose home nothing tells; the effective one may still read Python's files.
NOBODY = """
import os, sys
os.setreuid(54321, 0)
from rensei_cli.__main__ import run
sys.argv = ["rensei", *sys.argv[1:]]
run()
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")


def as_nobody(*argv, stdin="", **environ):
    return subprocess.run(
        [sys.executable, "-c", NOBODY, *argv],
        env={"PATH": os.environ["PATH"], **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@needs_root
def test_a_user_without_a_home_can_do_what_needs_no_files(server):
    given = {"RENSEI_API_URL": server.url, "RENSEI_AUTH_TOKEN": KEY}
    listed = as_nobody("session", "list", "--json", **given)

    assert (listed.returncode, listed.stderr) == (0, "no sessions\n")


@needs_root
@pytest.mark.parametrize(
    "words", [("auth", "login", "--token-stdin"), ("server", "--port", "0"), ("auth", "use", "x")]
)
def test_a_user_without_a_home_is_told_what_names_one(server, words):
    result = as_nobody(*words, stdin=KEY, RENSEI_API_URL=server.url)

    assert (result.returncode, result.stdout) == (1, "")
    assert "there is no home directory to write to" in result.stderr
    assert "RENSEI_HOME=DIR" in result.stderr.splitlines()[-1]
