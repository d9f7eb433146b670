"""Server-sent events from bytes: the decoder of the WHATWG standard, without a socket.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from typing import NamedTuple

# An activity's content may be megabytes; a frame beyond this is not an event but an attack.
MAX_FRAME_BYTES = 32 * 1024 * 1024


class FrameTooLargeError(ValueError):
    """A frame that does not end within `MAX_FRAME_BYTES`."""


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
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._id = last_id
        self._event = ""
        self._data: list[bytes] = []
        self._data_size = 0
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
        if self._pending and lines:
            lines[0] = b"".join([*self._pending, lines[0]])
            self._pending.clear()
            self._pending_size = 0
        if rest:
            self._pending.append(rest)
            self._pending_size += len(rest)
        found = self._events(lines)
        if self._pending_size + self._data_size > MAX_FRAME_BYTES:
            raise FrameTooLargeError
        return found

    def _lines(self, chunk: bytes) -> list[bytes]:
        if b"\r" not in chunk:
            return chunk.split(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")

    def _events(self, lines: list[bytes]) -> list[ServerEvent]:
        found: list[ServerEvent] = []
        for line in lines:
            if not self._started:
                self._started = True
                line = line.removeprefix(b"\xef\xbb\xbf")  # noqa: PLW2901 - only the first line can
            if not line:
                # An id counts when its event is whole: a cut one will be sent again.
                self.last_id = self._id
                if self._data:
                    data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
                    found.append(ServerEvent(self._event, data, self.last_id))
                    self._data = []
                    self._data_size = 0
                self._event = ""
                continue
            name, _, value = line.partition(b":")
            if name:
                self._field(name, value[1:] if value[:1] == b" " else value)
        return found

    def _field(self, name: bytes, value: bytes) -> None:
        if name == b"data":
            self._data.append(value)
            self._data_size += len(value)
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit():
            self.retry_ms = int(value[:9])
