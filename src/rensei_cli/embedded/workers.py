"""The routes of workers, and the one that gives them something to do."""

import sqlite3
import uuid
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from rensei_cli.embedded import work, writes
from rensei_cli.embedded.asked import Asked, Deed
from rensei_cli.embedded.core import Core
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.wire import Answer, RefusalError, answer, bad_request, present

_MOST_IDENTIFIERS = 50


def routes(core: Core) -> list[Route]:
    """Give the routes that take the worker's key; operators may enqueue too."""
    key, either = core.credentials.worker_key, (core.credentials.operator_key,)
    acting, post = core.acting, ["POST"]
    return [
        Route("/api/workers/register", acting(_register, key, of_session=False), methods=post),
        Route("/api/workers/{id}/heartbeat", acting(_beat, key, of_session=False), methods=post),
        Route("/api/workers/{id}/poll", core.reading(_poll, key)),
        Route("/api/sessions", acting(_enqueue, key, *either, of_session=False), methods=post),
        Route("/api/sessions/{id}/claim", acting(_claim, key), methods=post),
        Route("/api/sessions/{id}/status", acting(_report, key), methods=post),
        Route("/api/sessions/{id}/activity", acting(_post, key), methods=post),
    ]


def _register(request: Asked) -> Deed:
    name = request.text("name")
    return lambda unit: work.register(unit, name)


def _beat(request: Asked) -> Deed:
    received = request.body.get("acknowledged") or []
    if not isinstance(received, list) or not all(isinstance(one, str) for one in received):
        raise bad_request("acknowledged must be a list of message ids")
    return lambda unit: work.beat(unit, request.path_id, received)


def _poll(request: Request) -> Deed:
    identifiers = request.query_params.getlist("identifier")[:_MOST_IDENTIFIERS]
    return lambda unit: work.poll(unit, request.path_params["id"], identifiers)


def _enqueue(request: Asked) -> Deed:
    tracker_id = request.text("trackerSessionId") or str(uuid.uuid4())
    fields = {
        "title": request.text("issueTitle"),
        "work_type": request.text("workType"),
        "provider": request.text("provider"),
        "branch": request.text("branch"),
        "priority": request.whole("priority", 1, 5),
    }
    identifier, project, prompt = (
        request.needed("identifier"),
        request.text("project") or request.project,
        request.text("prompt"),
    )

    def deed(unit: Unit) -> Answer:
        issue = writes.Issue(
            tracker_id=tracker_id,
            project=project or unit.rules.project,
            identifier=identifier,
            **present(fields),
        )
        return _enqueued(unit, issue, prompt)

    return deed


def _enqueued(unit: Unit, issue: writes.Issue, prompt: str | None) -> Answer:
    try:
        session = writes.enqueue(unit, issue)
    except sqlite3.IntegrityError:
        raise RefusalError(409, "Conflict", "This tracker session is known already") from None
    if prompt:
        writes.send(unit, session.id, "prompt", prompt)
    fields = {"sessionId": session.id, "trackerSessionId": session.tracker_id}
    return answer(201, {**fields, "status": session.public})


def _claim(request: Asked) -> Deed:
    worker_id = request.needed("workerId")
    return lambda unit: work.claim(unit, request.path_id, worker_id)


def _report(request: Asked) -> Deed:
    worker_id, status = request.needed("workerId"), request.needed("status")
    usage = {
        "cost_usd": request.amount("costUsd"),
        "input_tokens": request.whole("inputTokens"),
        "output_tokens": request.whole("outputTokens"),
        "provider": request.text("provider"),
        "branch": request.text("branch"),
    }
    return lambda unit: work.report(unit, request.path_id, worker_id, status, present(usage))


def _post(request: Asked) -> Deed:
    worker_id, activity = request.needed("workerId"), _activity(request.body.get("activity"))
    return lambda unit: work.post(unit, request.path_id, worker_id, activity)


def _activity(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise bad_request("activity must be an object with a type")
    return value
