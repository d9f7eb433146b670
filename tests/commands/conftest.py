"""Sessions of the embedded platform in the states that commands are tried on."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter


@pytest.fixture
def valid() -> Callable[[str, Any], dict[str, Any]]:
    """Give a printed document, having held it against its schema."""

    def checked(text: str, schema: Any) -> dict[str, Any]:
        document = json.loads(text)
        assert TypeAdapter(schema).validate_python(document, strict=True) == document
        return document

    return checked


@pytest.fixture
def working(world):
    """Give the id of a session that a worker holds, and that worker."""
    session = world.enqueue(provider="claude", branch="eng-124-refunds")
    worker = world.worker()
    world.claim(session, worker)
    world.act(session, worker, content="Reading the failing test first.")
    return session, worker


@pytest.fixture
def ended(world):
    """Give a function that makes a session with the given end and gives its id."""

    def made(status, identifier="ENG-9"):
        session, worker = world.enqueue(identifier), world.worker(f"for {status}")
        world.claim(session, worker)
        for step in ("running", "finalizing", status):
            world.status(session, worker, step)
        return session

    return made
