"""A worker's line to the platform: plain HTTP, patient with a restart."""

import contextlib
import http.client
import json
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 60.0
_TIMEOUT_SECONDS = 10.0
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 1.0


class LostError(Exception):
    """What the worker asked for is not, or no longer, its own."""


class Link:
    """One connection; it belongs to one thread."""

    def __init__(self, url: str, key: str, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        parts = urlsplit(url)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._patience_seconds = patience_seconds
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS
        )

    def get(self, path: str) -> dict[str, Any]:
        """Give the answer to a question.

        Raises:
            LostError: The platform refused.
            OSError: It could not be reached for a minute.
        """
        return self._sent("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Give the answer to an act, done once however often it is sent; raises like `get`."""
        key = {"Idempotency-Key": uuid.uuid4().hex, **headers}
        return self._sent("POST", path, json.dumps(body).encode(), key)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        give_up_at = time.monotonic() + self._patience_seconds
        wait_seconds = _FIRST_WAIT_SECONDS
        while True:
            try:
                return self._tried(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if time.monotonic() > give_up_at:
                    raise OSError(f"The platform does not answer: {error}") from error
            time.sleep(wait_seconds)
            wait_seconds = min(wait_seconds * 2, _LONGEST_WAIT_SECONDS)

    def _tried(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        self._connection.request(method, path, body, self._headers | headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise http.client.HTTPException(f"status {response.status}")
        answer: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            answer = json.loads(text)
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise LostError(f"{response.status}: {answer.get('message', answer.get('error', ''))}")
        return answer
