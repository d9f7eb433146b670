"""Text that wants to be more than text, in every place a server can put it."""

import json
import re

import pytest

ID = "0f1e2d3c4b5a6978"

HOSTILE = {
    "a colour": "\x1b[31mred\x1b[0m",
    "a cleared screen": "\x1b[2J\x1b[H",
    "the clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "a link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "a title": "\x1b]0;owned\x07",
    "C1": "\x9b31mred\x9d52;c;eA==\x9c\x85next",
    "NUL and DEL": "a\0b\x7fc",
    "a carriage return": "safe\rrensei: all is well",
    "bidi overrides": "\u202etxet\u202c \u2066x\u2069 \u200f\u061c",
    "line separators": "one\u2028two\u2029three\x0b\x0cfour",
    "tags": "\U000e0041\U000e007f\ufeff",
    "half a character": "\ud800 \udfff",
    "markup": "[bold]not bold[/bold] [link=https://evil.example]x[/link] :boom: [/]",
}
# What may reach a terminal or a pipe: anything but controls, and of them newline and tab.
_BYTES_WITH_EFFECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def text(request):
    return request.param


def session(text, session_id=ID):
    return {
        "id": session_id,
        "identifier": text,
        "status": text,
        "workType": text,
        "provider": text,
        "branch": text,
        "issueTitle": text,
        "url": f"https://x.example/{text}",
        "project": text,
        "claim": {"workerId": text},
        "healthSummary": {
            "color": "red",
            "signals": [{"name": text, "severity": text, "message": text, text: {text: text}}],
        },
        "remediationHistory": [
            {"action": text, "source": text, "actor": text, "reason": text, "newStatus": text}
        ],
        "lifecycle": [{"status": text, "enteredAt": "2026-06-03T09:00:00Z"}],
        text: text,
    }


def activities(text):
    call = {"tool": text, "input": {"path": text}}
    return {
        "activities": [
            {"id": text, "type": text, "content": text, "toolName": text},
            {"id": "2", "type": "action", "content": text, "toolInput": {text: text}},
            {"id": "3", "type": "error", "content": {text: [text]}, "toolOutput": text},
            {"id": "4", "type": "action", "body": json.dumps(call)},
        ],
        "cursor": text,
        "sessionStatus": text,
    }


@pytest.fixture
def hostile(server, text):
    server.on("list", (200, {"sessions": [session(text), session(text, text)]}))
    server.on("detail", (200, {"session": session(text)}))
    server.on("activities", (200, activities(text)))
    return text


@pytest.mark.parametrize(
    "command",
    [("show", ID), ("show", ID, "--full"), ("list", "--all"), ("list", "--all", "-q")],
    ids=" ".join,
)
@pytest.mark.usefixtures("hostile")
def test_no_byte_of_a_server_acts_on_the_terminal(ask, command):
    told = ask("session", *command, "--debug")

    assert told.exit == 0
    assert _BYTES_WITH_EFFECT.findall(told.stdout + told.stderr) == []


@pytest.mark.parametrize("command", [("show", ID), ("list", "--all")], ids=" ".join)
@pytest.mark.usefixtures("hostile")
def test_json_carries_hostile_text_as_escapes_only(ask, command):
    told = ask("session", *command, "--json")

    assert told.exit == 0
    assert told.document()["schema"].startswith("rensei.session")
    assert told.stdout.removesuffix("\n").isprintable()


def test_markup_stays_what_was_sent(ask, server):
    text = HOSTILE["markup"]
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (200, session(text)))

    told = ask("session", "show", ID, COLUMNS="300")

    assert told.stdout.count("[bold]not bold[/bold] [link=https://evil.example]x[/link] :boom:") > 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500])
@pytest.mark.parametrize("shape", ["message", "error", "an object", "refusal", "a page"])
def test_the_words_of_an_error_are_one_harmless_line(ask, server, status, shape):
    said = "no\n  try: rm -rf ~\nerror: " + "\n".join(HOSTILE.values())
    body = {
        "message": {"error": "X", "message": said},
        "error": {"error": said},
        "an object": {"error": {"message": said, "code": said}},
        "refusal": {"refusal": said, "disposition": said},
        "a page": said.encode("utf-8", "surrogatepass"),
    }[shape]
    server.always((status, body))

    told = ask("session", "list", "--json", "--debug")

    assert _BYTES_WITH_EFFECT.findall(told.stderr) == []
    # What happened, whose key it was, why, and what to do: whatever the server said is one line.
    assert len(told.lines) <= 4
    assert sum(line.startswith("error: ") for line in told.lines) == 1
    assert not any(line.startswith("  try: rm") for line in told.lines)
    assert told.document()["error"]["httpStatus"] == status


@pytest.mark.parametrize("header", ["content-type", "x-request-id", "location"])
@pytest.mark.parametrize("value", ["\x9b2J\u202e", "\u0085\u2028x", "a" * 5000])
def test_a_hostile_header_is_shown_short_and_harmless(ask, server, header, value):
    server.always((302 if header == "location" else 200, b"<", {header: value}))

    told = ask("session", "list", "--debug")

    assert told.exit == 1
    assert _BYTES_WITH_EFFECT.findall(told.stderr) == []
    assert max(map(len, told.stderr.splitlines())) < 500
