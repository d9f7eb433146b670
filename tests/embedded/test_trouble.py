"""Why `rensei server` does not start: each cause by its own words, with a remedy that helps."""

import json
import socket

import pytest

from rensei_cli.embedded.platform import Config, running


@pytest.fixture
def refused(rensei):
    """What a start that fails says: what happened, why, and what to try."""

    def told(*argv, **environ):
        result = rensei("server", "--json", *argv, environ=environ)
        error = json.loads(result.stdout)["error"]
        assert result.exit == error["exitCode"] == 1
        return error["message"], error["hint"], error["try"]

    return told


@pytest.fixture
def blocked(tmp_path):
    """A folder that nobody can make, not even root."""
    (tmp_path / "file").touch()
    return tmp_path / "file" / "folder"


def test_another_program_has_the_port(refused):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        message, hint, remedy = refused("--port", port, "--in-memory")
    assert message == f"the embedded platform cannot start: port {port}: Address already in use"
    assert "Another program" in hint
    assert remedy == "rensei server --port 0"


def test_a_platform_of_ones_own_has_the_port(refused, rensei):
    with running(Config(), environ={"RENSEI_HOME": str(rensei.home)}) as platform:
        _, hint, remedy = refused("--port", platform.url.rpartition(":")[2])
    assert "every command finds it" in hint
    assert remedy == "rensei server --port 0 --in-memory"


def test_another_platform_has_the_data(refused, rensei):
    with running(Config(), environ={"RENSEI_HOME": str(rensei.home)}):
        message, hint, remedy = refused("--port", "0")
    assert "platform.db" in message
    assert hint == "Another platform keeps its sessions there."
    assert remedy == "rensei server --port 0 --data DIR, or --in-memory"


def test_a_home_that_cannot_be_written(refused, blocked):
    for more in ([], ["--in-memory"]):
        message, hint, remedy = refused("--port", "0", *more, RENSEI_HOME=str(blocked))
        assert f"{blocked}/{'state/platforms' if more else 'data'} cannot be written" in message
        assert "can be written" in hint or "RENSEI_HOME" in hint
        assert remedy == "RENSEI_HOME=DIR rensei server"


def test_data_that_cannot_be_kept(refused, blocked, tmp_path):
    assert refused("--port", "0", "--data", str(blocked))[2] == "rensei server --data DIR"
    (tmp_path / "platform.db").write_bytes(b"no database" * 1000)
    message, _, remedy = refused("--port", "0", "--data", str(tmp_path))
    assert "file is not a database" in message
    assert remedy == "rensei server --data DIR"


def test_a_log_that_cannot_be_written(refused, blocked):
    message, _, remedy = refused("--port", "0", "--in-memory", "--log", str(blocked))
    assert f"{blocked}: Not a directory" in message
    assert remedy == "rensei server --log FILE"


def test_a_port_that_is_none_is_a_usage_error(rensei):
    assert rensei("server", "--port", "70000").exit == 2


def test_a_demo_that_cannot_start_says_why(rensei, blocked):
    told = rensei("demo", environ={"RENSEI_HOME": str(blocked)})
    assert told.exit == 1
    assert f"{blocked}/state/platforms cannot be written" in told.stderr
    assert "try: RENSEI_HOME=DIR rensei demo" in told.stderr
