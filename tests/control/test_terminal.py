"""In a real pseudo-terminal: what a person is asked, and what is told when an act is cut short."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from hands import DEADLINE
from terminal import Terminal

from rensei_cli.embedded.platform import Thresholds

CUTS = [("Ctrl-C", 130), ("SIGTERM", 143)]
STOP, RELEASE = "Stop ENG-124? [y/N]", "Release the claim on ENG-124? [y/N]"
SYMBOLS = "─│╭╮╰╯✓✗●■›–?!×"


@pytest.fixture
def working(world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.status(session, worker, "running")
    world.act(session, worker, content="Reading the failing test first.")
    return session, worker


@pytest.fixture
def stuck(platform):
    """A session whose worker has been silent for too long."""
    world = platform(thresholds=Thresholds(stale_heartbeat_ms=0))
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    return world, session


@pytest.fixture
def terminal(rensei):
    opened = []

    def start(*argv, columns=100, stdin=None, **environ):
        found = {"RENSEI_HOME": str(rensei.home), "CI": "", **rensei.environ, **environ}
        opened.append(Terminal(["session", *argv], columns, found, stdin))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def held(scene, server, terminal):
    """Start an act whose answer the server keeps to itself."""

    def start(verb, *argv):
        route = {"release-claim": "release"}.get(verb, verb)
        server.on(route, server.raw(keep=True))
        text = ["Keep it"] if verb == "prompt" else []
        environ = {"RENSEI_API_URL": server.url, "RENSEI_AUTH_TOKEN": "rsk_live_x"}
        screen = terminal(verb, scene.id, *text, "--yes", *argv, **environ)
        screen.until(lambda _: server.requests(route))
        return screen, lambda: server.requests(route)

    return start


def history(world, session):
    detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)
    return [entry["action"] for entry in detail["session"]["remediationHistory"]]


def told(screen):
    return " ".join(" ".join(screen.lines).replace("│", " ").split())


def test_the_facts_come_before_the_question_and_enter_means_no(world, working, terminal):
    screen = terminal("stop", working[0], "--reason", "wrong branch").shows(STOP)
    for fact in ("● working", "ENG-124", "Retry failed refunds", "status", "last activity"):
        assert fact in told(screen)
    assert "health" in told(screen)
    assert "reason wrong branch" in told(screen)

    screen.type("\r")

    assert screen.end() == 1
    assert "error: ENG-124 was not stopped; nothing was sent" in screen.written
    assert history(world, working[0]) == []


@pytest.mark.parametrize(
    ("answers", "asked"),
    [(["n"], 1), (["NO"], 1), (["\x04"], 1), (["what?", ""], 2), (["1", "2", "yy"], 3)],
    ids=["n", "NO", "Ctrl-D", "Enter after all", "three wrong answers"],
)
def test_anything_but_a_yes_declines(world, working, terminal, answers, asked):
    screen = terminal("stop", working[0]).shows(STOP)
    for number, answer in enumerate(answers, 1):
        screen.until(lambda one, number=number: told(one).count(STOP) == number)
        screen.type(answer if answer == "\x04" else f"{answer}\r")

    assert screen.end() == 1
    assert told(screen).count(STOP) == asked
    assert told(screen).count("please answer y or n") == (3 if asked == 3 else asked - 1)
    assert "error: ENG-124 was not stopped; nothing was sent" in screen.written
    assert history(world, working[0]) == []


@pytest.mark.parametrize("answer", ["y", " YES "])
def test_a_yes_stops_and_waits_for_the_end(world, working, terminal, answer):
    screen = terminal("stop", working[0]).shows(STOP)
    screen.type(f"{answer}\r")
    screen.shows("accepted; waiting for the session to end, 30 s at most")
    world.status(*working, "stopped")

    assert screen.end() == 0
    assert "✓ confirmed" in told(screen)
    assert history(world, working[0]) == ["stop_signal"]


def test_bytes_that_are_no_text_are_no_yes(world, working, terminal):
    screen = terminal("stop", working[0], PYTHONIOENCODING="utf-8:strict").shows(STOP)
    os.write(screen.master, b"y\xff\r")
    screen.shows("please answer y or n").type("n\r")

    assert screen.end() == 1
    assert history(world, working[0]) == []


def test_ctrl_c_at_the_question_sends_nothing(world, working, terminal):
    screen = terminal("stop", working[0]).shows(STOP)
    screen.type("\x03")

    assert screen.end() == 130
    assert "error: cancelled; nothing was sent" in told(screen)
    assert history(world, working[0]) == []


def cut_short(screen, how):
    if how == "Ctrl-C":
        screen.type("\x03")
    else:
        screen.process.send_signal(signal.SIGTERM)
    return screen.end()


@pytest.mark.parametrize(("how", "code"), CUTS)
def test_a_wait_that_is_cut_short_tells_how_far_it_came(world, working, terminal, how, code):
    screen = terminal("stop", working[0], "--yes").shows("accepted; waiting")

    assert cut_short(screen, how) == code, told(screen)
    assert "✓ accepted 202: the server says delivered, pending terminal evidence" in told(screen)
    assert "confirmed not seen so far" in told(screen)
    assert history(world, working[0]) == ["stop_signal"]


@pytest.mark.parametrize(("how", "code"), CUTS)
@pytest.mark.parametrize("verb", ["stop", "release-claim", "prompt"])
def test_a_request_that_is_cut_short_may_have_arrived(held, verb, how, code):
    screen, requests = held(verb)

    assert cut_short(screen, how) == code, told(screen)
    assert "cut short before the answer came" in told(screen)
    assert "it was cut short before the answer came" in told(screen)
    assert "nothing was sent" not in told(screen)
    assert len(requests()) == 1


@pytest.mark.parametrize("verb", ["stop", "release-claim", "prompt"])
def test_json_of_a_request_that_is_cut_short_says_why_nothing_is_known(held, verb):
    screen, _ = held(verb, "--json")

    assert cut_short(screen, "Ctrl-C") == 130, told(screen)
    document = json.loads("{" + screen.bytes.decode().partition("{")[2])
    assert document["doubt"] == "it was cut short before the answer came"
    assert [document.get(key) for key in ("released", "delivered")] == [None, None]


def test_a_live_claim_is_released_by_its_name_alone(world, working, terminal):
    question = "Type ENG-124 to go on:"
    screen = terminal("release-claim", working[0], "--force", "--wait-timeout", "0s")
    screen.shows(question, "two agents on ENG-124")
    screen.type("ENG-123\r")
    assert screen.end() == 1
    assert "that is not ENG-124; nothing was sent" in told(screen)
    assert history(world, working[0]) == []

    screen = terminal("release-claim", working[0], "--force", "--wait-timeout", "0s")
    screen.shows(question).type("eng-124\r")
    assert screen.end() == 0
    assert "back in the queue" in told(screen)
    assert history(world, working[0]) == ["claim_release"]


@pytest.mark.parametrize("typed", ["\r", "y\r", "\x04"], ids=["Enter", "y", "Ctrl-D"])
def test_no_yes_and_no_enter_releases_a_live_claim(world, working, terminal, typed):
    screen = terminal("release-claim", working[0], "--force").shows("Type ENG-124 to go on:")
    screen.type(typed)

    assert screen.end() == 1
    assert history(world, working[0]) == []


@pytest.mark.parametrize(("answer", "code"), [("\r", 1), ("y\r", 0)], ids=["Enter", "y"])
def test_a_stuck_claim_is_released_by_a_yes(stuck, terminal, answer, code):
    world, session = stuck
    screen = terminal("release-claim", session, "--wait-timeout", "0s").shows(RELEASE)
    screen.type(answer)

    assert screen.end() == code
    assert history(world, session) == (["claim_release"] if code == 0 else [])


@pytest.mark.parametrize(("answer", "code"), [("\r", 1), ("y\r", 0)], ids=["Enter", "y"])
def test_a_prompt_to_an_ended_session_is_asked_about(world, working, terminal, answer, code):
    world.status(*working, "finalizing")
    world.status(*working, "completed")
    screen = terminal("prompt", working[0], "One more test").shows("Start ENG-124 again? [y/N]")
    screen.type(answer)

    assert screen.end() == code
    detail = world.call("GET", f"/api/public/sessions/{working[0]}", operator=True)
    assert detail["session"]["status"] == ("queued" if code == 0 else "completed")


@pytest.mark.parametrize("verb", ["stop", "release-claim"])
@pytest.mark.parametrize(
    "given",
    [
        {"RENSEI_NO_INTERACTIVE": "1"},
        {"CI": "1"},
        {"stdin": subprocess.DEVNULL},
        {"option": "--no-interactive"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_nobody_is_asked_where_nobody_is_there(world, working, terminal, verb, given):
    options = [given["option"]] if "option" in given else []
    environ = {} if options else given
    screen = terminal(verb, working[0], *options, **environ)

    assert screen.end() == 2
    assert "[y/N]" not in told(screen)
    assert f"try: rensei session {verb} {working[0]} --yes" in told(screen)
    assert history(world, working[0]) == []


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_line_is_longer_than_the_terminal(world, working, terminal, columns):
    reason = "its branch is wrong, and " * 8 + "e" * 60
    screen = terminal("stop", working[0], "--reason", reason, columns=columns).shows(STOP)
    screen.type("y\r")
    screen.until(lambda one: "accepted; waiting" in told(one))
    world.status(*working, "stopped")
    assert screen.end() == 0

    lines = re.sub(r"\x1b\[[\d;]*m", "", screen.bytes.decode()).split("\r\n")
    drawn = [line for line in lines if "at most" not in line and not line.startswith("rensei: ")]
    assert [line for line in drawn if len(line) > columns] == []
    assert len(lines) > 10


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_without_colours_it_says_the_same(working, terminal, environ):
    screen = terminal("stop", working[0], **environ).shows(STOP)
    screen.type("\r")

    assert screen.end() == 1
    assert b"\x1b[" not in screen.bytes
    assert "● working" in told(screen)


def test_with_words_for_symbols_nothing_is_drawn(world, working, terminal):
    screen = terminal("stop", working[0], "--a11y").shows("Stop ENG-124? [y/N]")
    screen.type("y\r")
    screen.shows("accepted; waiting")
    world.status(*working, "stopped")

    assert screen.end() == 0
    drawn = told(screen).replace(STOP, "").replace('"…"', "")
    assert [symbol for symbol in SYMBOLS if symbol in drawn] == []
    assert "Stop confirmed" in told(screen)


@pytest.mark.parametrize("argv", [("--yes",), ("--yes", "--json"), ("--dry-run",)], ids=" ".join)
def test_a_reader_that_has_seen_enough_ends_it_quietly(world, rensei, argv):
    session = world.enqueue()
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "rensei_cli", "session", "stop", session, *argv]
    environ = {**os.environ, "RENSEI_HOME": str(rensei.home)}
    done = subprocess.run(
        command, env=environ, stdout=writing, stderr=subprocess.PIPE, timeout=DEADLINE, check=False
    )
    os.close(writing)

    assert done.returncode == 0
    assert b"Error" not in done.stderr
    assert history(world, session) == ([] if "--dry-run" in argv else ["stop_signal"])


def test_bytes_that_are_no_text_are_no_prompt(world, working, rensei):
    command = [sys.executable, "-m", "rensei_cli", "session", "prompt", working[0]]
    environ = {**os.environ, "RENSEI_HOME": str(rensei.home), "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(
        command, env=environ, input=b"caf\xe9", capture_output=True, timeout=DEADLINE, check=False
    )

    assert done.returncode == 2
    assert b"error: standard input is not text in UTF-8" in done.stderr
    detail = world.call("GET", f"/api/public/sessions/{working[0]}", operator=True)
    assert detail["session"]["status"] == "working"
