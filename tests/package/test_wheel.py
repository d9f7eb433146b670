"""What is published: the wheel that these tests run against, and the archive they come from.

`make package` builds both and says in PACKAGE where they lie; without it there is nothing to see.
"""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

import rensei_cli

if "PACKAGE" not in os.environ:
    pytest.skip("make package builds what is looked at here", allow_module_level=True)

ROOT = Path(os.environ["PACKAGE"])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME = f"rensei_cli-{rensei_cli.__version__}"
SHARED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
MADE = {"__pycache__", ".hypothesis", ".pytest_cache"}


def files(folder):
    """The files below a folder that a person wrote, as the repository names them."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in found if MADE.isdisjoint(path.parts)}


def test_the_tests_run_against_the_installed_wheel():
    installed = Path(rensei_cli.__file__).parent
    assert installed.parent == Path(sysconfig.get_path("purelib"))
    assert Path(sys.prefix) == ROOT / "build" / "lowest"


def test_the_direct_dependencies_are_the_oldest_allowed():
    allowed = (ROOT / "build" / "lowest.txt").read_text(encoding="utf-8").split()
    assert len(allowed) > 5
    for line in allowed:
        name, version = line.split("==")
        assert Version(metadata.version(name)) == Version(version), name


def test_the_wheel_holds_the_package_and_what_is_shared_and_nothing_else():
    names = zipfile.ZipFile(ROOT / "dist" / f"{NAME}-py3-none-any.whl").namelist()
    package = {name.removeprefix("src/") for name in files("src")}
    shared = {f"{NAME}.data/data/{place}" for place in SHARED.values()}
    about = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}

    assert sorted(names) == sorted(package | shared | {f"{NAME}.dist-info/{n}" for n in about})
    assert "rensei_cli/py.typed" in names


def test_the_archive_holds_what_builds_tests_and_explains():
    with tarfile.open(ROOT / "dist" / f"{NAME}.tar.gz") as archive:
        names = {member.name.removeprefix(f"{NAME}/") for member in archive if member.isfile()}
    folders = ("src", "tests", "docs", "completions", "benchmarks")
    single = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"}
    added = {".gitignore", "PKG-INFO", "pyproject.toml"}

    assert sorted(names) == sorted(set.union(single, added, *map(files, folders)))


def test_what_is_shared_lies_where_man_and_the_shells_look():
    for source, place in SHARED.items():
        assert (Path(sys.prefix) / place).read_bytes() == (ROOT / source).read_bytes()


def test_the_metadata_is_that_of_the_project():
    told = metadata.metadata("rensei-cli")
    assert told["Version"] == rensei_cli.__version__ == PROJECT["project"]["version"]
    assert told["License-Expression"] == "MIT"
    assert told["Description-Content-Type"] == "text/markdown"
    assert told["Requires-Python"] == ">=3.11"
    assert told.get_all("Provides-Extra") == ["server"]


@pytest.mark.parametrize("argv", [["rensei"], ["python", "-m", "rensei_cli"]], ids=len)
def test_the_installed_program_starts(argv, tmp_path):
    program = Path(sys.prefix) / "bin" / argv[0]
    told = subprocess.check_output([program, *argv[1:], "--version"], cwd=tmp_path, text=True)
    assert told == f"rensei {rensei_cli.__version__}\n"
