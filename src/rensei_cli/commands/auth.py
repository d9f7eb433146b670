"""`rensei auth …`: who you are to which server, and where your keys are kept."""

from dataclasses import replace
from typing import Annotated

import typer

from rensei_cli.commands.advice import explained
from rensei_cli.commands.tree import Command, Group, help_when_bare, runtime_of
from rensei_cli.completion import offers

_HELP = """Log in to servers, and choose between them.

Examples:
  rensei auth login
  rensei auth status
  rensei auth use acme
"""
_LOGIN_HELP = """Check a key with its server and keep it under a name.

The key is typed without being shown, or piped into --token-stdin. It goes into the keyring of the
operating system or, where there is none, into a file that only you can read.
Enter alone keeps a server that asks for no key, such as donmai's.

Examples:
  rensei auth login
  rensei auth login --name work --org acme --project web
  rensei auth login --token-stdin < key.txt
"""
_STATUS_HELP = """Tell who you are, what decided it, and whether the server agrees.

Exit 0: the key is valid; 4: it is missing or not accepted; 1: the server could not be asked.

Examples:
  rensei auth status
  rensei auth status --json | jq .identity.scopes
"""
_LIST_HELP = """List the stored contexts, ours and the official client's.

Examples:
  rensei auth list
  rensei auth list --json | jq -r '.contexts[].name'
"""
_USE_HELP = """Make a stored context the active one.

Examples:
  rensei auth use acme
  rensei session list --auth acme
"""
_LOGOUT_HELP = """Remove a context and its key; without a name, the active one.

Examples:
  rensei auth logout
  rensei auth logout acme
"""

app = typer.Typer(cls=Group, rich_markup_mode=None, help=_HELP)
app.callback(invoke_without_command=True)(help_when_bare)

_NameArgument = typer.Argument(
    metavar="NAME",
    show_default=False,
    help="A context, as auth list names it.",
    autocompletion=offers.contexts,
)


@app.command(cls=Command, help=_LOGIN_HELP)
def login(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Option(metavar="N", help="Its name; otherwise the organisation's or the server's."),
    ] = None,
) -> None:
    """Log in."""
    from rensei_cli.commands.login import log_in

    log_in(runtime_of(ctx), name)


@app.command(cls=Command, help=_STATUS_HELP)
def status(ctx: typer.Context) -> int:
    """Tell who you are."""
    runtime = runtime_of(ctx)
    settings, output = runtime.settings, runtime.output
    from rensei_cli.account.document import status_document
    from rensei_cli.account.identify import identify
    from rensei_cli.account.standing import standing

    found = standing(settings, lambda: identify(runtime.client), runtime.environ)
    if found.error:
        found = replace(found, error=explained(found.error, runtime))
    if output.as_json:
        output.document(status_document(found))
        if found.error:
            output.notice(f"error: {found.error.message}")
        return found.exit_code
    from rensei_cli.render.auth import status_page

    output.emit(dict, lambda width: status_page(found, width=width, look=runtime.look()))
    if found.error:
        output.report(found.error)
    return found.exit_code


@app.command("list", cls=Command, help=_LIST_HELP)
def list_(ctx: typer.Context) -> None:
    """List the stored contexts."""
    from rensei_cli.account.document import contexts_document
    from rensei_cli.context import stored_contexts

    runtime = runtime_of(ctx)
    contexts, output = stored_contexts(runtime.environ), runtime.plain_output()
    for notice in contexts.notices:
        output.notice(f"rensei: {notice}")
    if not contexts.known:
        output.notice("no context is stored: rensei auth login")
    if output.as_json:
        output.document(contexts_document(contexts))
    elif contexts.known:
        from rensei_cli.commands.login import plain_look
        from rensei_cli.render.auth import contexts_table

        look = plain_look(runtime)
        output.emit(dict, lambda width: contexts_table(contexts, width=width, look=look))


@app.command(cls=Command, help=_USE_HELP)
def use(ctx: typer.Context, name: Annotated[str, _NameArgument]) -> None:
    """Make a context the active one."""
    from rensei_cli import contextfile, paths, private
    from rensei_cli.account.document import use_document
    from rensei_cli.account.login import overriding
    from rensei_cli.context import stored_contexts

    runtime = runtime_of(ctx)
    with private.alone_in(paths.contexts_dir(runtime.environ)):
        contexts = stored_contexts(runtime.environ)
        chosen = contexts.named(name)
        contextfile.activate(name, runtime.environ)
    notes, output = list(overriding(runtime.environ, name)), runtime.plain_output()
    for note in notes:
        output.notice(f"rensei: {note}")
    from rensei_cli.commands.login import plain_look
    from rensei_cli.render.auth import use_page

    look = plain_look(runtime)
    output.emit(
        lambda: use_document(chosen, contexts.active, notes), lambda _: use_page(chosen, look=look)
    )


@app.command(cls=Command, help=_LOGOUT_HELP)
def logout(ctx: typer.Context, name: Annotated[str | None, _NameArgument] = None) -> None:
    """Remove a context and its key."""
    from rensei_cli.commands.logout import log_out

    log_out(runtime_of(ctx), name)
