"""Every stored context, ours before the official client's, and which one a call is in."""

from collections.abc import Mapping
from typing import NamedTuple

from rensei_cli import contextfile, official, private, vault
from rensei_cli.contextfile import Context
from rensei_cli.errors import UsageError
from rensei_cli.vault import Place

__all__ = ["Context", "Contexts", "stored_contexts"]


class Contexts(NamedTuple):
    """The stored contexts by name, the active one's name, and what is to be told of their files.

    `hidden` are the official client's whose names ours have; `beside` is what its file says
    outside of any context.
    """

    known: Mapping[str, Context]
    hidden: Mapping[str, Context]
    active: str | None
    beside: Context
    notices: tuple[str, ...]

    def named(self, name: str) -> Context:
        """Give the context of a name.

        Raises:
            UsageError: There is none.
        """
        if name in self.known:
            return self.known[name]
        some = bool(self.known)
        raise UsageError(
            f"there is no auth context named {name!r}",
            hint=f"Known contexts: {', '.join(sorted(self.known)) or 'none'}.",
            remedy="rensei auth list" if some else "rensei auth login",
        )

    def chosen(self, name: str | None) -> Context:
        """Give the named context, or else the active one, or else what stands beside them."""
        if name or (self.active and self.active in self.known):
            return self.named(name or self.active or "")
        return self.beside


def stored_contexts(environ: Mapping[str, str]) -> Contexts:
    """Give every stored context.

    Raises:
        UsageError: Our own file cannot be understood.
    """
    ours, theirs = contextfile.read(environ), official.read(environ)
    known = {**theirs.contexts, **ours.contexts}
    notices = list(theirs.notices)
    if ours.active and ours.active not in known:
        names = sorted(known)
        next_ = f"rensei auth use {private.quoted(names[0])}" if names else "rensei auth login"
        notices.append(f"the active context {ours.active!r} is gone: {next_}")
    return Contexts(
        known=known,
        hidden={name: theirs.contexts[name] for name in theirs.contexts.keys() & ours.contexts},
        active=ours.active or theirs.active,
        beside=theirs.beside,
        notices=(*notices, *_exposures(ours, environ)),
    )


def _exposures(ours: contextfile.Ours, environ: Mapping[str, str]) -> list[str]:
    """Give a warning for each of our files that others can read."""
    files = [contextfile.contexts_file(environ)] if ours.content else []
    if any(context.place is Place.file for context in ours.contexts.values()):
        files.append(vault.secrets_file(environ))
    return [warning for file in files if (warning := private.exposure(file))]
