"""The web application: every route, and JSON for every error."""

from http import HTTPStatus

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
        exception_handlers={RefusalError: _refused, HTTPException: _http, Exception: _broken},
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
    if not isinstance(error, RefusalError):
        raise error
    given = response(error.answer)
    if given.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        given.headers["Connection"] = "close"
    return given


async def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    given = response(answer(error.status_code, {"error": HTTPStatus(error.status_code).phrase}))
    given.headers.update(error.headers or {})
    return given


async def _broken(_: Request, error: Exception) -> Response:  # noqa: ARG001
    return response(answer(500, {"error": "Internal Server Error"}))
