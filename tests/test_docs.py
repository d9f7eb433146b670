"""What the repository says of the program is what the program does."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest
import typer

from rensei_cli.cli import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def made(name):
    """A script of the docs folder, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_completions_are_current():
    """`python docs/completions.py` makes them so."""
    for file, text in made("completions").completions().items():
        assert (ROOT / file).read_text() == text


def test_the_readme_has_the_exit_codes_of_the_help(rensei):
    told = re.findall(r"^  (\d+) +([a-z-]+)  ", rensei("--help").stdout, re.MULTILINE)
    written = re.findall(r"^\| (\d+)(?:, 143)? \| ([a-z-]+) \|", README, re.MULTILINE)
    assert told == written


def commands_of(text):
    """The commands in the shell blocks of a page, each once, without what follows them."""
    lines = re.findall(r"^(?:\.venv/bin/)?rensei (?!-)(.*)$", text, re.MULTILINE)
    return list(dict.fromkeys(re.split(r" *[|&#;]| {2}", line)[0] for line in lines))


@pytest.mark.parametrize("line", commands_of(README), ids=str)
def test_every_command_of_the_readme_exists(line):
    argv = line.split()
    command = typer.main.get_command(build())
    context = command.make_context("rensei", ["--help"], resilient_parsing=True)
    while argv and hasattr(command, "get_command"):
        command = command.get_command(context, argv[0])
        assert command is not None
        argv = argv[1:]
    known = {name for param in command.params for name in param.opts}
    assert {word for word in argv if word.startswith("-")} <= known


def test_the_table_of_performance_is_that_of_the_last_kept_run(monkeypatch):
    """`make bench PARTS=--keep` makes it so."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    report = importlib.import_module("report")
    assert report.page(report.PAGE.read_text()) == report.PAGE.read_text()


def test_the_pictures_fetch_nothing():
    for picture in (ROOT / "docs").glob("*.svg"):
        text = picture.read_text()
        assert "@font-face" not in text
        assert not re.search(r"(?:href|src)=\"https?:|url\(\"?https?:", text)
