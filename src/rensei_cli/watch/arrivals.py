"""What the threads of a watch put into its inbox."""

from typing import NamedTuple

from rensei_cli.api.activity import ActivityPage
from rensei_cli.api.models import Session
from rensei_cli.api.tail import Tail
from rensei_cli.errors import ContractError, RenseiError
from rensei_cli.watch.link import Closed
from rensei_cli.watch.timetable import Read

# What a server may answer with for a while and still stream later, of all that refuses a request.
_PASSING = frozenset({408, 425, 429})


class Answered(NamedTuple):
    """What came of a read."""

    read: Read
    page: ActivityPage | RenseiError
    detail: Session | RenseiError | None


class Streamed(NamedTuple):
    """Bytes of a stream."""

    tail: Tail
    arrived: bytes


class Opened(NamedTuple):
    """The server streams."""

    tail: Tail


class Dropped(NamedTuple):
    """A stream is not open any more, and why."""

    tail: Tail
    end: Closed


class Broken(NamedTuple):
    """A mistake of ours in a thread, which is to be seen where the watch is."""

    mistake: Exception


class Interrupt(NamedTuple):
    """What a signal handler puts into the inbox to end the watch."""

    code: int
    why: str


def closed_by(error: RenseiError) -> Closed:
    """Give what a failure to stream means for the next try."""
    status = error.http_status
    if status is None:
        return Closed(error.message, unsuitable=isinstance(error, ContractError))
    answered = status < 400  # noqa: PLR2004 - with something else than a stream
    refused = not answered and status < 500 and status not in _PASSING  # noqa: PLR2004
    why = error.message if answered else f"the stream answered {status}"
    return Closed(why, refused=refused, unsuitable=answered or status in _PASSING)
