"""What every request passes before it reaches a route."""

import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rensei_cli.embedded import auth
from rensei_cli.embedded.wire import RefusalError

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Gate:
    """Lets only this machine's own names in, and numbers every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        # A page of another site can be made to resolve to this machine, but not to name it.
        if not auth.is_loopback(headers.get("host")):
            await _misdirected(numbered)
            return
        await self._app(scope, receive, numbered)


async def _misdirected(send: Send) -> None:
    body = RefusalError(421, "Misdirected Request", "This server answers on loopback only")
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": body.answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body.answer.text.encode()})
