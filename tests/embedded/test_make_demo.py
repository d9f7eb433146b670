"""`make demo`: however the demo ends by itself is told, and Ctrl-C is no error."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
PROGRAM = """#!/bin/sh
trap 'echo cleaned; exit 130' INT
echo "$@"
{then}
"""

pytestmark = pytest.mark.skipif(
    not (shutil.which("make") and MAKEFILE.exists()), reason="needs make and the sources"
)


@pytest.fixture
def made(tmp_path):
    """Start `make demo` with a program in place of ours that does something else then."""

    def started(then):
        program = tmp_path / "rensei"
        program.write_text(PROGRAM.format(then=then))
        program.chmod(0o755)
        (tmp_path / "pyproject.toml").touch()
        os.utime(tmp_path / "pyproject.toml", (1e9, 1e9))
        ready = tmp_path / "ready"
        ready.touch()
        return subprocess.Popen(
            ["make", "-f", str(MAKEFILE), "demo", f"BIN={tmp_path}", f"READY={ready}"],
            cwd=tmp_path,
            # This suite may itself run beneath a make, whose word it is not.
            env={name: text for name, text in os.environ.items() if not name.startswith("MAKE")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return started


@pytest.mark.parametrize(("status", "told"), [(0, False), (130, False), (1, True)])
def test_what_is_no_interruption_is_an_error(made, status, told):
    with made(f"exit {status}") as make:
        out, err = make.communicate(timeout=20)
    assert out == "demo\n"
    assert bool(make.returncode) is told
    assert ("***" in err) is told


def test_ctrl_c_lets_the_demo_clean_up_and_says_nothing(made):
    with made("while :; do sleep 0.1; done") as make:
        assert make.stdout.readline() == "demo\n"
        os.killpg(make.pid, signal.SIGINT)
        out, err = make.communicate(timeout=20)
    assert (out, err) == ("cleaned\n", "")
