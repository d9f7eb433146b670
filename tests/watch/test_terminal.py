"""In a real pseudo-terminal: what a person sees, and in which state the terminal is left."""

import os
import signal

import pytest
from hands import DEADLINE
from terminal import Terminal

HOSTILE = "ok\r\x1b[2J\x1b[?25l\x1b]52;c;Zm9v\x07\x1b]0;owned\x07\x9b31m\u202e end"


@pytest.fixture
def working(world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.status(session, worker, "running")
    for number in range(3):
        world.act(session, worker, content=f"before {number}")
    return session, worker


@pytest.fixture
def terminal(rensei):
    opened = []

    def start(*argv, columns=100):
        environ = {"RENSEI_HOME": str(rensei.home)}
        opened.append(Terminal(["session", "watch", *argv], columns, environ))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def finish(world, working, status="completed"):
    world.status(*working, "finalizing")
    world.status(*working, status)


@pytest.mark.parametrize("columns", [40, 100])
def test_lines_stand_above_a_pinned_one_that_is_gone_in_the_end(world, working, terminal, columns):
    screen = terminal(working[0], columns=columns).shows("before 2", "» live")
    for number in range(30):
        world.act(*working, content=f"live {number:02} and so on")
        if number % 10 == 9:
            screen.shows(f"live {number:02}", "» live")
            assert screen.pinned.startswith("● working ")
            assert "» live" in screen.pinned
            assert len(screen.pinned) < columns
            assert sum("» live" in line for line in screen.lines) == 1
    finish(world, working)
    assert screen.end() == 0
    told = [line for line in screen.written if "before" in line or "live" in line]
    wanted = [f"before {n}" for n in range(3)] + [f"live {n:02} and so on" for n in range(30)]
    assert all(want in line for want, line in zip(wanted, told, strict=True))
    assert any(line.startswith("✓ completed  ENG-124") for line in screen.written)
    assert not screen.screen.cursor.hidden
    assert screen.screen.cursor.x == 0
    assert "» live" not in "\n".join(screen.written[-4:])


def test_a_window_that_changes_its_width_keeps_the_pinned_line_whole(world, working, terminal):
    screen = terminal(working[0], columns=100).shows("» live", "health green")
    screen.resize(40, 24)
    screen.until(lambda one: "health" not in one.pinned and "» live" in one.pinned)
    assert len(screen.pinned) < 40
    world.act(*working, content="narrow " * 20)
    screen.until(lambda one: any("narrow" in line for line in one.lines))
    assert max(map(len, screen.lines)) <= 40
    screen.resize(120, 24)
    screen.until(lambda one: "health green" in one.pinned)
    finish(world, working)
    assert screen.end() == 0
    assert screen.screen.cursor.x == 0


@pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), ("key", 130)],
    ids=str,
)
def test_whatever_ends_it_leaves_a_clean_terminal(working, terminal, how, code):
    screen = terminal(working[0]).shows("before 2", "» live")
    if how == "key":
        os.write(screen.master, b"\x03")
    else:
        screen.process.send_signal(how)
    assert screen.end() == code
    assert not screen.screen.cursor.hidden
    assert screen.screen.cursor.x == 0
    assert "» live" not in "\n".join(screen.lines)
    assert any(line.startswith("○ detached  ENG-124") for line in screen.written)
    assert any(f"to come back: rensei session watch {working[0]}" in line for line in screen.lines)


def test_a_terminal_that_is_closed_ends_the_watch_quietly(working, terminal):
    screen = terminal(working[0]).shows("before 2", "» live")
    os.close(screen.master)
    assert screen.process.wait(DEADLINE) == 129


def test_what_an_agent_says_cannot_touch_the_terminal(world, working, terminal):
    screen = terminal(working[0]).shows("» live")
    world.act(*working, content=HOSTILE)
    world.act(*working, type="action", toolName=f"Ba\x1b[7msh{HOSTILE}", content=HOSTILE)
    world.act(*working, type="tho\x1b[8mught\x07", content="strange type")
    screen.shows("strange type")
    finish(world, working)
    assert screen.end() == 0
    sent = screen.bytes.decode()
    for control in (
        "\x1b[2J",
        "\x1b]",
        "\x07",
        "\x1b[?25l",
        "\x9b",
        "\x1b[7m",
        "\x1b[8m",
        "\u202e",
    ):
        assert control not in sent
    assert "\r" not in sent.replace("\r\n", "").replace("\r\x1b[2K", "")
    assert "before 0" in "\n".join(screen.lines)


def test_stopped_and_continued_it_goes_on(world, working, terminal):
    screen = terminal(working[0]).shows("» live")
    screen.process.send_signal(signal.SIGSTOP)
    world.act(*working, content="while it was stopped")
    screen.process.send_signal(signal.SIGCONT)
    screen.shows("while it was stopped")
    finish(world, working)
    assert screen.end() == 0
