"""The stream of one session over HTTP: catch up from the store, then tell what happens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rensei_cli.embedded import asked, health, reads
from rensei_cli.embedded.core import Core
from rensei_cli.embedded.database import Event, Unit
from rensei_cli.embedded.lifecycle import TERMINAL
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.stream import Subscription
from rensei_cli.embedded.wire import present, to_json

_RETRY = b"retry: 2000\n\n"
_KEEP_ALIVE = b": keep-alive\n\n"
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@dataclass(slots=True)
class Place:
    """How far one reader has come."""

    activity: int
    remediation: int
    status: str | None = None
    signals: str = ""


def route(core: Core) -> Route:
    """Give the route of the stream; it takes the operator's key."""

    async def endpoint(request: Request) -> Response:
        core.allow(request, core.credentials.operator_key)
        session_id, project = asked.session_id(request.path_params["id"]), asked.project(request)
        last = request.headers.get("last-event-id") or request.query_params.get("lastEventId")
        subscription = core.hub.subscribe(session_id)
        try:
            place = await core.database.run(lambda unit: _enter(unit, session_id, project, last))
        except BaseException:
            core.hub.unsubscribe(session_id, subscription)
            raise
        return _Stream(core, session_id, subscription, place)

    return Route("/api/sessions/{id}/stream", endpoint)


class _Stream(Response):
    """Sends frames until the session ends, the reader leaves, or the platform does."""

    media_type = "text/event-stream"

    def __init__(
        self, core: Core, session_id: str, subscription: Subscription, place: Place
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._core, self._session_id = core, session_id
        self._subscription, self._place = subscription, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        leaving = asyncio.ensure_future(_left(receive, self._subscription))
        headers = self.raw_headers
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if scope["method"] != "HEAD":
                async with aclosing(self._frames()) as frames:
                    async for frame in frames:
                        await send({"type": "http.response.body", "body": frame, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except OSError:
            pass  # the reader has gone; there is nobody to tell
        finally:
            leaving.cancel()
            self._core.hub.unsubscribe(self._session_id, self._subscription)

    async def _frames(self) -> AsyncGenerator[bytes, None]:
        subscription, place = self._subscription, self._place
        yield _RETRY + b"".join(await self._catch_up())
        while place.status not in TERMINAL and not subscription.closed:
            if not await subscription.wait(self._core.config.keep_alive_seconds):
                yield _KEEP_ALIVE
                continue
            events = subscription.take()
            if subscription.missed:
                subscription.missed = False
                yield b"".join(await self._catch_up())
            elif frames := b"".join(_frame(place, event) for event in events):
                yield frames

    async def _catch_up(self) -> list[bytes]:
        place = self._place
        events = await self._core.database.run(lambda unit: _missed(unit, self._session_id, place))
        return [_frame(place, event) for event in events]


async def _left(receive: Receive, subscription: Subscription) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.close()


def _enter(unit: Unit, session_id: str, project: str | None, last: str | None) -> Place:
    """Give where a reader begins: after the event it names, or now."""
    session = reads.session(unit, session_id, project)
    newest = session.newest_activity
    began = newest if last is None else min(newest, reads.number_after(last))
    remediations = reads.remediations(unit, session_id)
    told = remediations[-1][0] if remediations else 0
    signals = health.active(health.summary(session, unit.rules.thresholds, unit.now))
    return Place(began, told, signals=signals)


def _missed(unit: Unit, session_id: str, place: Place) -> list[Event]:
    """Give what a reader has not been told, from the store, the status last."""
    session = reads.session(unit, session_id)
    activities = reads.activities(unit, session, place.activity)
    remediations = reads.remediations(unit, session_id, place.remediation)
    return [
        *(Event(session_id, "activity", text, number) for number, text in activities),
        *(Event(session_id, "remediation", text, number) for number, text in remediations),
        _health(unit, session),
        *_status(session, place),
    ]


def _health(unit: Unit, session: Session) -> Event:
    summary = health.summary(session, unit.rules.thresholds, unit.now)
    names = health.active(summary)
    return Event(session.id, "health", to_json(summary), status=names)


def _status(session: Session, place: Place) -> list[Event]:
    if session.public == place.status:
        return []
    text = to_json(present({"sessionStatus": session.public, "previousStatus": place.status}))
    return [Event(session.id, "status", text, status=session.public)]


def _frame(place: Place, event: Event) -> bytes:
    """Give an event as a frame and note it; nothing when the reader has been told already."""
    if event.kind == "activity":
        if event.number <= place.activity:
            return b""
        place.activity = event.number
        return f"id: {event.number}\nevent: activity\ndata: {event.text}\n\n".encode()
    if event.kind == "remediation":
        if event.number <= place.remediation:
            return b""
        place.remediation = event.number
    if event.kind == "health":
        if event.status == place.signals:
            return b""
        place.signals = event.status
    if event.kind == "status":
        if event.status == place.status or place.status in TERMINAL:
            return b""
        place.status = event.status
    return f"event: {event.kind}\ndata: {event.text}\n\n".encode()
