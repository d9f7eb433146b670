"""The way in: `rensei`, or `python -m rensei_cli`."""

import os
import sys

from rensei_cli import __version__


def run() -> None:
    """Run the program; the version, and what a TAB offers, are told without loading it."""
    if "_RENSEI_COMPLETE" in os.environ:
        from rensei_cli.completion.answer import answer

        sys.exit(answer(dict(os.environ)))
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"rensei {__version__}\n")
        return
    from rensei_cli.cli import main

    main()


if __name__ == "__main__":
    run()
