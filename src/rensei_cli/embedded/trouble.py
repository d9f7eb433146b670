"""Why a platform cannot start, told apart: each cause has a remedy of its own."""

import contextlib
from collections.abc import Iterator
from enum import StrEnum

from rensei_cli.errors import RenseiError


class Cause(StrEnum):
    """What was in the way."""

    port = "port"
    data = "data"
    data_in_use = "data in use"
    temporary = "temporary"
    state = "state"
    log = "log"


class InUseError(OSError):
    """Another platform has the database open."""


class StartError(OSError):
    """A platform cannot start: what was in the way, and the file, folder or port it was at."""

    def __init__(self, cause: Cause, place: object, error: Exception) -> None:
        super().__init__(*(error.args or (str(error),)))
        self.cause, self.place = cause, str(place)
        why = str(getattr(error, "strerror", None) or error)
        self.told = why if self.place in why else f"{self.place}: {why}"


@contextlib.contextmanager
def blamed(cause: Cause, place: object) -> Iterator[None]:
    """Let what goes wrong in the block be told as this cause.

    Raises:
        StartError: Something went wrong.
    """
    try:
        yield
    except (OSError, RenseiError) as error:
        in_use = isinstance(error, InUseError)
        raise StartError(Cause.data_in_use if in_use else cause, place, error) from error
