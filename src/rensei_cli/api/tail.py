"""A session's stream of server-sent events, opened, read and cut off from another thread."""

import socket
from collections.abc import Iterator
from contextlib import suppress

from rensei_cli.api.answer import error_of
from rensei_cli.api.calls import stream_path
from rensei_cli.api.http import httpx
from rensei_cli.api.network import Network
from rensei_cli.api.sse import MAX_FRAME_BYTES, Decoder, FrameTooLargeError
from rensei_cli.api.stream import Message, read_message
from rensei_cli.errors import ContractError, RenseiError, UnreachableError

# Enough of an error page to say what it is.
_PAGE_BYTES = 4096


class Tail:
    """One connection to a stream; `last_id` resumes it and `retry_seconds` is the server's wish."""

    def __init__(self, network: Network, session_id: str, last_event_id: str = "") -> None:
        self._network = network
        self._path = stream_path(session_id)
        self._decoder = Decoder(last_event_id)
        self._socket: socket.socket | None = None
        self._closed = False

    @property
    def last_id(self) -> str:
        """The id of the last event, which resumes the stream where the server can."""
        return self._decoder.last_id

    @property
    def retry_seconds(self) -> float | None:
        """How long the server wants a client to wait before it connects again."""
        return None if self._decoder.retry_ms is None else self._decoder.retry_ms / 1000

    def batches(self) -> Iterator[bytes]:
        """Give each arrival of bytes; the first is empty and means: the stream is open.

        Raises:
            RenseiError: The server does not stream (with its status), or the connection broke.
        """
        try:
            with self._network.stream(self._path, self._headers()) as response:
                self._socket = response.extensions["network_stream"].get_extra_info("socket")
                if self._closed:  # while it was still opening
                    return
                self._check(response)
                self._network.trace(f"GET {response.url}: it streams")
                yield b""
                # Any chunk size would wait until it is full.
                yield from response.iter_raw()
        except httpx.HTTPError as failure:
            raise self._network.unreachable(failure) from None
        except httpx.InvalidURL as failure:
            raise self._network.impossible(failure) from None
        except (OSError, ValueError) as failure:  # cut off by `close` while it was read
            raise UnreachableError(f"the stream was cut: {type(failure).__name__}") from None

    def messages(self, arrived: bytes) -> list[Message]:
        """Give what an arrival of bytes tells; for the thread that shows it, not that which waits.

        Raises:
            ContractError: The frame under way is larger than any event may be.
        """
        try:
            events = self._decoder.feed(arrived)
        except FrameTooLargeError:
            most = f"{MAX_FRAME_BYTES >> 20} MiB"
            raise ContractError(f"the stream sent an event larger than {most}") from None
        messages: list[Message] = []
        veiled = self._network.without_secrets
        for event in events:
            data = veiled(event.data)
            same = data is event.data
            messages += read_message(event if same else event._replace(data=data))
        return messages

    def close(self) -> None:
        """Cut the connection; whoever reads it is told so at once."""
        self._closed = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        # An id that no header can carry resumes nothing: a read fills the hole.
        if self.last_id and self.last_id.isascii() and self.last_id.isprintable():
            headers["Last-Event-ID"] = self.last_id
        return headers

    def _check(self, response: httpx.Response) -> None:
        """Make sure that the answer is a stream of events."""
        answer = self._network.answer(response, b"")
        if answer.status == httpx.codes.OK and answer.content_type == "text/event-stream":
            return
        page = b""
        for chunk in response.iter_raw():
            page += chunk
            if len(page) > _PAGE_BYTES:
                break
        answer = self._network.answer(response, page[:_PAGE_BYTES])
        error: RenseiError = error_of(answer) or answer.contract_error("a stream of events")
        error.http_status = response.status_code
        self._network.trace(f"GET {response.url}: {error.message}")
        raise error
