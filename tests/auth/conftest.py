"""A keyring and a server that a login may be tried on; nothing touches this machine's own."""

import json
import tomllib
from collections.abc import Iterator

import keyring
import pytest
from pydantic import TypeAdapter
from rings import Ring
from stub import KEY, Stub, serving

from rensei_cli.account import schema

SCHEMAS = {
    "rensei.auth-status/1": schema.StatusDocument,
    "rensei.auth-list/1": schema.ContextsDocument,
    "rensei.auth-login/1": schema.LoginDocument,
    "rensei.auth-use/1": schema.UseDocument,
    "rensei.auth-logout/1": schema.LogoutDocument,
}


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    """Give the keyring of this test, which is there for the whole process."""
    before = keyring.get_keyring()
    Ring.held.clear()
    mine = Ring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def login(rensei, server):
    """Log in at the stub with a piped key."""

    def logged_in(*argv, key=KEY, url=None, environ=None):
        words = ("auth", "login", "--token-stdin", "--url", url or server.url, *argv)
        return rensei(*words, stdin=f"{key}\n", environ=environ)

    return logged_in


@pytest.fixture
def config(rensei):
    """Give the folder of the contexts."""
    return rensei.home / "config"


@pytest.fixture
def contexts(config):
    """Give the contexts file as it stands, or write it."""

    def content(text=None):
        file = config / "contexts.toml"
        if text is not None:
            config.mkdir(mode=0o700, exist_ok=True)
            file.write_text(text)
            file.chmod(0o600)
        return tomllib.loads(file.read_text()) if text is None else file

    return content


@pytest.fixture
def document():
    """Give a printed document, having held it against its schema."""

    def checked(result):
        found = json.loads(result.stdout)
        kind = TypeAdapter(SCHEMAS[found["schema"]])
        assert kind.validate_python(found, strict=True) == found
        return found

    return checked
