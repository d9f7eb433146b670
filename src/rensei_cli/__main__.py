"""The way in: `rensei`, or `python -m rensei_cli`."""

import gc
import os
import sys

from rensei_cli import __version__

# Loading makes sixty thousand objects that last and next to nothing to collect: at the usual 700
# the collector looks through them ninety times.
_OBJECTS_PER_COLLECTION = 50_000


def run() -> None:
    """Run the program; the version, and what a TAB offers, are told without loading it."""
    if "_RENSEI_COMPLETE" in os.environ:
        from rensei_cli.completion.answer import answer

        sys.exit(answer(dict(os.environ)))
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"rensei {__version__}\n")
        return
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    from rensei_cli.cli import main

    try:
        main()
    finally:
        # The process ends and takes everything with it: nothing is looked through once more.
        gc.freeze()


if __name__ == "__main__":
    run()
