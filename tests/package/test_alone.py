"""The wheel alone, as `pipx install rensei-cli` leaves it: no extra, no tests, no activated venv.

`make package` makes that environment and says in PACKAGE where it lies.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

if "PACKAGE" not in os.environ:
    pytest.skip("make package makes what is looked at here", allow_module_level=True)

ALONE = Path(os.environ["PACKAGE"]) / "build" / "alone" / "bin"
NOBODY = "http://127.0.0.1:1"
OURS = """
import importlib, pkgutil, rensei_cli
for found in pkgutil.walk_packages(rensei_cli.__path__, "rensei_cli."):
    if not found.name.startswith("rensei_cli.embedded."):
        importlib.import_module(found.name)
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def alone(tmp_path, home):
    """Run a command in an empty folder, by a link on PATH and with nothing else set."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "rensei").symlink_to(ALONE / "rensei")
    (tmp_path / "empty").mkdir()

    def ran(*argv, **environ):
        path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            ["/usr/bin/env", *argv],
            cwd=tmp_path / "empty",
            env={"PATH": path, "HOME": str(home), **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return ran


def test_nothing_is_installed_that_a_user_did_not_ask_for(alone):
    listed = alone(str(ALONE / "python"), "-c", "import importlib.metadata as m; "
                   "print(*(d.name for d in m.distributions()))")  # fmt: skip
    assert not {"starlette", "uvicorn", "pytest", "hypothesis"} & set(listed.stdout.split())
    assert "rensei-cli" in listed.stdout.split()


def test_every_module_but_those_of_the_platform_is_imported(alone):
    done = alone(str(ALONE / "python"), "-I", "-W", "error", "-c", OURS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "argv", [["--help"], ["--version"], ["session", "watch", "--help"], ["demo", "--help"]]
)
def test_the_program_tells_about_itself_and_leaves_no_file(alone, home, argv):
    done = alone("rensei", *argv)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rensei" in done.stdout
    assert list(home.iterdir()) == []


def test_a_server_that_is_not_there_is_an_error_of_ours(alone):
    done = alone("rensei", "session", "list", "--json", RENSEI_API_URL=NOBODY)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "unreachable"
    assert "\nerror: cannot reach 127.0.0.1:1" in done.stderr


def test_nobody_is_logged_in(alone):
    done = alone("rensei", "auth", "list")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("argv", [["demo"], ["demo", "--once"], ["server", "--port", "0"]])
def test_the_platform_says_what_to_install(alone, argv):
    done = alone("rensei", *argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "pipx install 'rensei-cli[server]'" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_each_shell_is_given(alone, shell):
    done = alone("rensei", _RENSEI_COMPLETE=f"source_{shell}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rensei" in done.stdout
