"""The way in: `rensei`, or `python -m rensei_cli`."""

import sys

from rensei_cli import __version__


def run() -> None:
    """Run the program; the version is told without loading it."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"rensei {__version__}\n")
        return
    from rensei_cli.cli import main

    main()


if __name__ == "__main__":
    run()
