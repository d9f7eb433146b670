"""The routes of operators."""

from starlette.requests import Request
from starlette.routing import Route

from rensei_cli.embedded import acts, asked, reads, views
from rensei_cli.embedded.asked import Asked, Deed
from rensei_cli.embedded.core import Core
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.records import Session
from rensei_cli.embedded.wire import Answer, answer, bad_request, instant, to_json

_DAY_MS = 86_400_000
_SCOPES = ["sessions:read", "sessions:write"]


def routes(core: Core) -> list[Route]:
    """Give the routes that take the operator's key."""
    key = core.credentials.operator_key
    under = "/api/public/sessions"
    return [
        Route(under, core.reading(_list, key)),
        Route(f"{under}/{{id}}", core.reading(_detail, key)),
        Route("/api/public/session-activities", core.reading(_activities, key)),
        Route("/api/public/stats", core.reading(lambda _: _stats, key)),
        Route("/api/cli/whoami", core.reading(lambda _: _whoami, key)),
        Route(f"{under}/{{id}}/stop", core.acting(_stop, key), methods=["POST"]),
        Route(f"{under}/{{id}}/release-claim", core.acting(_release, key), methods=["POST"]),
        Route(f"{under}/{{id}}/prompt", core.acting(_prompt, key), methods=["POST"]),
        Route(f"{under}/{{id}}/status-override", core.acting(_override, key), methods=["POST"]),
    ]


def _list(request: Request) -> Deed:
    project, statuses = asked.project(request), set(request.query_params.getlist("status"))

    def deed(unit: Unit) -> Answer:
        items = [views.item(unit, found) for found in reads.sessions(unit, project, statuses)]
        return answer(200, {"sessions": items, "count": len(items), "timestamp": instant(unit.now)})

    return deed


def _detail(request: Request) -> Deed:
    session_id, project = asked.session_id(request.path_params["id"]), asked.project(request)

    def deed(unit: Unit) -> Answer:
        found = views.detail(unit, reads.session(unit, session_id, project))
        return answer(200, {"session": found, "timestamp": instant(unit.now)})

    return deed


def _activities(request: Request) -> Deed:
    query = request.query_params
    if "sessionId" not in query:
        raise bad_request("sessionId is required")
    session_id, project = asked.session_id(query["sessionId"]), asked.project(request)
    cursor = query.get("cursor", query.get("after"))

    def deed(unit: Unit) -> Answer:
        return _page(unit, reads.session(unit, session_id, project), cursor)

    return deed


def _page(unit: Unit, found: Session, cursor: str | None) -> Answer:
    """Give the activities after a cursor; they are stored as JSON and go out as they are."""
    rows = reads.activities(unit, found, reads.number_after(cursor))
    newest = str(rows[-1][0]) if rows else cursor
    spoken = f',"cursor":{to_json(newest)}' if newest else ""
    texts = ",".join(text for _, text in rows)
    return Answer(
        200, f'{{"activities":[{texts}]{spoken},"sessionStatus":{to_json(found.public)}}}'
    )


def _stats(unit: Unit) -> Answer:
    online_since = unit.now - unit.rules.thresholds.stale_heartbeat_ms
    figures = reads.counts(unit, online_since, unit.now - unit.now % _DAY_MS)
    return answer(200, {**figures, "timestamp": instant(unit.now)})


def _whoami(unit: Unit) -> Answer:
    default = unit.rules.project
    slugs = [row[0] for row in unit.rows("SELECT DISTINCT project FROM sessions ORDER BY project")]
    projects = [
        {
            "id": f"prj_{slug}",
            "name": slug.replace("-", " ").title(),
            "slug": slug,
            "isDefault": slug == default,
            "sandboxProvider": "local",
        }
        for slug in dict.fromkeys([default, *slugs])
    ]
    org = {"id": "org_embedded", "name": "This machine", "slug": "embedded", "plan": "embedded"}
    return answer(200, {"org": org, "projects": projects, "scopes": _SCOPES})


def _stop(request: Asked) -> Deed:
    intent = request.intent()
    return lambda unit: acts.stop(unit, request.session(unit), intent)


def _release(request: Asked) -> Deed:
    intent, expected = request.intent(), request.text("expectedWorkerId")
    return lambda unit: acts.release(unit, request.session(unit), intent, expected)


def _prompt(request: Asked) -> Deed:
    text, _ = request.needed("prompt"), request.text("idempotencyKey")
    return lambda unit: acts.prompt(unit, request.session(unit), text)


def _override(request: Asked) -> Deed:
    status, intent = request.needed("status"), request.intent()
    return lambda unit: acts.override(unit, request.session(unit), status, intent)
