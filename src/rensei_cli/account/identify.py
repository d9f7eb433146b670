"""Asking a server whose credential it is."""

from rensei_cli.api import calls
from rensei_cli.api.client import Client
from rensei_cli.api.identity import Identity
from rensei_cli.errors import RouteMissingError


def identify(client: Client) -> Identity | None:
    """Give whose credential the client carries; nothing where no route of the server tells.

    Raises:
        RenseiError: The server refuses the credential, cannot be reached, or is none of ours.
    """
    try:
        return client.send(calls.whoami())
    except RouteMissingError:
        # The open-source server. Its list may be open to all, but refuses a wrong key if it is not.
        client.send(calls.sessions())
        return None
