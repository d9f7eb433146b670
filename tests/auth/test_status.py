"""How a caller stands: who, from where that was decided, and whether the server agrees."""

import keyring
import pytest
from rings import Locked
from stub import IDENTITY, KEY, OTHER_KEY, PAGE

from rensei_cli.settings import DEFAULT_URL


def test_a_valid_credential_is_shown_with_everything_that_decided_it(rensei, login, server):
    login()
    result = rensei("auth", "status", "--project", "web", environ={"COLUMNS": "100"})

    assert (result.exit, result.stderr) == (0, "")
    lines = [" ".join(line.strip(" │╭╰─╮╯").split()) for line in result.stdout.splitlines()]
    assert [line for line in lines if line] == [
        f"✓ valid {server.url}",
        "Identity",
        "organisation Demo Payments (demo-pay), plan team",
        "projects refunds",
        "scopes sessions:read",
        "Decided by",
        f"server {server.url} context demo-pay",
        "organisation demo-pay context demo-pay",
        "project web --project",
        "credential API key …abcd the keyring, context demo-pay",
    ]


@pytest.mark.parametrize("columns", [40, 60, 80, 100])
def test_a_status_fits_its_terminal_and_loses_nothing(rensei, login, server, columns):
    keyring.set_keyring(Locked())
    login()
    shown = rensei("auth", "status", environ={"COLUMNS": str(columns)}).stdout

    assert max(map(len, shown.splitlines())) <= columns
    whole = "".join(shown.replace("│", "").split())
    assert f"{rensei.home}/config/secrets.toml,contextdemo-pay" in whole
    assert server.url in whole


def test_a_status_is_a_document(rensei, login, server, document):
    login()
    found = document(rensei("auth", "status", "--json", environ={"RENSEI_ORG": "acme"}))

    assert (found["state"], found["context"], found["error"]) == ("valid", "demo-pay", None)
    assert found["server"] == {"value": server.url, "source": "context demo-pay"}
    assert found["org"] == {"value": "acme", "source": "RENSEI_ORG"}
    assert found["project"] == {"value": "refunds", "source": "context demo-pay"}
    assert found["credential"] == {
        "source": "the keyring, context demo-pay",
        "kind": "API key",
        "ending": "…abcd",
        "endsAt": None,
    }
    assert found["identity"]["org"] == IDENTITY["org"]


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ((401, {"error": "expired"}), "invalid", 4),
        ((403, {"error": "no scope"}), "invalid", 4),
        ((500, {"error": "broken"}), "unknown", 1),
        ((200, PAGE), "unknown", 1),
        ((404, PAGE), "unchecked", 0),
    ],
)
def test_a_state_has_its_exit_code_and_its_reason(
    rensei, login, server, document, *, answer, state, code
):
    login()
    server.whoami = answer
    shown, printed = rensei("auth", "status"), rensei("auth", "status", "--json")

    assert (shown.exit, printed.exit) == (code, code)
    found = document(printed)
    assert (found["state"], found["identity"]) == (state, None)
    assert (found["error"] is None) == (code == 0)
    assert shown.stderr.count("error: ") == printed.stderr.count("error: ") == (code != 0)
    assert "Decided by" in shown.stdout


def test_an_unreachable_server_leaves_the_state_unknown(rensei, document):
    environ = {"RENSEI_API_URL": "http://127.0.0.1:1", "RENSEI_AUTH_TOKEN": KEY}
    result = rensei("auth", "status", "--json", environ=environ)

    assert (result.exit, document(result)["state"]) == (1, "unknown")
    assert document(result)["credential"]["source"] == "RENSEI_AUTH_TOKEN"


def test_nothing_configured_is_a_missing_credential_without_asking_anyone(rensei, document):
    result = rensei("auth", "status", "--json")
    found = document(result)

    assert (result.exit, found["state"], found["server"]["value"]) == (4, "missing", DEFAULT_URL)
    assert found["error"]["try"] == "rensei auth login"
    assert result.stderr == "error: there is no credential\n"


def test_a_server_that_needs_a_credential_says_it_is_missing(rensei, server, document):
    result = rensei("auth", "status", "--json", "--url", server.url)

    assert (result.exit, document(result)["state"]) == (4, "missing")


def test_a_credential_that_the_keyring_withholds_is_missing(rensei, login, document):
    login()
    keyring.set_keyring(Locked())
    result = rensei("auth", "status", "--json")
    found = document(result)

    assert (result.exit, found["state"]) == (4, "missing")
    assert (found["credential"]["ending"], found["credential"]["kind"]) == (None, None)
    assert "the keyring is locked" in found["error"]["message"]


def test_a_variable_that_wins_over_a_stored_key_is_said_to(rensei, login, server, document):
    login()
    server.asked.clear()
    result = rensei("auth", "status", "--json", environ={"RENSEI_AUTH_TOKEN": OTHER_KEY})
    found = document(result)

    assert found["server"]["source"] == "context demo-pay"
    assert found["credential"]["source"] == "RENSEI_AUTH_TOKEN"
    assert found["notes"] == [
        "the key stored for context demo-pay is not used: RENSEI_AUTH_TOKEN wins"
    ]
    assert server.sent("Authorization") == [f"Bearer {OTHER_KEY}"]


def test_nothing_of_a_context_for_another_server_is_used_and_that_is_said(
    rensei, login, server, document
):
    login(url=server.url)
    elsewhere = server.url.replace("127.0.0.1", "[::1]")
    result = rensei("auth", "status", "--json", "--url", f"{server.url}/other")
    found = document(result)

    assert (found["context"], found["credential"], found["org"]) == (None, None, None)
    told = f"neither its key nor its scope is used at {server.url}/other"
    assert found["notes"] == [f"context demo-pay is for {server.url}: {told}"]
    assert server.sent("Authorization")[-1] is None
    named = rensei("session", "list", "--auth", "demo-pay", "--url", elsewhere).stderr
    assert f"context demo-pay is for {server.url}: nothing of it is used" in named


def test_one_of_the_official_client_has_no_key_for_us(rensei, config, document, server):
    config.mkdir()
    (config / "config.json").write_text(f'{{"url": "{server.url}"}}')
    found = document(rensei("auth", "status", "--json"))

    assert found["server"]["source"] == "the stored context"
    assert found["notes"] == [
        "the official client keeps its keys to itself: rensei auth login stores one here"
    ]


@pytest.mark.usefixtures("world")
def test_a_running_platform_is_the_answer_where_nothing_is_configured(rensei, document):
    result = rensei("auth", "status", "--json")
    found = document(result)

    assert (result.exit, found["state"]) == (0, "valid")
    assert found["server"]["source"] == "the running embedded platform"


def test_a_running_platform_is_pointed_at_where_a_variable_led_elsewhere(rensei, world, document):
    told = f"--url {world.platform.url} asks it"
    environ = {"RENSEI_ORG": "acme"}
    found = document(rensei("auth", "status", "--json", environ=environ))

    assert found["notes"] == [f"an embedded platform runs on this machine: {told}"]


@pytest.mark.parametrize("key", ["x", "fifteen-letters"])
def test_of_a_short_secret_nothing_is_shown(rensei, server, document, key):
    server.keys.add(key)
    environ = {"RENSEI_AUTH_TOKEN": key, "RENSEI_API_URL": server.url}

    assert (
        document(rensei("auth", "status", "--json", environ=environ))["credential"]["ending"] == "…"
    )
