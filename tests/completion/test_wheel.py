"""An installed wheel has the scripts where shells look, and what the program answers from."""

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_wheel_has_what_completion_is_made_of(tmp_path):
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        names = {name.partition(".data/data/")[2] or name for name in held.namelist()}

    assert {
        "share/bash-completion/completions/rensei",
        "share/zsh/site-functions/_rensei",
        "share/fish/vendor_completions.d/rensei.fish",
        "rensei_cli/completion/commands.tsv",
        "rensei_cli/completion/scripts/rensei.bash",
    } <= names
