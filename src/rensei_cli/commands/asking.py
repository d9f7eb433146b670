"""Asking before something is done to a session: with the facts, and no is the default."""

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from rensei_cli.errors import DeclinedError, UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_ASKED_AGAIN = 3
_YES, _NO = frozenset({"y", "yes"}), frozenset({"", "n", "no"})


def can_ask(runtime: Runtime) -> bool:
    """Whether there is a person to ask: both ends of a question need a terminal."""
    talking = runtime.stdin.isatty() and runtime.stderr.isatty()
    return runtime.settings.interactive and talking


def worded(verb: str, session: str, *flags: str, **options: str | None) -> str:
    """Give the words of an act as they would be typed, its options with it."""
    given = [
        f"--{name.replace('_', '-')} {shlex.quote(value)}"
        for name, value in options.items()
        if value is not None
    ]
    return " ".join(["session", verb, shlex.quote(session), *given, *flags])


def need_consent(runtime: Runtime, verb: str, words: str) -> None:
    """Refuse to act where nobody can be asked and nobody said yes beforehand."""
    if not can_ask(runtime):
        raise UsageError(
            f"to {verb} needs a confirmation, and there is no terminal to ask on",
            hint="Nothing was sent.",
            remedy=runtime.again(words),
        )


def confirm(
    runtime: Runtime, facts: "Callable[[int], RenderableType]", question: str, declined: str
) -> None:
    """Show the facts and ask; anything but a yes declines.

    Raises:
        DeclinedError: The answer was no, or none of the answers was one.
    """
    runtime.output.aside(facts)
    for _ in range(_ASKED_AGAIN):
        answer = _answer(runtime, f"{question} [y/N] ")
        if answer.lower() in _YES:
            return
        if answer.lower() in _NO:
            break
        runtime.output.notice("please answer y or n")
    raise DeclinedError(f"{declined}; nothing was sent")


def confirm_by_name(
    runtime: Runtime, facts: "Callable[[int], RenderableType]", name: str, declined: str
) -> None:
    """Show the facts and ask for the name of what is meant: a slip of the hand is no consent.

    Raises:
        DeclinedError: Another name was typed, or none.
    """
    runtime.output.aside(facts)
    typed = _answer(runtime, f"Type {name} to go on: ")
    if typed.casefold() != name.casefold():
        raise DeclinedError(f"{declined}: that is not {name}; nothing was sent")


def _answer(runtime: Runtime, question: str) -> str:
    """Give what a person typed; the end of the input is an empty answer."""
    runtime.output.ask(question)
    try:
        line = runtime.stdin.readline()
    except UnicodeError:  # neither a yes nor a name, whatever it was
        return "\ufffd"
    if not line.endswith("\n"):
        runtime.output.notice("")
    return line.strip()
