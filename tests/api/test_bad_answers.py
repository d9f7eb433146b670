"""What each bad answer gets: an exit code, two or three lines, and one JSON document."""

import pytest

ID = "0f1e2d3c4b5a6978"
NEVER_JSON = "check --url: it must name the server itself, not a page of it"
LOG_IN = "rensei auth login"
# The key of these tests comes from the environment, where no login can replace it.
UNSET = "unset RENSEI_AUTH_TOKEN"
OURS = "The key is that of RENSEI_AUTH_TOKEN, which wins over every stored one.\n"
OTHER_KEY = "ask for a key with the scope, or choose another with --auth"
LATER = "the same again in a minute"

# Every answer carries the caller's own secret somewhere: a server may send it back.
AGAIN = "the same again with --debug shows what was asked"
CASES = {
    "401 as JSON": (
        (401, {"error": "Unauthorized", "message": "unknown key <secret>"}),
        (4, "auth", "the server does not accept this caller (401)"),
        (f"{OURS}unknown key rsk_live_…", UNSET),
    ),
    "401 as HTML": (
        (401, "<h1>Who is <secret>?</h1>"),
        (4, "auth", "the server does not accept this caller (401)"),
        (f"{OURS}There is no credential, or it is wrong or expired.", UNSET),
    ),
    "403 as JSON": (
        (403, {"error": "Forbidden", "message": "<secret> lacks sessions:read"}),
        (4, "auth", "this credential may not do that (403)"),
        ("rsk_live_… lacks sessions:read", OTHER_KEY),
    ),
    "403 as HTML": (
        (403, "<h1>Forbidden</h1> <secret>"),
        (4, "auth", "this credential may not do that (403)"),
        ("Its scopes do not cover this request.", OTHER_KEY),
    ),
    "404 as HTML": (
        (404, "<h1>404</h1> <secret>"),
        (1, "route_missing", "this server does not have that endpoint"),
        ("It answered 404 without saying that the session is missing.", NEVER_JSON),
    ),
    "405 without a body": (
        (405, b""),
        (1, "route_missing", "this server does not have that endpoint"),
        ("It answered 405 without saying that the session is missing.", NEVER_JSON),
    ),
    "409": (
        (409, {"error": "busy with <secret>"}),
        (7, "refused", "the server refused: busy with rsk_live_…"),
        (None, AGAIN),
    ),
    "409, typed": (
        (409, {"refusal": "not_yet", "disposition": "reconcile", "retryAfterSeconds": 15}),
        (7, "refused", "the server refused: not_yet (reconcile)"),
        (None, "the same again in 15 s"),
    ),
    "429 without a time": (
        (429, {"error": "Too many requests"}),
        (1, "rate_limited", "the server allows no more requests now (429)"),
        ("Too many requests", LATER),
    ),
    "429 with a time": (
        (429, {"error": "Too many requests"}, {"retry-after": "3600"}),
        (1, "rate_limited", "the server allows no more requests now (429)"),
        (
            "Too many requests",
            "the same again in 3600 s: that is the pause the server asks for",
        ),
    ),
    "500": (
        (500, {"sessions": [], "error": "Failed to fetch sessions for <secret>"}),
        (1, "server_error", "the server failed (500)"),
        ("Failed to fetch sessions for rsk_live_…", LATER),
    ),
    "502 as HTML": (
        (502, "<h1>Bad\n gateway</h1> Authorization: Bearer <secret>"),
        (1, "server_error", "the server failed (502)"),
        ("It sent text/html: <h1>Bad gateway</h1> Authorization: Bearer …", LATER),
    ),
    "503": (
        (503, b"", {"retry-after": "120"}),
        (1, "server_error", "the server failed (503)"),
        (None, "the same again in 120 s: that is the pause the server asks for"),
    ),
    "a status nobody knows": (
        (418, b"<secret>"),
        (1, "error", "the server answered 418"),
        (None, AGAIN),
    ),
    "a redirect to a login": (
        (307, b"", {"location": "https://id.example/sign-in/<secret>?token=<secret>#<secret>"}),
        (
            4,
            "auth",
            "the server sent the request to a login page (https://id.example/sign-in/rsk_live_…)",
        ),
        ("It did not accept the credential, or there was none.", LOG_IN),
    ),
    "a redirect to elsewhere": (
        (308, b"", {"location": "/authors/<secret>?<secret>"}),
        (1, "contract", "the server moved: 308 to /authors/rsk_live_…"),
        (
            "Redirects are not followed, so that no credential goes to another place.",
            "name the new place with --url",
        ),
    ),
    "truncated JSON": (
        (200, b'{"session": {"id": "0f1e2d'),
        (1, "contract", "the server answered 200 application/json, which is not complete JSON"),
        (
            'It begins: {"session": {"id": "0f1e2d',
            "the same again: it may have been cut on the way",
        ),
    ),
    "an empty body": (
        (200, b""),
        (1, "contract", "the server answered 200 application/json, which is not complete JSON"),
        ("The body is empty.", "the same again: it may have been cut on the way"),
    ),
    "a page where JSON belongs": (
        (200, "<!doctype html><title>Welcome, <secret></title>"),
        (
            1,
            "contract",
            "the server answered 200 text/html, which is not the JSON expected here",
        ),
        ("It begins: <!doctype html><title>Welcome, rsk_live_…</title>", NEVER_JSON),
    ),
    "not UTF-8": (
        (200, b"\xff\xfe{"),
        (
            1,
            "contract",
            "the server answered 200 application/json, which is not the JSON expected here",
        ),
        ("It begins: ��{", NEVER_JSON),
    ),
    "JSON nested without an end": (
        (200, b"[" * 200_000),
        (1, "contract", "the server answered 200 application/json, which is not complete JSON"),
        ("It begins: " + "[" * 80, "the same again: it may have been cut on the way"),
    ),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request, server):
    answer, outcome, advice = request.param
    server.always(answer)
    return outcome, advice


@pytest.mark.parametrize("command", [("list",), ("show", ID)], ids=["list", "show"])
def test_a_bad_answer_is_told_in_a_few_lines_and_in_one_document(ask, secret, case, command):
    (code, name, message), (hint, remedy) = case

    told = ask("session", *command, "--json", "--debug")

    expected = [f"error: {message}"]
    expected += [f"  {line}" for line in (hint or "").splitlines()]
    expected += [f"  try: {remedy}"] if remedy else []
    assert (told.exit, told.lines) == (code, expected)
    error = told.document()["error"]
    assert (error["code"], error["exitCode"]) == (name, code)
    assert (error["message"], error["hint"], error["try"]) == (message, hint, remedy)
    assert secret not in told.stdout + told.stderr


def test_a_request_the_server_does_not_understand_is_a_usage_error(ask, server, secret):
    server.on("list", (400, {"error": "no such project: <secret>"}))

    told = ask("session", "list", "--json")

    assert told.exit == 2
    assert told.lines == [
        "error: the server refused the request: no such project: rsk_live_…",
        f"  try: {AGAIN}",
    ]
    assert secret not in told.stdout


@pytest.mark.parametrize("kind", ["a list", "text", "a number", "null", "an empty object"])
@pytest.mark.parametrize("command", ["list", "show"])
def test_json_of_another_shape_is_named_with_what_was_expected(ask, server, command, kind):
    body = {"a list": [1], "text": '"ok"', "a number": 7, "null": None, "an empty object": {}}[kind]
    server.always((200, body, {"content-type": "application/json"}))

    told = ask("session", command, *([ID] if command == "show" else []))

    wanted = {"list": "a list of sessions", "show": "a session"}[command]
    assert told.exit == 1
    assert told.lines[0].endswith(f"answered 200 application/json, which is not {wanted}")


def test_an_unknown_session_is_not_found_with_where_else_to_look(ask, server):
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (404, {"error": "Session not found"}, {"x-request-id": "req-7"}))
    server.on("activities", (404, {"error": "Session not found"}))

    told = ask("session", "show", ID, "--org", "acme", "--project", "web", "--json")

    assert told.exit == 5
    assert told.lines == [
        f"error: session {ID} not found in project acme/web",
        "  It may belong to another project, or the key may lack its scope.",
        "  try: rensei session list --all --org acme --project web",
        "  request id: req-7",
    ]
    assert told.document()["error"]["requestId"] == "req-7"


@pytest.mark.parametrize("given", ["", "   ", "0123456789abcdef" * 2, "https://x.example/nothing"])
def test_an_id_that_names_nothing_is_refused_before_anything_is_asked(ask, server, given):
    told = ask("session", "show", given, "--json")

    assert (told.exit, told.document()["error"]["code"]) == (2, "usage")
    assert server.asked == []


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("ses_abc123", "ses_abc123"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("mock-001%", "mock-001%25"),
        ("Ä 語", "%C3%84%20%E8%AA%9E"),
        ("nul\0esc\x1b", "nul%00esc%1B"),
        ("half\udcff", "half%3F"),
    ],
)
def test_any_other_id_goes_to_the_server_percent_encoded(ask, server, given, path):
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (400, {"error": "Invalid session ID format"}))

    told = ask("session", "show", given)

    assert [asked.target for asked in server.requests("detail")] == [f"/api/public/sessions/{path}"]
    assert told.exit == 2
    assert told.lines[0].startswith("error: ")
    assert told.lines[0].endswith("the server refused the request: Invalid session ID format")


def test_an_id_longer_than_any_address_is_refused(ask, server):
    server.on("list", (200, {"sessions": []}))

    told = ask("session", "show", "x" * 100_000)

    assert told.exit == 2
    assert told.lines[0].endswith("the address of this request cannot exist")
    assert server.requests("detail") == []


def test_an_issue_with_several_live_sessions_is_ambiguous(ask, server):
    listed = [
        {"id": "aaaa000000000001", "identifier": "ENG-124", "status": "working"},
        {"id": "aaaa000000000002", "identifier": "ENG-124", "status": "queued"},
    ]
    server.on("list", (200, {"sessions": listed}))

    told = ask("session", "show", "ENG-124")

    assert told.exit == 2
    assert told.lines == [
        "error: ENG-124 names 2 sessions",
        "  aaaa000000000001  ENG-124  working",
        "  aaaa000000000002  ENG-124  queued",
        "  try: rensei session show aaaa000000000001",
    ]


def test_impossible_values_are_shown_as_unknown_and_unknown_ones_as_they_came(ask, server):
    session = {
        "id": ID,
        "identifier": "ENG-1",
        "status": "hibernating",
        "workType": "gardening",
        "startedAt": "yesterday",
        "duration": -1_793_548_210_467,
        "costUsd": "much",
        "timeline": {
            "created": "+058862-03-04T06:38:40.000Z",
            "queued": "0001-01-01T00:00:00Z",
            "started": 1e308,
        },
        "somethingNew": {"deep": [1, None, float("inf")]},
        "lifecycle": "none",
        "claim": 7,
        "health": 12,
    }
    server.on("list", (200, {"sessions": [session]}))
    server.on("detail", (200, {"session": session}))
    activity = {"id": 1, "type": "plan", "content": {"an": "object"}, "timestamp": "yesterday"}
    server.on("activities", (200, {"activities": [activity], "sessionStatus": 5}))

    told = ask("session", "show", ID, "--json")
    document = told.document()

    assert told.exit == 0
    assert document["session"]["status"] == "hibernating"
    assert document["session"]["workType"] == "gardening"
    assert document["session"]["somethingNew"] == {"deep": [1, None, None]}
    unknown = ("startedAt", "duration", "costUsd")
    assert [document["session"][key] for key in unknown] == [None, None, None]
    assert document["session"]["timeline"] == {
        "created": None,
        "queued": None,
        "started": None,
        "completed": None,
    }
    assert document["activities"] == [
        {
            "id": "1",
            "type": "plan",
            "toolName": None,
            "content": '{"an": "object"}',
            "timestamp": None,
        }
    ]
    for command in (("show", ID, "--time", "local"), ("list", "--all")):
        assert ask("session", *command).exit == 0
