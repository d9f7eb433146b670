import fcntl
import json
import os
import stat
import time

import pytest

from rensei_cli.embedded import auth
from rensei_cli.embedded.platform import Config, running


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def is_locked(path):
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_credentials_are_private_and_kept(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    with running(Config(), environ=environ) as first:
        path = first.credentials_path
        assert path == tmp_path / "data" / "credentials.json"
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        assert json.loads(path.read_text()) == {
            "operatorKey": first.operator_key,
            "workerKey": first.worker_key,
            "webhookSecret": first.webhook_secret,
        }
    with running(Config(), environ=environ) as second:
        assert second.operator_key == first.operator_key
    assert first.operator_key.startswith("rsk_live_")
    assert len(first.operator_key) == len("rsk_live_") + 64


def test_a_platform_in_memory_leaves_nothing(tmp_path):
    with running(Config(in_memory=True), environ={"RENSEI_HOME": str(tmp_path)}) as platform:
        folder = platform.credentials_path.parent
        assert (mode(platform.credentials_path), mode(folder)) == (0o600, 0o700)
    assert not folder.exists()
    assert list((tmp_path / "state" / "platforms").iterdir()) == []


def test_a_running_platform_can_be_found(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    folder = tmp_path / "state" / "platforms"
    began_at = time.time()
    with running(Config(in_memory=True), environ=environ) as platform:
        card = folder / f"{os.getpid()}.json"
        assert [path.name for path in folder.iterdir()] == [card.name]
        assert (mode(folder), mode(card)) == (0o700, 0o600)
        assert is_locked(card)
        fields = json.loads(card.read_text())
        assert (fields["url"], fields["pid"]) == (platform.url, os.getpid())
        assert fields["credentials"] == str(platform.credentials_path)
        assert fields["startedAt"] >= time.strftime("%Y-%m-%dT%H:%M", time.gmtime(began_at))


def test_two_platforms_of_one_process_are_both_found(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    folder = tmp_path / "state" / "platforms"
    config = Config(in_memory=True)
    with running(config, environ=environ) as one, running(config, environ=environ) as two:
        urls = {json.loads(path.read_text())["url"] for path in folder.iterdir()}
        assert urls == {one.url, two.url}


def test_what_a_killed_platform_left_behind_is_replaced(tmp_path):
    folder = tmp_path / "state" / "platforms"
    folder.mkdir(parents=True)
    stale = folder / f"{os.getpid()}.json"
    stale.write_text("{}")
    with running(Config(in_memory=True), environ={"RENSEI_HOME": str(tmp_path)}) as platform:
        assert json.loads(stale.read_text())["url"] == platform.url
        assert list(folder.iterdir()) == [stale]


def test_one_platform_to_a_database(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    with (
        running(Config(), environ=environ) as platform,
        pytest.raises(OSError, match=r"platform\.db cannot be used"),
        running(Config(), environ=environ),
    ):
        pass
    assert platform.url


def test_a_taken_port_is_an_error(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path)}
    with running(Config(in_memory=True), environ=environ) as platform:
        port = int(platform.url.rpartition(":")[2])
        config = Config(in_memory=True, port=port)
        with pytest.raises(OSError, match="in use"), running(config, environ=environ):
            pass


def test_it_listens_on_this_machine_only():
    with pytest.raises(ValueError, match=r"not on 0\.0\.0\.0"):
        Config(host="0.0.0.0")  # noqa: S104 - what must not work


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer k", True),
        ("bearer  k ", True),
        ("Basic k", False),
        ("k", False),
        ("Bearer k2", False),
        ("Bearer ", False),
        (None, False),
    ],
)
def test_a_key_is_borne_whole(header, expected):
    assert auth.carries(header, "k") is expected
