"""What was acknowledged is kept, whenever the platform is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from rensei_cli.embedded.link import Link
from rensei_cli.embedded.platform import Config, running


@contextmanager
def platform(home):
    environ = {**os.environ, "RENSEI_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "rensei_cli.embedded.child"],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield process, json.loads(process.stdout.readline())
        process.kill()


def links(card):
    with open(card["credentials"]) as file:  # noqa: PTH123 - a string from the wire
        keys = json.load(file)
    return [Link(card["url"], keys[name], 0) for name in ("operatorKey", "workerKey")]


def test_nothing_acknowledged_is_lost_to_a_kill(tmp_path):
    acknowledged, enough = {}, threading.Event()
    with platform(tmp_path) as (process, card):
        operator, crew = links(card)
        worker = crew.post("/api/workers/register", {})["workerId"]
        session = crew.post("/api/sessions", {"identifier": "ENG-1"})["sessionId"]
        crew.post(f"/api/sessions/{session}/claim", {"workerId": worker})

        def post_until_it_dies():
            for number in range(100_000):
                activity = {"type": "thought", "content": f"step {number}"}
                body = {"workerId": worker, "activity": activity}
                try:
                    answer = crew.post(f"/api/sessions/{session}/activity", body)
                except OSError:
                    return
                acknowledged[answer["id"]] = activity["content"]
                if number == 60:
                    enough.set()

        posting = threading.Thread(target=post_until_it_dies)
        posting.start()
        assert enough.wait(10)
        process.send_signal(signal.SIGKILL)
        posting.join()
        operator.close()
        crew.close()
    with running(Config(), environ={"RENSEI_HOME": str(tmp_path)}) as again:
        rows = again.store.submit(
            lambda unit: unit.rows("SELECT number, text FROM activities ORDER BY number")
        ).result()
    kept = {str(number): json.loads(text)["content"] for number, text in rows}
    assert len(acknowledged) > 60
    assert acknowledged.items() <= kept.items()
    assert len(kept) <= len(acknowledged) + 1
    assert sorted(map(int, kept)) == list(range(1, len(kept) + 1))


def test_a_killed_platform_starts_again_with_the_same_keys_and_sessions(tmp_path):
    with platform(tmp_path) as (process, card):
        operator, crew = links(card)
        session = crew.post("/api/sessions", {"identifier": "ENG-1"})["sessionId"]
        operator.post(f"/api/public/sessions/{session}/stop", {"reason": "for good"})
        process.kill()
        operator.close()
        crew.close()
    with platform(tmp_path) as (process, card):
        operator, crew = links(card)
        found = operator.get(f"/api/public/sessions/{session}")["session"]
        operator.close()
        crew.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert found["status"] == "stopped"
    assert [entry["reason"] for entry in found["remediationHistory"]] == ["for good"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_platform_in_good_order(tmp_path, number):
    with platform(tmp_path) as (process, _):
        assert len(list((tmp_path / "state" / "platforms").iterdir())) == 1
        process.send_signal(number)
        assert process.wait(5) == 0
    assert list((tmp_path / "state" / "platforms").iterdir()) == []


def test_a_piece_of_work_that_fails_undoes_itself_and_nothing_else(tmp_path):
    with running(Config(in_memory=True), environ={"RENSEI_HOME": str(tmp_path)}) as platform:

        def register(name, error=None):
            def work(unit):
                unit.write("INSERT INTO workers VALUES (?, ?, 0, 0)", name, name)
                if error:
                    raise error

            return platform.store.submit(work)

        futures = [register("a"), register("b", ValueError("no")), register("c")]
        assert [type(future.exception()) for future in futures] == [
            type(None),
            ValueError,
            type(None),
        ]
        names = platform.store.submit(lambda unit: unit.rows("SELECT name FROM workers")).result()
        assert names == [("a",), ("c",)]
