"""The completion scripts of the shells, as `completions/` holds them."""

from typer.completion import get_completion_script

SHELLS = {"bash": "rensei.bash", "zsh": "_rensei", "fish": "rensei.fish"}


def completions() -> dict[str, str]:
    """Give the completion script of each shell by the name of its file."""
    return {
        file: get_completion_script(
            prog_name="rensei", complete_var="_RENSEI_COMPLETE", shell=shell
        )
        + "\n"
        for shell, file in SHELLS.items()
    }
