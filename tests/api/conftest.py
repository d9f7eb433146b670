"""Clients of the scripted server, and limits that make them hasty."""

from collections.abc import Iterator

import pytest
from scripting import BRIEF, CALM, NOON, Server, ask, closed_port, secret, server

from rensei_cli.api.client import Client, Limits
from rensei_cli.settings import Settings

__all__ = ["ask", "closed_port", "secret", "server"]


@pytest.fixture
def brief() -> Limits:
    """The limits for a server that is silent for longer than them."""
    return BRIEF


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A client of the scripted server that makes no pauses."""
    yield from _client(server, CALM)


@pytest.fixture
def hasty(server: Server) -> Iterator[Client]:
    """A client that gives a silent server up at once."""
    yield from _client(server, BRIEF)


def _client(server: Server, limits: Limits) -> Iterator[Client]:
    found = Client(
        Settings(url=server.url, url_source="test"),
        now=lambda: NOON,
        sleep=lambda _: None,
        limits=limits,
    )
    yield found
    found.close()
