"""Server-sent events from bytes: the decoder of the WHATWG standard, without a socket.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from typing import NamedTuple

# An activity's content may be megabytes; a frame beyond this is not an event but an attack.
MAX_FRAME_BYTES = 32 * 1024 * 1024


class FrameTooLargeError(ValueError):
    """A frame that is larger than `MAX_FRAME_BYTES`, or never ends."""


class ServerEvent(NamedTuple):
    """One dispatched event; `id` is the last one seen on the stream, `event` empty for none.

    A tuple, because a tail makes a hundred thousand of them.
    """

    event: str
    data: bytes
    id: str


class Decoder:
    """Turns chunks into events, however the stream is cut into chunks.

    Lines end at CR, LF or CRLF only: U+2028 and U+0085 are legal inside the JSON of a line.
    """

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry_ms: int | None = None
        # A line that has not ended yet, as the chunks brought it: they are joined once, at its end.
        self._pending: list[bytes] = []
        self._id = last_id
        self._event = ""
        self._data: list[bytes] = []
        self._frame_bytes = 0
        self._started = False
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Give the events that a chunk completes.

        Raises:
            FrameTooLargeError: The frame under way is larger than any event may be.
        """
        if self._after_cr and chunk:
            # The chunk before ended in CR: an LF now belongs to the same line end.
            self._after_cr = False
            chunk = chunk[1:] if chunk[:1] == b"\n" else chunk
        if not chunk:
            return []
        *lines, rest = self._lines(chunk)
        self._frame_bytes += len(chunk)
        found = self._events(lines, rest) if lines else []
        if rest:
            self._pending.append(rest)
        if self._frame_bytes > MAX_FRAME_BYTES:
            raise FrameTooLargeError
        return found

    def _lines(self, chunk: bytes) -> list[bytes]:
        if b"\r" not in chunk:
            return chunk.split(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")

    def _events(self, lines: list[bytes], rest: bytes) -> list[ServerEvent]:
        """Give the events of whole lines; `rest` is the beginning of the next one."""
        found: list[ServerEvent] = []
        ended = -1
        lines[0] = self._whole(lines[0])
        for place, line in enumerate(lines):
            name, _, value = line.partition(b":")
            if value[:1] == b" ":
                value = value[1:]
            if name == b"data":
                self._data.append(value)
            elif name == b"event":
                self._event = value.decode("utf-8", "replace")
            elif name == b"id":
                if b"\0" not in value:
                    self._id = value.decode("utf-8", "replace")
            elif not line:
                found += self._ended()
                ended = place
            elif name == b"retry" and value.isdigit():
                self.retry_ms = int(value[:9])
        if ended >= 0:
            self._frame_bytes = len(rest) + sum(map(len, lines[ended + 1 :]))
        return found

    def _ended(self) -> tuple[ServerEvent, ...]:
        """Give the event that an empty line ends, if it is any."""
        event, data, self._event = self._event, self._data, ""
        # An id counts when its event is whole: a cut one will be sent again.
        self.last_id = self._id
        if not data:
            return ()
        self._data = []
        return (ServerEvent(event, data[0] if len(data) == 1 else b"\n".join(data), self._id),)

    def _whole(self, end: bytes) -> bytes:
        """Give the line that a chunk ends, of which those before may have brought a part."""
        line = b"".join([*self._pending, end]) if self._pending else end
        self._pending.clear()
        if not self._started:
            self._started = True
            line = line.removeprefix(b"\xef\xbb\xbf")  # only the first line can begin so
        return line
