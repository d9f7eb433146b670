"""Arguments and options that several commands take."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from rensei_cli.completion import offers
from rensei_cli.errors import UsageError
from rensei_cli.options import duration_seconds


def _session(offered: Callable[[], list[str]]) -> Any:  # noqa: ANN401 - typer's own type is private
    return typer.Argument(
        metavar="ID",
        show_default=False,
        help="16-hex id, unique prefix, issue (ENG-124), dashboard URL, or @latest.",
        autocompletion=offered,
    )


SessionArgument = Annotated[str, _session(offers.sessions)]
OptionalSessionArgument = Annotated[str | None, _session(offers.sessions)]
LiveSessionArgument = Annotated[str, _session(offers.live_sessions)]
ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason", metavar="TEXT", help="Why; it is kept in the session's remediation history."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait-timeout",
        metavar="DURATION",
        parser=duration_seconds,
        help="Exit 8 with what is known after this time.",
    ),
]


def choose_one(ctx: typer.Context, *names: str) -> None:
    """Refuse options that answer one question in several ways.

    Raises:
        UsageError: More than one of these parameters was typed.
    """
    sources = {name: ctx.get_parameter_source(name) for name in names}
    typed = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if len(typed) > 1:
        options = [f"--{name.strip('_').replace('_', '-')}" for name in typed]
        raise UsageError(f"{' and '.join(options)} exclude each other")
