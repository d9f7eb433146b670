"""Commands to copy: one that is advised leads to the same server and scope as the one typed."""

import re
import shlex
from collections.abc import Iterator

from rensei_cli.address import checked_url
from rensei_cli.errors import UsageError
from rensei_cli.options import GlobalOptions

# What stands before a pipe or a redirection, or before words about the command; quotes are whole.
# Nothing of these is for one server, or reads what was typed.
_OURS = ("rensei session ", "rensei doctor", "rensei auth login", "rensei auth status")
_COMMAND = re.compile(r"(?:'[^']*'|\"[^\"]*\"|[^'\"|<>,;])*(?<! )")


def repeated(command: str, options: GlobalOptions) -> str:
    """Give a command of ours with what was typed of `--url`, `--auth`, `--org` and `--project`.

    An option that the command names itself keeps the command's value; a command that is for no
    server stays as it is.
    """
    if not command.startswith(_OURS):
        return command
    found = _COMMAND.match(command)
    end = found.end() if found else len(command)
    words = {word.partition("=")[0] for word in command.split()}
    added = [
        f" {name} {shlex.quote(value)}" for name, value in _typed(options) if name not in words
    ]
    if command.startswith("rensei auth login"):  # which makes the context, and need not have it
        added = [one for one in added if not one.startswith(" --auth ")]
    return command[:end] + "".join(added) + command[end:]


def _typed(options: GlobalOptions) -> Iterator[tuple[str, str]]:
    """Give what was typed; an address that is none, and may hold a password, is not repeated."""
    if options.url is not None and _is_address(options.url):
        yield "--url", options.url
    for name in ("auth", "org", "project"):
        if value := getattr(options, name):
            yield f"--{name}", value


def _is_address(url: str) -> bool:
    try:
        return bool(checked_url(url))
    except UsageError:
        return False
