"""What completion is made of: the command tree as lines, and the scripts in `completions/`.

Every word about a command comes from the command tree itself. `make docs` runs this; alone, as
`python docs/completions.py`, it takes no time.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rensei_cli.cli import build
from rensei_cli.completion import answer, offers

ROOT = Path(__file__).parent.parent
TREE = Path("src/rensei_cli/completion/commands.tsv")
SCRIPTS = {"bash": "rensei.bash", "zsh": "_rensei", "fish": "rensei.fish"}
EVERYWHERE = "*"


def completions() -> dict[Path, str]:
    """Give the content of each file by its path in the repository."""
    scripts = {Path("completions", file): answer.script(shell) for shell, file in SCRIPTS.items()}
    return {TREE: tree(), **scripts}


def tree() -> str:
    """Give a line for each command, option and argument."""
    root: Any = typer.main.get_command(build())
    found = list(_commands(root, root.make_context("rensei", [], resilient_parsing=True)))
    shared = set.intersection(*(set(options) for _, _, options in found))
    lines = [_line(EVERYWHERE, *option) for option in found[0][2] if option in shared]
    for path, others, options in found:
        lines += [_line(path, *other) for other in others]
        lines += [_line(path, *option) for option in options if option not in shared]
    return "".join(lines)


def _line(*fields: str) -> str:
    return "\t".join(fields) + "\n"


Fields = tuple[str, str, str, str]


def _commands(command: Any, ctx: Any) -> Iterator[tuple[str, list[Fields], list[Fields]]]:  # noqa: ANN401
    """Give the path of each command, what may follow it, and its options."""
    names = command.list_commands(ctx) if hasattr(command, "list_commands") else []
    children = [(name, command.get_command(ctx, name)) for name in names]
    others = [
        ("hidden" if child.hidden else "command", name, "", _help(child.get_short_help_str(200)))
        for name, child in children
    ]
    options: list[Fields] = []
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            others.append(("argument", param.name, _values(param, ctx), _help(param.help)))
        else:
            options.append(_option(param, ctx))
    yield ctx.command_path, others, options
    for name, child in children:
        inner = child.make_context(name, [], parent=ctx, resilient_parsing=True)
        yield from _commands(child, inner)


def _option(param: Any, ctx: Any) -> Fields:  # noqa: ANN401
    kind = "repeatable" if param.multiple else "option"
    # Typer keeps the names of `--help` in a set: their order is made one that stays.
    own = sorted(param.opts, key=lambda name: (not name.startswith("--"), name))
    names = " ".join([*own, *param.secondary_opts])
    flag = param.is_flag or param.count
    return kind, names, "" if flag else _values(param, ctx), _help(param.help)


def _values(param: Any, ctx: Any) -> str:  # noqa: ANN401
    """Give what may stand there: words, a kind of thing in angle brackets, or `?` for any text."""
    if param.type.name == "path":
        return offers.FILES
    return " ".join(item.value for item in param.shell_complete(ctx, "")) or "?"


def _help(text: str | None) -> str:
    return " ".join((text or "").split()).encode("ascii", "replace").decode()


def main() -> None:
    """Write the files."""
    for file, text in completions().items():
        (ROOT / file).write_text(text)
    sys.stdout.write(f"completions/ and {TREE} are current\n")


if __name__ == "__main__":
    main()
