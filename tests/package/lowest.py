"""Prints the oldest versions of the direct dependencies that are allowed, for `pip -c`."""

import re
import sys
import tomllib
from itertools import chain
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
BOUND = re.compile(r"([\w.-]+)>=([\w.]+)")


def lowest():
    """Give each direct dependency, those of the extras too, with its lower bound."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    for requirement in (*project["dependencies"], *extras):
        if not (bound := BOUND.match(requirement)):
            raise SystemExit(f"{requirement} has no lower bound in {PROJECT.name}")
        yield bound.groups()


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}=={version}\n" for name, version in lowest())
