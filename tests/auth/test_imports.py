"""What is stored is only looked at by whoever needs it: told by the interpreter itself."""

import os
import subprocess
import sys

import keyring
import pytest
from rings import Locked
from stub import KEY

CODE = """
import os, sys
from rensei_cli.cli import run
from rensei_cli.runtime import Runtime
code = run(sys.argv[1:], Runtime(environ=os.environ))
print("MODULES"); print("\\n".join(sys.modules)); sys.exit(code)
"""
WATCHED = {"keyring", "tomllib", "tomli_w", "rensei_cli.account", "getpass"}


@pytest.fixture
def loaded(rensei, server):
    """Give which of the watched modules a command needs, and its exit code."""

    def run(*argv, **environ):
        clean = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
        home = {"RENSEI_HOME": str(rensei.home), "RENSEI_API_URL": server.url}
        done = subprocess.run(
            [sys.executable, "-c", CODE, *argv],
            env={**clean, **home, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, set(done.stdout.partition("MODULES\n")[2].split()) & WATCHED

    return run


def test_without_a_context_nothing_of_it_is_loaded(loaded):
    assert loaded("session", "list", RENSEI_AUTH_TOKEN=KEY) == (0, set())


def test_a_key_in_the_file_needs_no_keyring(loaded, login):
    keyring.set_keyring(Locked())
    login()

    assert loaded("session", "list") == (0, {"tomllib"})


def test_a_key_in_the_keyring_is_only_fetched_for_the_server_it_opens(loaded, login):
    login()

    assert loaded("session", "list", RENSEI_AUTH_TOKEN=KEY) == (0, {"tomllib"})
    assert loaded("auth", "list", "--json") == (0, {"tomllib", "rensei_cli.account"})
    environ = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    code, found = loaded("session", "list", **environ)
    # up to 14 rich, which draws the error, loads it for a method of its own
    assert (code, found - {"getpass"}) == (4, {"tomllib", "keyring"})


@pytest.mark.parametrize("command", ["login", "status", "list", "use", "logout"])
def test_help_loads_nothing(loaded, command):
    assert loaded("auth", command, "--help") == (0, set())
