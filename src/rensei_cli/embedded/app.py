"""The web application: every route, and JSON for every error."""

import logging
import sqlite3
from http import HTTPStatus
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from rensei_cli.embedded import follow, public, webhook, workers
from rensei_cli.embedded.core import Core, Endpoint, response
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.gate import Gate
from rensei_cli.embedded.wire import Answer, RefusalError, answer, instant

_log = logging.getLogger(__name__)


def application(core: Core) -> ASGIApp:
    """Give the application of one platform."""
    app = Starlette(
        routes=[
            Route("/api/health", _alive(core)),
            *public.routes(core),
            *workers.routes(core),
            follow.route(core),
            webhook.route(core),
        ],
        exception_handlers={
            RefusalError: _refused,
            HTTPException: _http,
            sqlite3.Error: _unstored,
            Exception: _broken,
        },
    )
    # A redirect would make a client send its body, and its key, twice.
    app.router.redirect_slashes = False
    return Gate(app)


def _alive(core: Core) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        return response(await core.database.run(_healthy))

    return endpoint


def _healthy(unit: Unit) -> Answer:
    return answer(200, {"status": "ok", "timestamp": instant(unit.now)})


async def _refused(_: Request, error: Exception) -> Response:
    given = response(cast(RefusalError, error).answer)
    if given.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        given.headers["Connection"] = "close"
    return given


async def _http(_: Request, error: Exception) -> Response:
    known = cast(HTTPException, error)
    given = response(answer(known.status_code, {"error": HTTPStatus(known.status_code).phrase}))
    given.headers.update(known.headers or {})
    return given


async def _unstored(_: Request, error: Exception) -> Response:
    _log.error("Nothing was stored: %s", error)
    refusal = {"error": "Service Unavailable", "message": f"Nothing was stored: {error}"}
    return response(answer(503, refusal))


async def _broken(_: Request, _error: Exception) -> Response:
    return response(answer(500, {"error": "Internal Server Error"}))
