"""The doctor over real sockets; what it says is held against its schema and the command tree."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import typer
from pydantic import TypeAdapter
from scripting import SECRET, Told, ask, closed_port, secret, server, strict_json

from rensei_cli.cli import build
from rensei_cli.doctor.schema import DoctorDocument
from rensei_cli.runtime import Runtime

__all__ = ["ask", "closed_port", "secret", "server"]

ID = "0f1e2d3c4b5a6978"
_DEADLINE = 60


# Commands of the shell, by what they may begin with.
SHELL = {
    "chmod": ("600", "700"),
    "date": ("-u",),
    "export": (
        "LANG=",
        "TERM=",
        "PATH=",
        "NO_PROXY=",
        "SSL_CERT_FILE=",
        "RENSEI_HOME=",
        "http_proxy=",
        "https_proxy=",
        "all_proxy=",
        "HTTP_PROXY=",
        "HTTPS_PROXY=",
        "ALL_PROXY=",
    ),
    "ls": ("-l",),
    "mv": ("",),
    "python3": ("-m json.tool",),
    "sudo": ("timedatectl set-ntp true", "sntp -sS time.apple.com"),
    "type": ("-a rensei",),
    "unset": ("",),
}
_WRONG = typer.BadParameter.__mro__[1]
_SOURCE = "_RENSEI_COMPLETE=source_"


@cache
def _tree():
    return typer.main.get_command(build())


def exists(line: str) -> bool:
    """Tell whether a line is a command of ours that parses, or a known one of the shell."""
    words = shlex.split(line)
    if words[0].startswith(_SOURCE):
        shell = words[0].removeprefix(_SOURCE)
        return shell in {"bash", "zsh", "fish"} and words[1] == "rensei" and words[2] in {">", ">>"}
    if words[0] != "rensei":
        rest = line.partition(" ")[2]
        return any(rest.startswith(known) for known in SHELL.get(words[0], ()))
    return _parses(words[1:])


def _parses(words: list[str]) -> bool:
    """Tell whether the real parser takes these words, without running what they name."""
    words = words[: words.index("<")] if "<" in words else words
    command, context = _tree(), None
    while hasattr(command, "get_command"):
        context = command.make_context("rensei", ["--help"], parent=context, resilient_parsing=True)
        command = command.get_command(context, words[0])
        if command is None:
            return False
        words = words[1:]
    try:
        command.make_context("rensei", words, parent=context, obj=Runtime(environ={}))
    except _WRONG:
        return False
    return True


@pytest.fixture(name="exists")
def exists_() -> Callable[[str], bool]:
    """Tell whether an advised command exists."""
    return exists


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its document, and the checks of it by name."""

    exit: int
    document: dict[str, Any]
    text: str

    def __getitem__(self, name: str) -> dict[str, Any]:
        return next(check for check in self.document["checks"] if check["name"] == name)

    def state(self, *names: str) -> list[str]:
        return [self[name]["state"] for name in names]

    def finding(self, name: str) -> str:
        return self[name]["finding"]

    def remedy(self, name: str) -> str | None:
        return self[name]["remedy"]

    def where(self, state: str) -> set[str]:
        return {check["name"] for check in self.document["checks"] if check["state"] == state}


def checked(code: int, text: str) -> Report:
    """Give a report that keeps every promise which holds for all of them."""
    document = strict_json(text)
    assert TypeAdapter(DoctorDocument).validate_python(document, strict=True) == document
    failed = False
    for check in document["checks"]:
        assert check["finding"]
        assert (check["remedy"] is None) == (check["state"] in {"ok", "skipped"}), check
        assert check["remedy"] is None or exists(check["remedy"]), check
        failed |= check["state"] == "failure"
    assert (code, document["healthy"]) == ((1, False) if failed else (0, True))
    assert SECRET not in text
    return Report(code, document, text)


@pytest.fixture
def examine(ask) -> Callable[..., Report]:
    """Ask the doctor about the scripted server, and hold its report against its promises."""

    def examined(*argv: str, **how: Any) -> Report:
        told = ask("doctor", "--json", *argv, **how)
        assert SECRET not in told.stderr
        return checked(told.exit, told.stdout)

    return examined


@pytest.fixture
def diagnose(rensei) -> Callable[..., Report]:
    """Ask the doctor with an environment of one's own."""

    def diagnosed(*argv: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Report:
        told = rensei("doctor", "--json", *argv, environ=environ, stdin=stdin)
        return checked(told.exit, told.stdout)

    return diagnosed


@pytest.fixture
def started(tmp_path) -> Callable[..., "subprocess.Popen[str]"]:
    """Start the program as a process that knows nothing but what it is told."""
    # What measures coverage is told to every process.
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or "COV" in name}

    def start(*argv: str, **environ: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "rensei_cli", *argv],
            env={**kept, "RENSEI_HOME": str(tmp_path), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def process(started) -> Callable[..., Told]:
    """Run the program as a process."""

    def ran(*argv: str, **environ: str) -> Told:
        with started(*argv, **environ) as running:
            out, err = running.communicate(timeout=_DEADLINE)
        return Told(running.returncode, out, err, ())

    return ran


@pytest.fixture
def alone(process) -> Callable[..., Report]:
    """Ask the doctor in a process of its own, whose environment names proxies and authorities."""

    def told(*argv: str, **environ: str) -> Report:
        result = process("doctor", "--json", *argv, **environ)
        assert result.stderr == ""
        return checked(result.exit, result.stdout)

    return told


@pytest.fixture
def donmai(server):
    """The scripted server, answering as donmai's does: older routes, pages for what it has not."""
    session = {"id": ID, "identifier": "ENG-1", "status": "working"}
    page = (404, "<!DOCTYPE html><html>404: This page could not be found.</html>")
    for route in ("", "activities", "stream", "stop", "release", "prompt"):
        server.on(route, page)
    server.on("list", (200, {"sessions": [session], "timestamp": "2026-06-03T12:00:00Z"}))
    server.on("detail", (200, {"session": session}))
    server.on("older", (200, {"activities": [], "sessionStatus": "working"}))
    return server
