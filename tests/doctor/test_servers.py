"""What is told of each kind of server, and that asking changes nothing there."""

import time

import pytest
from scripting import BRIEF, SECRET

from rensei_cli.options import Color

ID = "0f1e2d3c4b5a6978"
PAGE = "<!DOCTYPE html><title>Welcome</title>"
LATER = ["identity", "list", "show", "activities", "stream", "stop", "release-claim", "prompt"]


def test_an_embedded_platform_can_everything(diagnose, world):
    session = world.enqueue()
    world.claim(session, world.worker())
    found = diagnose()

    assert found.document["server"] == world.platform.url
    assert found.where("failure") == set()
    assert found.state(*LATER) == ["ok"] * 8
    assert found.state("proxy", "dns", "tls", "reach", "latency", "clock") == ["ok"] * 6
    assert found.finding("identity").startswith("This machine, project demo")
    assert found.finding("list") == "one session is visible"
    assert found["activities"]["details"] == {"route": "query"}
    assert found["latency"]["details"]["answers"] == 3
    key = world.platform.operator_key
    assert found["credential"]["details"]["ending"] == f"…{key[-4:]}"
    assert key not in found.text


def test_looking_leaves_an_embedded_platform_as_it_was(diagnose, world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.act(session, worker)

    def facts():
        detail = world.call("GET", f"/api/public/sessions/{session}", operator=True)["session"]
        query = f"/api/public/session-activities?sessionId={session}"
        passing = {"duration", "healthSummary"}
        kept = {key: value for key, value in detail.items() if key not in passing}
        return kept, world.call("GET", query, operator=True)

    before = facts()
    diagnose()

    assert facts() == before


def test_an_embedded_platform_without_sessions_is_not_doubted(diagnose, world):
    assert world
    found = diagnose()

    assert found.where("failure") == set()
    assert found.state("show", "activities", "stop", "release-claim", "prompt") == ["ok"] * 5
    assert found.finding("stream") == "cannot be told without a session to follow"


def test_donmai_s_server_is_told_apart_before_anything_fails(examine, donmai):
    found = examine()

    assert found.exit == 0
    assert found.state("list", "show", "activities") == ["ok"] * 3
    assert found["activities"]["details"] == {"route": "path"}
    assert found.finding("stream") == "this server has none (404): watch asks every 15 s instead"
    assert found.remedy("stream") == "rensei session watch @latest --transport poll"
    assert found.finding("stop") == "this server has no route to stop"
    assert found.finding("release-claim") == "this server has no route to release a claim"
    assert found.state("stream", "stop", "release-claim", "prompt") == ["warning"] * 4
    assert found.finding("identity") == "cannot be told: this server has no route for it"
    assert {asked.method for asked in donmai.asked} == {"GET", "OPTIONS"}


def test_a_stock_template_without_activities_can_still_show(examine, donmai):
    donmai.on("older", (404, PAGE))
    found = examine()

    assert found.state("show", "activities") == ["ok", "warning"]
    assert "there is nothing to watch" in found.finding("activities")
    assert found.finding("stream") == "this server has none (404): nor can it ask"


def test_a_server_that_answers_json_to_every_path_is_held_against_itself(examine, donmai):
    for route in ("", "activities", "stream", "stop", "release", "prompt"):
        donmai.on(route, (404, {"error": "Not Found"}))
    found = examine()
    assert found["activities"]["details"] == {"route": "path"}
    assert found.finding("stop") == "cannot be told without trying (404)"

    donmai.on("list", (200, {"sessions": []}))
    donmai.on("older", (404, {"error": "Not Found"}))
    found = examine()
    assert found.finding("activities") == "cannot be told without a session to read (404)"


def test_a_stream_is_opened_for_a_session_at_work_and_closed(examine, donmai):
    sessions = [{"id": "0" * 15 + "1", "status": "completed"}, {"id": ID, "status": "working"}]
    donmai.on("list", (200, {"sessions": sessions}))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    donmai.on("stream", donmai.raw(head, keep=True))
    found = examine()

    assert found.finding("stream") == "server-sent events: watch is told at once"
    assert [asked.target for asked in donmai.requests("stream")] == [f"/api/sessions/{ID}/stream"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_stream_for_others_leaves_the_polling(examine, donmai, status):
    donmai.on("stream", (status, {"error": "workers only"}))
    found = examine()

    assert found.state("stream") == ["warning"]
    assert found.finding("stream").endswith(f"({status}): watch asks every 15 s instead")


def test_a_session_that_is_listed_and_not_found_is_told(examine, donmai):
    donmai.on("detail", (404, {"error": "Session not found"}))

    assert examine().finding("show") == ("a session of the list is not readable: Session not found")


def test_whom_the_server_names_is_told_in_a_line(examine, donmai):
    scopes = ["a", "b", "c", "d", "e"]
    donmai.on("", (200, {"org": {"name": "Acme", "slug": "acme"}, "scopes": scopes}))
    found = examine()
    assert found.finding("identity") == "Acme, scopes a, b, c, d and 1 more"
    assert found["identity"]["details"] == {"org": "acme", "projects": [], "scopes": scopes}

    donmai.on("", (200, {"hello": "there"}))
    found = examine()
    assert found.state("identity") == ["warning"]
    assert found.remedy("identity") == "rensei auth status"


def test_a_post_is_never_sent_whatever_a_server_answers(examine, server):
    for answer in ((200, {}), (204, b""), (404, PAGE), (405, {}), (500, {})):
        server.always(answer)
        server.on("", answer)
        server.on("list", (200, {"sessions": [{"id": "0f1e2d3c4b5a6978", "status": "working"}]}))
        assert examine().state("reach") == ["ok"]

    assert len(server.asked) > 50
    assert {asked.method for asked in server.asked} == {"GET", "OPTIONS"}
    acts = [asked.target for asked in server.asked if asked.route in {"stop", "release", "prompt"}]
    assert {target.split("/")[4] for target in acts} == {"0000000000000000"}


@pytest.mark.parametrize(
    ("answer", "words", "remedy"),
    [
        ((200, PAGE), "no Rensei server answers there: the server answered 200 text/html", "unset"),
        ((200, {"status": "ok"}), "no Rensei server answers there", "unset RENSEI_API_URL"),
        ((404, PAGE), "no Rensei server answers there", "unset RENSEI_API_URL"),
        (
            (302, b"", {"location": "https://sso.example/login?token=<secret>"}),
            "the server sent the request to a login page (https://sso.example/login)",
            "rensei auth login",
        ),
        ((307, b"", {"location": "https://new.example/"}), "the server moved", "unset"),
        ((502, PAGE), "the server failed (502)", "rensei doctor --debug"),
    ],
)
def test_what_is_no_rensei_server_is_called_so(examine, server, answer, words, remedy):
    server.on("list", answer)
    found = examine()

    assert found.exit == 1
    assert words in found.finding("reach")
    assert found.remedy("reach").startswith(remedy)
    assert found.state("latency", "clock", *LATER) == ["skipped"] * 10
    assert {asked.route for asked in server.asked} == {"list"}


def test_a_refused_key_is_the_identity_s_failure(examine, server):
    server.always((401, {"error": f"Invalid API key {SECRET}"}))
    server.on("", (401, {"error": "Invalid API key"}))
    found = examine()

    assert found.exit == 1
    assert found.finding("reach") == "it answers, and refuses this caller (401)"
    assert found.finding("identity") == "the server does not accept this caller (401)"
    assert found.remedy("identity") == found.remedy("list") == "unset RENSEI_AUTH_TOKEN"
    assert found.state("list", *LATER[2:]) == ["failure", *["skipped"] * 6]


def test_a_server_that_wants_a_key_says_so_when_there_is_none(diagnose, server):
    server.always((401, {"error": "who are you"}))
    found = diagnose(environ={"RENSEI_API_URL": server.url})

    assert found.finding("credential") == "there is none, and this server wants one"
    assert found.remedy("credential") == f"rensei auth login --url {server.url}"
    assert found.state("identity", "list", "show") == ["skipped"] * 3


def test_a_server_that_wants_no_key_is_content_without_one(diagnose, donmai):
    found = diagnose(environ={"RENSEI_API_URL": donmai.url})

    assert found.finding("credential") == "there is none, and this server asks for none"
    assert (found.exit, found.state("list", "show")) == (0, ["ok", "ok"])


def test_a_server_that_has_had_enough_is_not_called_broken(examine, server):
    server.always((429, {"error": "Too many requests"}, {"x-ratelimit-reset": "59"}))
    found = examine()

    assert found.finding("reach") == "it answers (429)"
    assert found.finding("list") == "the server allows no more requests now (429)"


def test_nothing_that_listens_is_said_with_who_named_it(examine, closed_port):
    found = examine("--url", f"http://127.0.0.1:{closed_port}")

    assert found.finding("reach") == (
        f"cannot reach 127.0.0.1:{closed_port}: the connection was refused"
    )
    assert found.remedy("reach") == "rensei doctor --url URL"


def test_a_silent_server_costs_one_round_and_no_more(examine, server):
    server.always(server.raw(keep=True))
    began = time.monotonic()
    found = examine(limits=BRIEF)

    assert time.monotonic() - began < 10 * BRIEF.call_seconds
    assert "did not answer in" in found.finding("reach")
    assert "a VPN or a proxy may be missing" in found.finding("reach")
    assert found.remedy("reach").startswith("rensei doctor")
    assert len(server.asked) == 1


def test_a_server_that_falls_silent_is_told_as_far_as_it_spoke(examine, server):
    server.always(server.raw(keep=True))
    server.on("", server.raw(keep=True))
    server.on("list", (200, {"sessions": [{"id": "0f1e2d3c4b5a6978", "status": "working"}]}))
    found = examine(limits=BRIEF)

    assert found.state("reach", "list", "latency", "show") == ["ok", "ok", "warning", "warning"]
    assert found.state("activities", "stop") == ["skipped"] * 2


def test_the_clock_is_held_against_the_server_s(examine, donmai):
    assert examine().finding("clock") == "as the server's"

    ahead = {"sessions": [], "timestamp": "2026-06-03T12:10:00Z"}
    donmai.on("list", (200, ahead))
    found = examine()
    assert found.finding("clock") == (
        "the server's is 10 minutes ahead: ages and tokens are misjudged"
    )
    assert found["clock"]["details"] == {
        "skewSeconds": pytest.approx(600, abs=1),
        "source": "timestamp",
    }

    donmai.on("list", (200, ahead, {"date": "Wed, 03 Jun 2026 11:59:50 GMT"}))
    found = examine()
    assert found.finding("clock") == "the server's is 10 s behind"
    assert found["clock"]["details"]["source"] == "Date"

    donmai.on("list", (200, {"sessions": []}))
    assert examine().finding("clock") == "cannot be told: the server sends no time"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_report_fits_its_terminal(ask, donmai, columns):
    assert donmai
    told = ask("doctor", COLUMNS=str(columns))

    assert told.exit == 0
    assert max(map(len, told.stdout.splitlines())) == columns
    words = " ".join(told.stdout.replace("│", " ").split())
    assert "– identity cannot be told: this server has no route for it" in words
    assert "! stop this server has no route to stop try: rensei session show @latest --web" in words
    assert "\x1b" not in told.stdout


def test_words_stand_for_symbols_where_they_would_be_read_out(ask, donmai):
    assert donmai
    told = ask("doctor", "--a11y", "--color", Color.never)

    assert not set("✓✗!╭│") & set(told.stdout)
    words = " ".join(told.stdout.split())
    assert "warning stop this server has no route to stop" in words
    assert "ok reach it answers (200)" in words
    assert "skipped identity cannot be told" in words


def test_a_report_that_is_read_by_a_program_is_one_document(ask, donmai):
    assert donmai
    told = ask("doctor", "--json")

    assert told.document()["schema"] == "rensei.doctor/1"
    assert told.stderr == ""
