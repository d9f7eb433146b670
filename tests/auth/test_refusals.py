"""A caller who is not accepted: which key it was, and what helps."""

import pytest
from stub import KEY, OTHER_KEY, jwt

BAD = "rsk_live_" + "bad0" * 16


@pytest.mark.parametrize("variable", ["RENSEI_AUTH_TOKEN", "RENSEI_API_TOKEN", "RENSEI_API_KEY"])
@pytest.mark.parametrize("words", [("session", "list"), ("auth", "status")])
def test_a_bad_key_of_the_environment_is_named_and_unset(rensei, server, variable, words):
    result = rensei(*words, "--url", server.url, environ={variable: BAD})

    assert result.exit == 4
    assert f"The key is that of {variable}, which wins over every stored one." in result.stderr
    assert f"  try: unset {variable}\n" in result.stderr
    assert BAD not in f"{result.stdout}{result.stderr}"


def test_a_key_of_another_kind_in_the_environment_is_said_to_be_one(rensei, server):
    environ = {"RENSEI_API_KEY": "rsp_live_0123456789abcdef"}
    result = rensei("session", "list", "--url", server.url, environ=environ)

    told = "It is a worker's registration token, which opens no sessions to an operator."
    assert (result.exit, told in result.stderr) == (4, True)


@pytest.mark.parametrize("words", [("session", "list"), ("auth", "login")])
def test_a_token_that_has_expired_is_told_with_its_end(rensei, server, words):
    token = jwt(sub="user_1", exp=1_700_000_000)
    result = rensei(*words, "--token-stdin", "--url", server.url, stdin=token)

    assert result.exit == 4
    assert "has expired: it ended at 2023-11-14 22:13Z." in result.stderr


def test_a_token_that_has_not_expired_is_not_said_to_have(rensei, server):
    token = jwt(sub="user_1", exp=4_000_000_000)
    result = rensei("session", "list", "--token-stdin", "--url", server.url, stdin=token)

    assert (result.exit, "expired: it ended" in result.stderr) == (4, False)


def test_a_stored_key_that_is_refused_is_renewed_under_its_name(login, server, rensei):
    login("--name", "work")
    server.keys.clear()
    result = rensei("session", "list")

    assert (result.exit, result.stderr.splitlines()[-1]) == (
        4,
        "  try: rensei auth login --name work",
    )


def test_the_context_that_has_a_key_for_a_server_is_named(login, server, rensei):
    login("--name", "work")
    rensei("auth", "use", "work")
    rensei("auth", "login", "--token-stdin", "--name", "other", "--url", server.url, stdin=KEY)
    rensei("auth", "logout", "other")
    result = rensei("session", "list", "--url", server.url)

    assert result.exit == 4
    assert result.stderr == (
        "error: the server does not accept this caller (401)\n"
        "  No key was sent. Context work has one for this server.\n"
        "  try: the same command with --auth work\n"
    )


def test_a_login_that_is_advised_is_at_the_server_that_was_typed(rensei, server):
    result = rensei("session", "list", "--url", server.url)

    assert (result.exit, result.stderr.splitlines()[-1]) == (
        4,
        f"  try: rensei auth login --url {server.url}",
    )


def test_commands_of_a_page_lead_to_the_server_that_was_typed(rensei, world):
    session_id, url = world.enqueue(), world.platform.url
    shown = rensei("session", "show", session_id, "--url", url, environ={"COLUMNS": "200"})
    missing = rensei("session", "show", "0000000000000000", "--url", url)
    watched = rensei("session", "watch", session_id, "--url", url, "--timeout", "10ms")

    assert f"rensei session watch {session_id} --url {url}" in shown.stdout
    assert f"--json --url {url} | jq .health" in shown.stdout
    assert f"try: rensei session list --all --url {url}\n" in missing.stderr
    assert f"rensei session watch {session_id} --url {url}\n" in watched.stderr


def test_a_doctor_s_commands_lead_to_the_server_that_was_typed(rensei, server):
    server.list = (500, {"error": "broken"})
    result = rensei("doctor", "--json", "--url", server.url, environ={"RENSEI_API_KEY": OTHER_KEY})

    assert f'"remedy":"rensei doctor --debug --url {server.url}"' in result.stdout
