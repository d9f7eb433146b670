"""The published JSON Schemas are those of the code."""

import json
import runpy
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter

from rensei_cli.watch.schema import WatchRecord

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(DOCS / "schemas.py"))


def test_every_schema_file_is_current(script):
    found = {name: script["text"](schema) for name, schema in script["schemas"]().items()}
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("schemas/*.json")}

    assert found == written, "python docs/schemas.py writes them anew"


@pytest.mark.parametrize("name", ["rensei.session-1.json", "rensei.sessions-1.json"])
def test_a_schema_names_its_version_and_says_what_it_is(script, name):
    schema = script["schemas"]()[name]

    assert schema["properties"]["schema"]["const"] == name.removesuffix(".json").replace("-", "/")
    assert schema["description"]
    assert set(schema["required"]) == set(schema["properties"])


def test_unknown_fields_of_a_server_are_allowed_where_they_are_passed_on(script):
    definitions = script["schemas"]()["rensei.session-1.json"]["$defs"]

    opened = {name for name, found in definitions.items() if found.get("additionalProperties")}
    assert opened == {"ActivityDocument", "RunDocument", "TimelineDocument"}


def test_every_line_of_a_watch_is_in_the_schema(rensei, world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    for number in range(30):
        world.act(session, worker, type="action", toolName="Bash", content=f"Bash: make {number}")
    world.status(session, worker, "finalizing")
    world.status(session, worker, "completed")

    told = rensei("session", "watch", session, "--json")

    record = TypeAdapter(WatchRecord)
    for line in told.stdout.splitlines():
        record.validate_json(line, strict=True)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert {line["record"] for line in lines} >= {"start", "activity", "end"}
    assert {name for line in lines for name in set(line) ^ documented(line["record"])} == set()


def documented(record):
    """The fields that the schema gives a record."""
    kinds = get_args(get_args(WatchRecord)[0])
    kind = next(k for k in kinds if get_args(k.__annotations__["record"])[0] == record)
    return set(kind.__required_keys__)


def test_schemas_are_json(script):
    for schema in script["schemas"]().values():
        assert json.loads(script["text"](schema)) == schema
