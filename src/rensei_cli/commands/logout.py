"""Logging out: a context and its key are removed from the disk and from the keyring."""

from rensei_cli import contextfile, paths, private, vault
from rensei_cli.commands.login import plain_look
from rensei_cli.context import Context, Contexts, stored_contexts
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.runtime import Runtime
from rensei_cli.vault import Place


def log_out(runtime: Runtime, name: str | None) -> None:
    """Remove a context and its key; tell what was removed, and what still stands.

    Raises:
        UsageError: There is no such context, or it is not ours.
        RenseiError: The context is removed, but the keyring did not give up the key.
    """
    environ, output = runtime.environ, runtime.plain_output()
    before = stored_contexts(environ)
    name = name or runtime.options.auth or environ.get("RENSEI_AUTH") or before.active
    context = _ours(before, name) if name else None
    from rensei_cli.account.login import overriding

    left = _remove(context, runtime) if context else None
    after = stored_contexts(environ)
    notes = list(overriding(environ, after.active or ""))
    for note in notes:
        output.notice(f"rensei: {note}")
    if left and context:
        raise _still_kept(context, left, runtime)
    if context is None:
        output.notice("no context is active: there is nothing to remove")
    _show_removed(runtime, context, after, notes)


def _show_removed(
    runtime: Runtime, context: Context | None, after: Contexts, notes: list[str]
) -> None:
    from rensei_cli.account.document import logout_document
    from rensei_cli.render.auth import logout_page

    removed = context.name if context else None
    gone = context is not None and context.place is not Place.none
    output, look = runtime.plain_output(), plain_look(runtime)
    if removed or output.as_json:
        output.emit(
            lambda: logout_document(removed, secret_removed=gone, active=after.active, notes=notes),
            lambda _: logout_page(removed or "", secret_removed=gone, look=look),
        )


def _ours(contexts: Contexts, name: str) -> Context:
    """Give the context of a name; the official client's are not for us to remove."""
    context = contexts.named(name)
    if context.official:
        raise UsageError(
            f"context {name} belongs to the official client, whose file is never written here",
            hint="Remove it with that client, or choose another.",
            remedy="rensei auth list",
        )
    return context


def _remove(context: Context, runtime: Runtime) -> str | None:
    """Remove a context of ours, and what TAB offers of it; give why its key may still be kept."""
    from rensei_cli.completion.remember import forget

    name, environ = context.name or "", runtime.environ
    with private.alone_in(paths.contexts_dir(environ)):
        why = vault.discard(name, context.place, environ)
        contextfile.remove(name, environ)
        forget(dict(environ), context.url, context.name)
        return why


def _still_kept(context: Context, why: str, runtime: Runtime) -> RenseiError:
    return RenseiError(
        f"context {context.name} is removed, but its key is still kept: {why}",
        hint="Revoke the key at its server, or remove it from the keyring by hand.",
        remedy=vault.removal(context.name or "", runtime.environ),
    )
