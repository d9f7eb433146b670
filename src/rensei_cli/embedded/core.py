"""What every route does alike: check the key, take it apart, run one transaction."""

import hashlib
import json
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rensei_cli.embedded import asked, auth
from rensei_cli.embedded.asked import Asked, Deed
from rensei_cli.embedded.config import Config
from rensei_cli.embedded.database import Database, Unit
from rensei_cli.embedded.journal import act_of
from rensei_cli.embedded.stream import Hub
from rensei_cli.embedded.wire import Answer, RefusalError, answer

Endpoint = Callable[[Request], Awaitable[Response]]
Plan = Callable[[Asked], Deed]
ReadPlan = Callable[[Request], Deed]

_UNLOGGED = "heartbeat"


@dataclass(frozen=True, slots=True)
class Core:
    """One platform, as its routes see it."""

    config: Config
    database: Database
    credentials: auth.Credentials
    hub: Hub

    def allow(self, request: Request, *keys: str) -> None:
        """Let a request pass that bears one of these keys.

        Raises:
            RefusalError: 401.
        """
        if not auth.carries(request.headers.get("authorization"), *keys):
            raise RefusalError(401, "Unauthorized", "Invalid or missing API key")

    def reading(self, plan: ReadPlan, *keys: str) -> Endpoint:
        """Give the endpoint of a question."""

        async def endpoint(request: Request) -> Response:
            self.allow(request, *keys)
            return response(await self.database.run(plan(request)))

        return endpoint

    def acting(self, plan: Plan, *keys: str, of_session: bool = True) -> Endpoint:
        """Give the endpoint of an act; `of_session` says that the path names a session."""

        async def endpoint(request: Request) -> Response:
            self.allow(request, *keys)
            path_id = request.path_params.get("id", "")
            if of_session:
                asked.session_id(path_id)
            request_body = asked.parsed(await asked.raw_body(request))
            deed = once(taken_apart(request, path_id, request_body), plan)
            return response(await self.database.run(deed))

        return endpoint


def taken_apart(request: Request, path_id: str, body: dict[str, object]) -> Asked:
    """Give a request as the deeds see it; a prompt may carry its idempotency key in the body."""
    spoken = body.get("idempotencyKey")
    return Asked(
        route=f"{request.method} {request.url.path}",
        path_id=path_id,
        body=body,
        project=asked.project(request),
        source="ui" if request.headers.get("x-rensei-source", "").lower() == "ui" else "cli",
        key=request.headers.get("idempotency-key") or (spoken if isinstance(spoken, str) else None),
    )


def once(request: Asked, plan: Plan) -> Deed:
    """Give a deed that, asked for again under the same key, only repeats its first answer.

    A request that says something else under a key of another one is refused.
    """
    if not request.key:
        return noted(request, plan)
    route, key = request.route, request.key

    def first_time_only(unit: Unit) -> Answer:
        row = unit.row("SELECT status, text FROM answers WHERE route = ? AND key = ?", route, key)
        if row and _was_asked(unit, request):
            return Answer(*row)
        given = noted(request, _reused if row else plan)(unit)
        values = (route, key, given.status, given.text, unit.now)
        unit.write("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", *values)
        question = (route, key, _digest(request), unit.now)
        unit.write("INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?)", *question)
        return given

    return first_time_only


def _was_asked(unit: Unit, request: Asked) -> bool:
    """Tell whether the request of this key said the same; of an old database nobody knows."""
    sql = "SELECT digest FROM questions WHERE route = ? AND key = ?"
    row = unit.row(sql, request.route, request.key)
    return row is None or row[0] == _digest(request)


def _digest(request: Asked) -> str:
    """Give what two requests that say the same have in common, however they were written."""
    said = json.dumps(request.body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _reused(_: Asked) -> Deed:
    message = "This Idempotency-Key was used for another request"
    raise RefusalError(422, "Unprocessable Entity", message)


def noted(request: Asked, plan: Plan) -> Deed:
    """Give a deed that leaves an act for the log, whether it is done or refused."""

    def deed(unit: Unit) -> Answer:
        try:
            given = plan(request)(unit)
        except Exception as error:
            _note(unit, request, _refusal(error))
            raise
        _note(unit, request, given)
        return given

    return deed


def _note(unit: Unit, request: Asked, given: Answer) -> None:
    worker = request.body.get("workerId")
    if not request.route.endswith(_UNLOGGED):
        unit.acts.append(act_of(unit.now, request.route, request.path_id, worker, given))


def _refusal(error: Exception) -> Answer:
    """Give what an error is going to be answered with, as far as the log is concerned."""
    if isinstance(error, RefusalError):
        return error.answer
    return answer(503 if isinstance(error, sqlite3.Error) else 500, {})


def response(given: Answer) -> Response:
    """Give an answer as HTTP."""
    return Response(given.text, given.status, media_type="application/json")
