"""The whole command against the embedded platform, over real HTTP and a real stream."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from rensei_cli.embedded.config import Thresholds
from rensei_cli.watch.plan import Plan, Transport

FAST = ("--interval", "1")


@pytest.fixture
def operator(world, rensei):
    """Give the address of the platform, having given the program its key."""
    rensei.environ["RENSEI_AUTH_TOKEN"] = world.platform.operator_key
    return world.platform.url


@pytest.fixture
def working(world):
    """Give a session that a worker holds, and that worker."""
    session, worker = world.enqueue(provider="claude"), world.worker()
    world.claim(session, worker)
    world.status(session, worker, "running")
    for number in range(3):
        world.act(session, worker, content=f"before {number}")
    return session, worker


@pytest.fixture
def finish(world):
    """Give a function that ends a session."""

    def finished(working, status="completed"):
        world.status(*working, "finalizing")
        world.status(*working, status)

    return finished


@pytest.fixture
def program(rensei):
    """Start the program as a process of its own."""
    started = []

    def start(*argv, **kinds):
        process = subprocess.Popen(
            [sys.executable, "-m", "rensei_cli", "session", "watch", *argv],
            env={**os.environ, "RENSEI_HOME": str(rensei.home)},
            stdout=kinds.get("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_until(process, text):
    """Read lines until one holds a text, and give them all."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"no {text!r} in {lines} {process.stderr.read()}")


def test_an_operators_action_is_told_with_its_time_and_once_more_by_a_later_watch(
    world, working, rensei
):
    session, _ = working
    world.call("POST", f"/api/public/sessions/{session}/stop", {"reason": "enough"}, operator=True)
    told = rensei("session", "watch", session, "--no-follow")
    assert told.stdout.count("◆") == 1
    assert "◆ 1 operator action before, 0s ago: stop signal via CLI by" in told.stdout
    records = rensei("session", "watch", session, "--no-follow", "--json").stdout.splitlines()
    assert "remediation" not in {json.loads(line)["record"] for line in records}


def test_what_happens_is_told_as_it_happens_and_the_outcome_is_the_exit_code(
    world, working, finish, watch
):
    watching = watch(working[0], "--json").until("before 2", '"state":"live"')
    for number in range(5):
        world.act(*working, content=f"live {number}")
        watching.until(f"live {number}")
    finish(working)
    assert watching.end() == 0
    records = watching.records
    assert [record["record"] for record in records[:4]] == ["start", *["activity"] * 3]
    assert records[-1]["record"] == "end"
    assert (records[-1]["outcome"], records[-1]["exitCode"]) == ("completed", 0)
    assert watching.said[:8] == [f"before {n}" for n in range(3)] + [f"live {n}" for n in range(5)]
    assert [record["replayed"] for record in watching.of("activity")][:5] == [True] * 3 + [
        False
    ] * 2
    assert {record["session"] for record in records} == {working[0]}


@pytest.mark.parametrize(
    ("option", "code"), [("--exit-on=idle=1h", 3), ("--no-exit-status", 0)], ids=str
)
def test_a_session_that_had_failed_before_is_told_as_one(working, finish, watch, option, code):
    finish(working, "failed")
    watching = watch(working[0], "--json", option)
    assert watching.end() == code
    assert watching.records[-1]["outcome"] == "failed"


def test_a_stop_by_another_operator_is_seen_with_who_and_why(world, working, watch):
    watching = watch(working[0]).until("before 2")
    path = f"/api/public/sessions/{working[0]}/stop"
    world.call("POST", path, {"reason": "wrong branch"}, operator=True)
    world.status(*working, "stopped")
    assert watching.end() == 6
    assert "◆ stop signal via" in watching.text
    assert "wrong branch" in watching.text
    assert "■ working → stopped" in watching.text
    assert watching.text.count("◆") == 1


def test_a_released_claim_is_seen_and_is_no_end(world, working, finish, watch):
    watching = watch(working[0], "--json", *FAST).until("before 2")
    path = f"/api/public/sessions/{working[0]}/release-claim"
    world.call("POST", path, {"reason": "hung"}, operator=True)
    watching.until("claim_release", '"to":"queued"')
    assert watching.code is None
    other = world.worker("w2")
    world.claim(working[0], other)
    world.status(working[0], other, "running")
    watching.until('"to":"working"')
    finish((working[0], other))
    assert watching.end() == 0
    [entry] = [record["entry"] for record in watching.of("remediation")]
    assert (entry["action"], entry["reason"]) == ("claim_release", "hung")
    assert [(r["from"], r["to"]) for r in watching.of("status")][:2] == [
        ("working", "queued"),
        ("queued", "working"),
    ]


def test_a_health_that_turns_red_is_told_with_what_shows_it(platform, watch):
    world = platform(thresholds=Thresholds(tool_loop_ms=50), tick_seconds=0.05)
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.status(session, worker, "running")
    watching = watch(session, "--exit-on", "red").until("working")
    for _ in range(4):
        call = {"type": "action", "toolName": "Bash", "content": "Bash: pytest -q"}
        world.act(session, worker, **call, toolInput={"command": "pytest -q"})
    assert watching.end() == 10
    assert "● health red: tool loop for 0s (limit 0s): Bash" in watching.text
    assert "identical: pytest -q" in watching.text
    assert "condition met" in watching.text
    assert f"the session goes on; to come back: rensei session watch {session}" in (
        watching.stderr.getvalue()
    )


def test_the_time_that_is_up_is_an_exit_code_of_its_own(working, watch):
    watching = watch(working[0], "--json", "--timeout", "300ms")
    assert watching.end() == 8
    assert watching.records[-1]["outcome"] == "pending"


@pytest.mark.parametrize(
    ("options", "contents"),
    [
        (("--tail", "1"), ["before 2"]),
        (("--tail", "0"), []),
        (("--follow-only",), []),
        (("--cursor", "1"), ["before 1", "before 2"]),
        (("--grep", "[02]"), ["before 0", "before 2"]),
        (("--type", "action"), []),
        (("--tool", "Ba*"), []),
    ],
    ids=" ".join,
)
def test_history_can_be_asked_for_in_part_and_alone(working, watch, options, contents):
    watching = watch(working[0], "--json", "--no-follow", *options)
    assert watching.end() == 0
    assert watching.said == contents
    [end] = watching.of("end")
    assert (end["outcome"], end["lastId"]) == (
        "detached",
        "3"
        if "before" in str(contents) or "--type" in options or "--tool" in options
        else end["lastId"],
    )


def test_a_filter_hides_output_and_never_bookkeeping(world, working, finish, watch):
    watching = watch(working[0], "--json", "--type", "action", "--tool", "Ba*").until('"start"')
    world.act(*working, type="action", toolName="Edit", content="Edit: a.py")
    world.act(*working, type="action", toolName="Bash", content="Bash: ls")
    world.act(*working, type="error", content="no such file")
    watching.until("Bash: ls")
    finish(working)
    assert watching.end() == 0
    assert watching.said == ["Bash: ls"]
    [end] = watching.of("end")
    assert end["tools"] == {"Edit": 1, "Bash": 1}
    assert (end["counts"]["thought"], end["errors"], end["gaps"]) == (3, 1, 0)


def test_polling_alone_tells_the_same(world, working, finish, follow_at, operator):
    plan = Plan(transport=Transport.poll, interval_seconds=0.1)
    watching = follow_at(operator, working[0], plan, settle_seconds=0.1).until("before 2")
    world.act(*working, content="polled")
    watching.until("polled")
    finish(working)
    assert watching.end() == 0
    assert watching.records[0]["transport"] == "polling"
    assert not watching.of("transport")


def test_a_cursor_resumes_where_a_watch_was_left(world, working, finish, watch):
    first = watch(working[0], "--json", "--timeout", "300ms")
    assert first.end() == 8
    for number in range(3):
        world.act(*working, content=f"meanwhile {number}")
    finish(working)
    second = watch(working[0], "--json", "--cursor", first.records[-1]["lastId"])
    assert second.end() == 0
    assert second.said[:3] == [f"meanwhile {number}" for number in range(3)]


def test_a_saved_run_is_what_json_prints_and_can_be_played_again(
    world, working, watch, rensei, tmp_path
):
    file = tmp_path / "run.jsonl"
    watching = watch(working[0], "--json", "--save", str(file)).until('"state":"live"')
    world.act(*working, type="action", toolName="Bash", content="Bash: ls")
    path = f"/api/public/sessions/{working[0]}/stop"
    world.call("POST", path, {"reason": "enough"}, operator=True)
    world.status(*working, "stopped")
    assert watching.end() == 6
    assert file.read_text() == watching.text
    assert file.stat().st_mode & 0o077 == 0
    again = rensei("session", "watch", "--from", str(file), "--json", "--speed", "0")
    assert (again.exit, again.stdout) == (6, watching.text)
    lines = rensei("session", "watch", "--from", str(file), "--speed", "4")
    assert lines.exit == 6
    assert "■ working → stopped" in lines.stdout
    assert rensei.slept
    assert sum(rensei.slept) < 1.0


def test_a_file_that_another_watch_keeps_its_run_in_is_left_alone(
    working, finish, watch, rensei, tmp_path
):
    file = tmp_path / "run.jsonl"
    first = watch(working[0], "--json", "--save", str(file)).until("before 2")
    second = rensei("session", "watch", working[0], "--no-follow", "--save", str(file))
    assert (second.exit, second.stdout) == (2, "")
    assert f"error: another watch is keeping its run in {file}" in second.stderr
    finish(working)
    assert first.end() == 0
    assert file.read_text() == first.text
    third = watch(working[0], "--json", "--tail", "0", "--save", str(file))
    assert third.end() == 0
    assert file.read_text() == third.text


def test_a_watch_that_never_sees_its_session_leaves_an_older_recording_alone(rensei, tmp_path):
    file = tmp_path / "run.jsonl"
    file.write_text("last night\n")
    rensei.environ["RENSEI_API_URL"] = "http://127.0.0.1:9"
    again = rensei("session", "watch", "0123456789abcdef", "--save", str(file))
    assert again.exit == 1
    assert file.read_text() == "last night\n"


def test_saving_keeps_what_a_filter_hides(working, watch, tmp_path):
    file = tmp_path / "run.jsonl"
    options = ("--no-follow", "--type", "error", "--save", str(file))
    assert watch(working[0], "--json", *options).end() == 0
    kept = [json.loads(line)["record"] for line in file.read_text().splitlines()]
    assert kept.count("activity") == 3


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_saved_run_that_breaks_off_is_an_unknown_outcome(working, watch, rensei, tmp_path, cut):
    file = tmp_path / "run.jsonl"
    assert watch(working[0], "--json", "--no-follow", "--save", str(file)).end() == 0
    file.write_text(file.read_text()[:-cut])
    played = rensei("session", "watch", "--from", str(file), "--speed", "0", "--json")
    last = json.loads(played.stdout.splitlines()[-1])
    assert (played.exit, last["record"], last["outcome"]) == (
        (0, "end", "detached") if cut == 1 else (9, "end", "lost")
    )


def test_a_file_that_is_no_saved_run_is_an_error(rensei, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("hello\n")
    played = rensei("session", "watch", "--from", str(file), "--json")
    assert played.exit == 2
    assert json.loads(played.stdout)["error"]["code"] == "usage"
    assert "line 1 of the saved run is no record of a watch" in played.stderr


def test_a_spoilt_line_ends_a_replay_with_its_number(working, watch, rensei, tmp_path):
    file = tmp_path / "run.jsonl"
    assert watch(working[0], "--json", "--no-follow", "--save", str(file)).end() == 0
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines[:2], "{}\n", *lines[2:]]))
    played = rensei("session", "watch", "--from", str(file), "--speed", "0", "--json")
    last = json.loads(played.stdout.splitlines()[-1])
    assert (played.exit, last["record"], last["outcome"]) == (2, "end", "error")
    assert "line 3 of the saved run" in played.stderr


@pytest.mark.parametrize(
    ("argument", "code"), [("0123456789abcdef", 5), ("ENG-999", 5), ("abc/def", 2)]
)
@pytest.mark.usefixtures("world")
def test_what_does_not_exist_is_one_document_and_its_exit_code(rensei, argument, code):
    result = rensei("session", "watch", argument, "--json")
    assert result.exit == code
    assert json.loads(result.stdout)["error"]["exitCode"] == code
    assert result.stderr.startswith("rensei: using the embedded platform")


def test_a_server_that_never_answered_is_one_document(follow_at):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    watching = follow_at(url, "0123456789abcdef", Plan(), backoff_seconds=(0.01,))
    assert watching.end() == 1
    assert json.loads(watching.text)["error"]["code"] == "unreachable"
    assert "rensei: no contact: cannot reach" in watching.stderr.getvalue()


def test_a_watch_that_ends_before_the_first_answer_ends_with_a_record_too(follow_at):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        watching = follow_at(url, "0123456789abcdef", Plan(timeout_seconds=0.1))
        assert watching.end() == 8
    [end] = watching.records
    assert (end["record"], end["outcome"], end["session"]) == ("end", "pending", "0123456789abcdef")


@pytest.mark.parametrize(
    "options",
    [
        ("--interval", "nan"),
        ("--exit-on", "idle"),
        ("--exit-on", "blue"),
        ("--grep", "("),
        ("--transport", "carrier-pigeon"),
        ("--timeout", "soon"),
        ("--from", "x", "--save", "y"),
        ("--tail", "20", "--follow-only"),
        ("--tail", "3", "--cursor", "4"),
        ("--follow-only", "--cursor", "4"),
        ("--compact", "--full"),
    ],
    ids=" ".join,
)
def test_wrong_options_are_told_before_anything_is_sent(rensei, options):
    result = rensei("session", "watch", "0123456789abcdef", *options)
    assert result.exit == 2
    assert result.stdout == ""


def test_a_file_that_cannot_be_written_is_told_once_and_the_watch_goes_on(
    world, working, finish, watch
):
    watching = watch(working[0], "--json", "--save", "/dev/full", *FAST).until("before 2", "live")
    world.act(*working, content="after the disk was full")
    watching.until("after the disk was full")
    finish(working)
    assert watching.end() == 1
    end = watching.records[-1]
    assert (end["outcome"], end["exitCode"]) == ("completed", 1)
    assert end["why"] == "the session completed; the recording is incomplete"
    said = watching.stderr.getvalue()
    told = "rensei: the recording is incomplete, the watch goes on: /dev/full could not be written:"
    assert said.count("incomplete") == said.count(f"{told} No space left on device") == 1


def test_what_failed_keeps_its_exit_code_when_the_recording_is_incomplete(working, finish, watch):
    finish(working, "failed")
    watching = watch(working[0], "--save", "/dev/full")
    assert watching.end() == 3
    assert "✗ failed  ENG-124" in watching.text


ENDS = {
    signal.SIGINT: (130, "detached by Ctrl-C"),
    signal.SIGTERM: (143, "ended by SIGTERM"),
    signal.SIGHUP: (129, "the terminal was closed"),
}


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_ends_the_watch_and_not_the_session(world, working, program, number):
    code, why = ENDS[number]
    process = program(working[0], "--json")
    lines = read_until(process, "before 2")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    end = json.loads((lines + out.splitlines())[-1])
    assert process.returncode == code
    assert (end["record"], end["outcome"], end["exitCode"], end["why"]) == (
        "end",
        "detached",
        code,
        why,
    )
    assert f"to come back: rensei session watch {working[0]} --cursor 3" in err
    found = world.call("GET", f"/api/public/sessions/{working[0]}", operator=True)
    assert found["session"]["status"] == "working"


def test_a_reader_that_has_seen_enough_ends_it_quietly(world, working, program):
    process = program(working[0], "--json")
    read_until(process, "before 2")
    process.stdout.close()
    world.act(*working, content="one more")
    assert process.wait(20) == 0
    assert "error" not in process.stderr.read()


def test_a_full_disk_is_told(working, program):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = program(working[0], "--no-follow", stdout=full)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "error: the output could not be written: No space left" in err


def test_a_reader_that_leaves_an_idle_session_ends_the_watch(working, rensei):
    environ = os.environ | {"RENSEI_HOME": str(rensei.home)}
    command = [sys.executable, "-m", "rensei_cli", "session", "watch", working[0], "--json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert json.loads(process.stdout.readline())["record"] == "start"
        for _ in range(4):
            process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0


def test_no_control_character_of_a_record_leaves_as_it_is(rensei, world, working):
    world.act(*working, content="a\x7fb\x1bc\x9bd")
    told = rensei("session", "watch", working[0], "--json", "--no-follow")
    assert "a\\u007fb\\u001bc\\u009bd" in told.stdout
    assert not any(ord(character) in {0x1B, 0x7F, 0x9B} for character in told.stdout)
