"""When the platform itself cannot go on, it says so in JSON and forgets nothing it had promised."""

import sqlite3

import anyio
import httpx
import pytest

from rensei_cli.embedded.app import application
from rensei_cli.embedded.auth import Credentials
from rensei_cli.embedded.core import Core
from rensei_cli.embedded.platform import Config
from rensei_cli.embedded.stream import Hub


def limit(site, pages):
    def work(unit):
        return unit.row(f"PRAGMA max_page_count = {pages}")[0]

    return site.platform.store.submit(work).result()


def test_a_full_disk_refuses_what_it_cannot_keep_and_goes_on(site):
    session_id, worker_id = site.run()
    site.act(session_id, worker_id, content="kept")
    limit(site, 1)
    refused = site.act(session_id, worker_id, content="x" * 900_000)
    assert refused.status_code == 503
    assert refused.json()["error"] == "Service Unavailable"
    limit(site, 1_000_000)
    assert site.act(session_id, worker_id, content="after").json()["id"] == "3"
    contents = [one["content"] for one in site.activities(session_id)["activities"]]
    assert contents == ["…", "kept", "after"]


def test_a_commit_that_fails_is_told_to_all_who_wait(site):
    store = site.platform.store
    future = store.submit(lambda unit: unit.connection.execute("COMMIT"))
    assert isinstance(future.exception(), sqlite3.Error)
    assert site.operator.get("/api/public/sessions").status_code == 200


class Broken:
    """A database with a mistake in it."""

    async def run(self, _work):
        raise ZeroDivisionError


@pytest.fixture
def broken():
    keys = Credentials(*["key"] * 3)
    return application(Core(Config(in_memory=True), Broken(), keys, Hub(8)))


def test_a_mistake_of_ours_is_answered_in_json_and_numbered(broken):
    async def ask():
        transport = httpx.ASGITransport(broken, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.get("/api/health")

    answer = anyio.run(ask)
    assert (answer.status_code, answer.json()) == (500, {"error": "Internal Server Error"})
    assert answer.headers["X-Request-Id"]
