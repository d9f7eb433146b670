"""Arguments and options that several commands take."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from rensei_cli.completion import offers
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
