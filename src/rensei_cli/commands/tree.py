"""Typer's classes with what every command has: global options, and help that begins with use."""

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from rensei_cli.completion import offers
from rensei_cli.options import Color
from rensei_cli.runtime import Runtime

_GLOBAL = "Global options"
# More characters than the first sentence of any help.
_SENTENCE = 200
_CHOICES = re.compile(r"<([\w|]+)>")
_RANGE = re.compile(r"(?:; )?(?<=[\[ ])x>=[\d.]+")


def runtime_of(ctx: typer.Context) -> Runtime:
    """Give the world a command runs in."""
    runtime = ctx.find_object(Runtime)
    if runtime is None:
        raise RuntimeError("the command tree runs inside `cli.run` only")
    return runtime


def _remember(ctx: Any, param: Any, value: Any) -> None:  # noqa: ANN401 - typer's own types are private
    """Keep a global option in the runtime; the place nearest to the command wins."""
    if value not in (None, False):
        if param.name == "color":
            value = Color(value)
        runtime = ctx.find_object(Runtime)
        runtime.options = runtime.options._replace(**{param.name: value})


def _option(
    *names: str,
    help: str,  # noqa: A002 - as typer calls it
    metavar: str | None = None,
    flag: bool = False,
    offered: Callable[[], list[str]] | None = None,
) -> TyperOption:
    return TyperOption(
        param_decls=list(names),
        help=help,
        metavar=metavar,
        is_flag=flag or None,
        default=False if flag else None,
        type=bool if flag else str,
        expose_value=False,
        callback=_remember,
        rich_help_panel=_GLOBAL,
        autocompletion=(lambda *_: offered()) if offered else None,
    )


def global_options() -> list[TyperOption]:
    """Give the options that every command takes, before or after its name."""
    return [
        _option("--url", metavar="URL", help="Base URL of the server (RENSEI_API_URL)."),
        _option(
            "--auth",
            metavar="NAME",
            help="The auth context of this call (RENSEI_AUTH).",
            offered=offers.contexts,
        ),
        _option("--org", metavar="SLUG", help="Organisation (RENSEI_ORG)."),
        _option("--project", metavar="SLUG", help="Project (RENSEI_PROJECT)."),
        _option("--token-stdin", flag=True, help="Read the credential from standard input."),
        _option("--json", flag=True, help="Print one JSON document (RENSEI_JSON)."),
        _option("--no-interactive", flag=True, help="Never prompt (RENSEI_NO_INTERACTIVE, CI)."),
        _option("--verbose", "-v", flag=True, help="Tell decisions on stderr."),
        _option("--debug", flag=True, help="Trace HTTP on stderr, secrets removed (RENSEI_DEBUG)."),
        TyperOption(
            param_decls=["--color"],
            help="Colour of this call (NO_COLOR, FORCE_COLOR).",
            metavar="auto|always|never",
            type=_color,
            autocompletion=lambda *_: offers.colors(),
            expose_value=False,
            callback=_remember,
            rich_help_panel=_GLOBAL,
        ),
        _option("--a11y", flag=True, help="Words instead of symbols (RENSEI_A11Y)."),
    ]


def _color(value: str) -> str:
    if value not in list(Color):
        raise typer.BadParameter(f"'{value}' is not one of {', '.join(map(repr, map(str, Color)))}")
    return value


def _write_help(command: Any, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own types are private
    """Write what it does, how it is used, examples, then the parameters and what they share."""
    text, _, examples = (command.help or "").partition("Examples:\n")
    formatter.write_text(text.strip())
    formatter.write_paragraph()
    command.format_usage(ctx, formatter)
    if examples:
        formatter.write_paragraph()
        formatter.write("Examples:\n" + examples.rstrip() + "\n")
    own = [param for param in command.get_params(ctx) if _panel(param) != _GLOBAL]
    _write_records(formatter, "Arguments", own, ctx, kind="argument")
    if isinstance(command, TyperGroup):
        _write_commands(command, ctx, formatter)
    _write_records(formatter, "Options", own, ctx, kind="option")
    shared = [param for param in command.get_params(ctx) if _panel(param) == _GLOBAL]
    _write_records(formatter, _GLOBAL, shared, ctx, kind="option")
    if command.epilog:
        formatter.write_paragraph()
        formatter.write(command.epilog)


def _write_commands(group: TyperGroup, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
    """Write each command with its whole first sentence."""
    found = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx)]
    with formatter.section("Commands"):
        formatter.write_dl(
            [
                (name, command.get_short_help_str(_SENTENCE))
                for name, command in found
                if command and not command.hidden
            ]
        )


def _panel(param: Any) -> str | None:  # noqa: ANN401 - typer's own types are private
    return getattr(param, "rich_help_panel", None)


def _write_records(formatter: Any, title: str, params: list[Any], ctx: Any, *, kind: str) -> None:  # noqa: ANN401
    records = [
        _plain(record)
        for param in params
        if param.param_type_name == kind and (record := param.get_help_record(ctx))
    ]
    if records:
        with formatter.section(title):
            formatter.write_dl(records)


def _plain(record: tuple[str, str]) -> tuple[str, str]:
    """Give a parameter and its meaning without the brackets and ranges that only programs read."""
    name, meaning = record
    return _CHOICES.sub(r"\1", name), _RANGE.sub("", meaning).replace("  []", "")


class _Ours:
    """What commands and groups have in common: the global options and the help."""

    def __init__(self, *args: Any, params: list[Any] | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        given = [*(params or []), *global_options()]
        super().__init__(*args, params=given, **kwargs)  # type: ignore[call-arg]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Give the parts of the usage line; what must be given stands without braces."""
        pieces = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [piece.strip("{}") for piece in pieces]

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Give `--help`, which writes to the stdout of the runtime."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _show_help
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write the help page."""
        _write_help(self, ctx, formatter)


class Command(_Ours, TyperCommand):
    """A command with the global options and the help of this program."""


class Group(_Ours, TyperGroup):
    """A group with the global options, its commands in the order in which they were written."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Give the names of the commands in their own order."""
        del ctx
        return list(self.commands)


def _show_help(ctx: typer.Context, _param: Any, asked: bool) -> None:  # noqa: ANN401
    if asked and not ctx.resilient_parsing:
        runtime_of(ctx).stdout.write(ctx.get_help() + "\n")
        ctx.exit()


def help_when_bare(ctx: typer.Context) -> None:
    """Print the help of a group that was called without a command."""
    if ctx.invoked_subcommand is None:
        runtime_of(ctx).stdout.write(ctx.get_help() + "\n")
