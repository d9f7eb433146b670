"""The route of trackers: a signed wish to stop or to go on."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rensei_cli.embedded import acts, asked, auth, reads
from rensei_cli.embedded.asked import Asked, Deed
from rensei_cli.embedded.core import Core, once, response
from rensei_cli.embedded.database import Unit
from rensei_cli.embedded.wire import RefusalError, bad_request, not_found

_ACTOR = "webhook"


def route(core: Core) -> Route:
    """Give the route that takes a signature in place of a key."""

    async def endpoint(request: Request) -> Response:
        raw = await asked.raw_body(request)
        given = request.headers.get("x-rensei-signature")
        if not auth.signed(core.credentials.webhook_secret, raw, given):
            raise RefusalError(401, "Unauthorized", "Invalid or missing webhook signature")
        body = asked.parsed(raw)
        given_key = request.headers.get("idempotency-key")
        # All sessions share this route; a key counts for one of them.
        key = f"{body.get('sessionId')} {given_key}" if given_key else None
        wish = Asked(route="POST /webhook", path_id="", body=body, source="webhook", key=key)
        return response(await core.database.run(once(wish, _wish)))

    return Route("/webhook", endpoint, methods=["POST"])


def _wish(request: Asked) -> Deed:
    named, signal, intent = (
        request.needed("sessionId"),
        request.needed("signal"),
        request.intent(_ACTOR),
    )
    act = {"stop": acts.stop, "continue": acts.proceed}.get(signal)
    if act is None:
        raise bad_request("signal must be stop or continue")
    return lambda unit: act(unit, reads.session(unit, _public(unit, named)), intent)


def _public(unit: Unit, named: str) -> str:
    """Give the public id of a session that a tracker names by either of its ids."""
    row = unit.row("SELECT id FROM sessions WHERE ? IN (id, tracker_id)", named)
    if row is None:
        raise not_found()
    return str(row[0])
