"""`session show`, end to end against a real platform."""

import json
import re

import pytest

from rensei_cli.session.schema import SessionDocument


def test_show_tells_what_a_session_does_and_how_it_is(rensei, world, working):
    result = rensei("session", "show", "ENG-124")

    assert result.exit == 0
    assert f"using the embedded platform at {world.platform.url}" in result.stderr
    for part in (working[0], "● working", "● green", "Reading the failing test first."):
        assert part in result.stdout


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_no_line_is_wider_than_the_terminal(rensei, working, width):
    shown = rensei("session", "show", working[0], environ={"COLUMNS": width}).stdout
    listed = rensei("session", "list", environ={"COLUMNS": width}).stdout

    assert max(map(len, (shown + listed).splitlines())) <= int(width)
    assert working[0] in listed


def test_show_as_json_is_one_document_of_its_schema(rensei, valid, working):
    document = valid(rensei("session", "show", working[0][:6], "--json").stdout, SessionDocument)

    assert document["schema"] == "rensei.session/1"
    assert document["session"]["id"] == working[0]
    assert document["health"]["source"] == "server"
    assert document["activities"][-1]["content"] == "Reading the failing test first."
    assert document["currentActivity"] == document["activities"][-1]
    assert document["remediation"] == {"reported": True, "entries": []}
    assert document["unavailable"] == document["conflicts"] == []


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 3), ("stopped", 6)])
def test_the_exit_code_tells_the_outcome_where_it_is_asked_for(rensei, ended, status, code):
    session = ended(status)

    assert rensei("session", "show", session, "--exit-status").exit == code
    assert rensei("session", "show", session).exit == 0


def test_a_live_session_is_pending(rensei, working):
    assert rensei("session", "show", working[0], "--exit-status", "--json").exit == 8


@pytest.fixture
def busy(world, working):
    """Give the id of a session with thirteen more activities."""
    session, worker = working
    for number in range(12):
        world.act(session, worker, content=f"thought {number}")
    world.act(
        session,
        worker,
        type="action",
        toolName="Bash",
        content="Bash: pytest -q",
        toolInput={"command": "pytest -q"},
        toolOutput="1 failed",
    )
    return session


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ((), range(5, 15)),
        (("--activities", "2"), range(13, 15)),
        (("--activities", "0"), ()),
        (("--all",), range(1, 15)),
        (("--type", "action"), [14]),
        (("--type", "action", "--type", "thought", "--activities", "3"), range(12, 15)),
        (("--type", "error"), ()),
    ],
)
def test_the_activities_asked_for(rensei, valid, busy, options, ids):
    shown = rensei("session", "show", busy, "--json", *options).stdout

    activities = valid(shown, SessionDocument)["activities"]

    assert [item["id"] for item in activities] == [str(number) for number in ids]


def test_two_answers_to_one_question_are_refused(rensei, busy):
    result = rensei("session", "show", busy, "--activities", "2", "--all")

    assert (result.exit, result.stdout) == (2, "")
    assert "error: --activities and --all exclude each other" in result.stderr


def test_output_is_unfolded_with_full(rensei, busy):
    assert "1 failed" not in rensei("session", "show", busy).stdout
    assert "1 failed" in rensei("session", "show", busy, "--full").stdout


@pytest.mark.parametrize(
    ("style", "pattern"),
    [("utc", r"\d\d:\d\d:\d\dZ"), ("local", r"\d\d:\d\d:\d\d"), ("relative", r"now|\d+s ago")],
)
def test_the_style_of_times(rensei, busy, style, pattern):
    shown = rensei("session", "show", busy, "--time", style).stdout

    assert re.search(rf"^│ *({pattern}) › action +Bash pytest -q *│$", shown, re.MULTILINE)


def test_the_embedded_platform_has_no_page_to_open(rensei, working):
    result = rensei("session", "show", working[0], "--web")

    assert (result.exit, result.stdout) == (1, "")
    assert "the embedded platform has no pages to open" in result.stderr
    assert f"try: rensei session show {working[0]}" in result.stderr


@pytest.mark.parametrize(
    ("argument", "code", "words"),
    [
        ("", 2, "the session id is empty"),
        (" ", 2, "the session id is empty"),
        ("a" * 32, 2, "this looks like an access hash"),
        ("ffff", 5, "no session id begins with ffff"),
        ("mock-001", 5, "session mock-001 not found"),
        ("0f1e2d3c4b5a6978", 5, "session 0f1e2d3c4b5a6978 not found"),
        ("..", 2, ".. is no session id: the server refused the request"),
        ("a/../b%2f?#", 5, "session a/../b%2f?# not found"),
        ("セッション", 2, "セッション is no session id"),
        ("x\x1b[2J", 2, "x␛[2J is no session id"),
        ("x" * 99, 2, f"{'x' * 64}… is no session id"),
    ],
)
def test_what_names_no_session(rensei, world, argument, code, words):
    assert world.enqueue()
    shown, printed = (rensei("session", "show", argument, *more) for more in ((), ("--json",)))

    assert (shown.exit, shown.stdout) == (code, "")
    assert words in " ".join(shown.stderr.split())
    assert json.loads(printed.stdout)["error"]["exitCode"] == code


def test_several_live_sessions_of_an_issue_are_listed(rensei, world):
    found = [world.enqueue("ENG-7") for _ in range(2)]

    result = rensei("session", "show", "eng-7")

    assert (result.exit, result.stdout) == (2, "")
    assert "eng-7 names 2 sessions" in result.stderr
    assert all(session in result.stderr for session in found)


def test_the_latest_session(rensei, world, ended):
    ended("failed")
    latest = world.enqueue("ENG-2")

    assert latest in rensei("session", "show", "@latest").stdout


def test_the_commands_shown_next_exist(rensei, working):
    shown = rensei("session", "show", working[0]).stdout
    offered = [line for line in shown.splitlines() if line.startswith("  rensei ")]
    commands = [line.split("  ")[1].split(" | ")[0] for line in offered]

    assert len(commands) == 3
    for command in commands:
        assert rensei(*command.split()[1:], "--help").exit == 0
