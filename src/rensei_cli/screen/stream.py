"""What the screens of a watch do with the streams they write to."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rensei_cli.errors import RenseiError

# How often a pipe is looked at for its reader, who may leave while there is no news.
LOOK_SECONDS = 1.0


def put(stream: TextIO, text: str) -> None:
    """Write what arrived together at once, if it is anything."""
    if text:
        stream.write(text)
        stream.flush()


def tell(stderr: TextIO, text: str) -> None:
    """Tell a person a sentence beside what is written to stdout."""
    put(stderr, f"rensei: {text}\n")


@contextmanager
def written(where: str) -> Iterator[None]:
    """Turn a write that fails, on a full disk for instance, into an error of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise RenseiError(f"{where} could not be written: {failure.strerror}") from None


def still_read(stream: TextIO) -> None:
    """Notice that the reader of a pipe has gone, which otherwise only the next write would.

    Raises:
        BrokenPipeError: Nobody will read what is written.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # not a file of the system's
        return
    watched = select.poll()
    watched.register(number, 0)
    if any(event & select.POLLERR for _, event in watched.poll(0)):
        raise BrokenPipeError
