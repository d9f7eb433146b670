"""The command tree and `main`: the only place where an error becomes an exit code."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from rensei_cli import __version__
from rensei_cli.commands import auth, demo, doctor, server, session
from rensei_cli.commands.tree import Command, Group, runtime_of
from rensei_cli.credentials import VARIABLES
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.output import silence_stdout
from rensei_cli.runtime import Runtime
from rensei_cli.settings import wants_debug

# Typer exports what it raises for a wrong value; its parent is raised for a wrong command line.
_CommandLineError: type[Exception] = typer.BadParameter.__mro__[1]

_EPILOG = """\
Exit codes:
  0    ok         the command did its work; watch: the session completed
  1    error      anything not below; a no to a question; 5xx after retries
  2    usage      bad option, value or id; ambiguous id; nobody to ask
  3    failed     the session ended failed (watch, show --exit-status)
  4    auth       no or invalid credential, missing scope
  5    not-found  no such session in this scope
  6    stopped    the session ended stopped
  7    refused    the claim is live (--force), nothing is claimed, or a 409
  8    pending    it still runs: watch --timeout, show --exit-status, stop
  9    lost       no contact (watch: for --give-up): the outcome is unknown
  10   condition  --exit-on or --strict fired
  130  signal     Ctrl-C (143: SIGTERM); the terminal is restored first
"""
_HELP = """Look at, follow and steer one run of a coding agent.

Examples:
  rensei demo                     try everything here, without an account
  rensei session list
  rensei session show ENG-124
  rensei session stop ENG-124 --reason "wrong branch"
"""


def build() -> typer.Typer:
    """Give the whole command tree."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=_HELP,
        epilog=_EPILOG,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_root)
    app.add_typer(session.app, name="session")
    app.add_typer(auth.app, name="auth")
    app.command("doctor", cls=Command, help=doctor.HELP)(doctor.doctor)
    app.command("demo", cls=Command, help=demo.HELP)(demo.demo)
    app.command("server", cls=Command, help=server.HELP)(server.server)
    return app


def _root(
    ctx: typer.Context,
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
) -> None:
    """Print the version or, without any command, the help."""
    if version:
        runtime_of(ctx).stdout.write(f"rensei {__version__}\n")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        runtime_of(ctx).stdout.write(ctx.get_help() + "\n")


def run(argv: Sequence[str], runtime: Runtime) -> int:
    """Run one command line in the given world and give its exit code."""
    try:
        result = build()(args=list(argv), prog_name="rensei", standalone_mode=False, obj=runtime)
    except RenseiError as error:
        return _failed(error, argv, runtime)
    except _CommandLineError as error:
        return _failed(_usage(error), argv, runtime)
    finally:
        runtime.close()
    return result if isinstance(result, int) else 0


def lead(argv: Sequence[str], runtime: Runtime) -> int:
    """Run one command line as `run` does; a mistake of ours is told too, with no secret in it."""
    try:
        return run(argv, runtime)
    except BrokenPipeError:
        raise
    except Exception as mistake:  # noqa: BLE001 - whatever it is, it is told below
        output = runtime.plain_output(as_json="--json" in argv)
        debug = wants_debug(runtime.options, runtime.environ)
        if debug:
            output.notice(_traceback(mistake, runtime))
        output.report(_unexpected(mistake, debug=debug))
        return 1


def main() -> NoReturn:
    """Run the program and leave it."""
    runtime = Runtime(environ=os.environ)
    try:
        code = lead(sys.argv[1:], runtime)
        runtime.stdout.flush()
    except (BrokenPipeError, SystemExit) as end:  # the reader has seen enough: `| head`
        # Typer leaves by itself when it meets a closed pipe first.
        if BrokenPipeError not in {type(end), type(end.__context__)}:
            raise
        silence_stdout()
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _failed(error: RenseiError, argv: Sequence[str], runtime: Runtime) -> int:
    output = runtime.plain_output(as_json="--json" in argv)
    from rensei_cli.commands.advice import advised

    output.report(advised(error, runtime))
    return error.exit_code


def _usage(error: Exception) -> UsageError:
    """Give a wrong command line as an error of ours, with the help that tells the right one."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "rensei"
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    return UsageError(told.strip().rstrip("."), remedy=f"{path} --help")


def _unexpected(error: Exception, *, debug: bool) -> RenseiError:
    return RenseiError(
        f"this is a mistake in rensei itself ({type(error).__name__})",
        hint="Please report it with the traceback; it shows no credential.",
        remedy=None if debug else "the same command with --debug",
    )


def _traceback(error: Exception, runtime: Runtime) -> str:
    """Give where a mistake was made; the words of an exception may hold what was sent."""
    import traceback

    from rensei_cli.api.redaction import Veil

    given = [runtime.environ.get(name, "") for name in VARIABLES]
    settings = runtime.__dict__.get("settings")
    credential = settings.credential if settings else None
    # One that is kept elsewhere and was not fetched yet can be in no exception either.
    fetched = credential.__dict__.get("secret", "") if credential else ""
    return Veil(*given, fetched).text("".join(traceback.format_exception(error)).rstrip())
