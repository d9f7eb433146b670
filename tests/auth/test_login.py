"""Logging in: what is checked, what is stored, and what is refused before anything is."""

import os
import stat

import keyring
import pytest
from rings import Forgetful, Leaving, Locked, Plain, Raising
from stub import IDENTITY, KEY, OTHER_KEY, PAGE, jwt

from rensei_cli.account import login as logins
from rensei_cli.account.login import Login
from rensei_cli.api.identity import Identity
from rensei_cli.context import Context
from rensei_cli.credentials import Credential
from rensei_cli.embedded.platform import Config, running
from rensei_cli.settings import Settings


def test_a_key_that_the_server_knows_is_kept_in_the_keyring(login, server, ring, contexts, rensei):
    result = login()

    assert (result.exit, result.stderr) == (0, "")
    assert "logged in to Demo Payments" in result.stdout
    assert contexts() == {
        "active": "demo-pay",
        "contexts": {
            "demo-pay": {
                "url": server.url,
                "org": "demo-pay",
                "project": "refunds",
                "kind": "API key",
                "secret": "keyring",
            }
        },
    }
    assert list(ring.held) == [("rensei", f"demo-pay in {rensei.home}")]
    assert list(ring.held.values()) == [KEY]
    assert not (rensei.home / "config" / "secrets.toml").exists()


def test_the_key_is_used_from_then_on_and_only_at_its_server(login, server, rensei):
    login()
    server.asked.clear()

    assert rensei("session", "list").exit == 0
    assert server.sent("Authorization") == [f"Bearer {KEY}"]
    assert (server.sent("X-Rensei-Org"), server.sent("X-Rensei-Project")) == (
        ["demo-pay"],
        ["refunds"],
    )


def test_the_keyring_account_is_the_name_of_the_context(login, ring, tmp_path):
    environ = {"RENSEI_HOME": "", "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    assert login("--name", "work", environ=environ).exit == 0

    assert list(ring.held) == [("rensei", "work")]
    assert (tmp_path / "rensei" / "contexts.toml").exists()


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (Locked, "the keyring is locked"),
        (Raising, "the keyring failed (RuntimeError)"),
        (Leaving, "the keyring failed (SystemExit)"),
        (Forgetful, "the keyring does not give back what it is given"),
        (Plain, "this machine has no keyring"),
        (keyring.backends.fail.Keyring, "this machine has no keyring"),
    ],
)
def test_without_a_keyring_the_key_goes_into_a_private_file(
    login, server, rensei, config, *, contexts, backend, why
):
    keyring.set_keyring(backend())
    result = login()

    file = config / "secrets.toml"
    told = f"rensei: {why}: the key is in {file}, which only you can read\n"
    assert (result.exit, result.stderr) == (0, told)
    assert contexts()["contexts"]["demo-pay"]["secret"] == "file"
    assert file.read_text() == f'demo-pay = "{KEY}"\n'
    assert stat.S_IMODE(config.stat().st_mode) == 0o700
    assert {stat.S_IMODE(held.stat().st_mode) for held in config.iterdir()} == {0o600}
    server.asked.clear()
    assert rensei("session", "list").exit == 0
    assert server.sent("Authorization") == [f"Bearer {KEY}"]


def test_a_key_that_moves_to_the_keyring_leaves_the_file(login, ring, config, contexts):
    keyring.set_keyring(Locked())
    login()
    login("--name", "other", key=OTHER_KEY)
    keyring.set_keyring(ring)
    login("--name", "demo-pay")

    assert contexts()["contexts"]["demo-pay"]["secret"] == "keyring"
    assert (config / "secrets.toml").read_text() == f'other = "{OTHER_KEY}"\n'
    assert list(ring.held.values()) == [KEY]


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ((401, {"error": "Invalid API key"}), 4, "does not accept this caller (401)"),
        ((403, {"error": "no scope"}), 4, "may not do that (403)"),
        ((200, PAGE), 1, "which is not the JSON expected here"),
        ((200, {"hello": "world"}), 1, "which is not the identity of a caller"),
        ((200, []), 1, "which is not the identity of a caller"),
        ((500, {"error": "broken"}), 1, "the server failed (500)"),
        ((404, {"error": "gone"}), 5, "gone"),
    ],
)
def test_what_the_server_does_not_confirm_is_not_stored(
    login, server, config, ring, *, answer, code, words
):
    server.whoami = answer
    result = login()

    assert (result.exit, result.stdout) == (code, "")
    assert words in result.stderr
    assert "Nothing was stored." in result.stderr
    assert (config.exists(), ring.held) == (False, {})


def test_a_server_that_cannot_be_reached_stores_nothing(login, config, ring):
    result = login(url="http://127.0.0.1:1")

    assert result.exit == 1
    assert "Nothing was stored." in result.stderr
    assert (config.exists(), ring.held) == (False, {})


def test_a_server_without_whoami_is_asked_for_its_list_and_told_of(login, server, contexts):
    server.whoami = (404, PAGE)
    result = login()

    told = "this server has no route that tells whose key it is: it could not be checked"
    assert (result.exit, result.stderr) == (0, f"rensei: {told}\n")
    host = server.url.removeprefix("http://").replace(":", "-")
    assert contexts()["contexts"] == {
        host: {"url": server.url, "kind": "API key", "secret": "keyring"}
    }


@pytest.mark.parametrize(
    ("answer", "code"), [((401, {"error": "no"}), 4), ((404, PAGE), 1), ((500, PAGE), 1)]
)
def test_a_server_without_whoami_that_gives_no_list_stores_nothing(
    login, server, config, answer, code
):
    server.whoami, server.list = (404, PAGE), answer

    assert login().exit == code
    assert not config.exists()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("rsp_live_0123456789abcdef", "a worker's registration token"),
        ("wrk_live_0123456789abcdef", "a worker's key"),
        ("sk-ant-0123456789abcdef", "a key of a model provider"),
        ("ghp_0123456789abcdef", "a GitHub token"),
        ("lin_api_0123456789", "a Linear key"),
        (jwt(sub="wkr_1", reg="r1", scope=["worker:poll"]), "the token of a worker that runs"),
        (jwt(scope="worker:poll worker:session"), "the token of a worker that runs"),
    ],
)
def test_a_key_of_another_kind_is_said_to_be_one_before_it_is_sent(login, server, key, kind):
    result = login(key=key)

    assert (result.exit, result.stdout, server.asked) == (2, "", [])
    assert f"this is {kind}, which opens no sessions to an operator" in result.stderr
    assert key not in result.stderr


def test_a_users_token_is_a_key_that_ends(login, server, contexts):
    token = jwt(sub="user_1", exp=1_900_000_000, scope="openid profile")
    server.keys.add(token)
    result = login(key=token)

    told = "rensei: this user token ends at 2030-03-17 17:46Z; log in again then\n"
    assert (result.exit, result.stderr) == (0, told)
    assert contexts()["contexts"]["demo-pay"]["kind"] == "user token"


@pytest.mark.parametrize("claims", [{}, {"exp": "soon"}, {"exp": 1e300}, {"scope": [7]}])
def test_a_token_with_strange_claims_is_a_users(login, server, claims):
    token = jwt(**claims)
    server.keys.add(token)

    assert (login(key=token).exit, login(key=token).stderr) == (0, "")


def test_a_token_whose_claims_cannot_be_read_is_a_users(login, server):
    server.keys.add("eyJhbGciOiJub25lIn0.!!!.c2ln")

    assert login(key="eyJhbGciOiJub25lIn0.!!!.c2ln").exit == 0


@pytest.mark.parametrize("key", ["", "two words", "a\tb", "schlüssel"])
def test_what_is_no_key_is_refused(login, server, key):
    result = login(key=key)

    assert (result.exit, server.asked) == (2, [])
    assert "the credential from standard input is empty" in result.stderr


def test_without_a_terminal_nobody_can_type_a_key(rensei, server):
    for more in ((), ("--no-interactive",)):
        result = rensei("auth", "login", "--url", server.url, *more, stdin=f"{KEY}\n")

        assert (result.exit, server.asked) == (2, [])
        assert "error: there is no key to log in with\n" in result.stderr
        assert f"try: rensei auth login --token-stdin --url {server.url} < FILE\n" in result.stderr


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "app.rensei.ai", "https://me:pass-word@host", ""]
)
def test_a_url_that_cannot_be_a_base_is_refused(rensei, url):
    result = rensei("auth", "login", "--token-stdin", "--url", url, stdin=KEY)

    assert result.exit == 2
    assert "the server's URL (--url)" in result.stderr
    assert "pass-word" not in result.stderr


@pytest.mark.parametrize("name", ["", "two words", "-x", "a/b", "ü", "x" * 65, "a\x1b[m"])
def test_a_name_that_a_shell_would_stumble_over_is_refused(login, server, name):
    result = login("--name", name)

    assert (result.exit, server.asked) == (2, [])
    assert "a context's name has up to 64 letters" in result.stderr


def test_organisation_and_project_are_what_was_named(login, server, contexts):
    two = [{"slug": "refunds"}, {"slug": "web"}]
    server.whoami = (200, IDENTITY | {"projects": two})
    assert login().exit == 0
    assert "project" not in contexts()["contexts"]["demo-pay"]

    named = {"org": "demo-pay", "project": "web"}
    result = login("--name", "work", "--org", "demo-pay", environ={"RENSEI_PROJECT": "web"})

    assert (result.exit, result.stderr) == (0, "")
    assert contexts()["contexts"]["work"].items() >= named.items()
    assert server.sent("X-Rensei-Org")[-1] == "demo-pay"
    assert server.sent("X-Rensei-Project")[-1] == "web"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (("--org", "acme"), "this key is not of organisation acme, but of demo-pay"),
        (("--project", "shop"), "the server lists no project shop, but refunds"),
    ],
)
def test_a_scope_that_the_server_does_not_list_is_not_stored(login, config, ring, named, words):
    result = login(*named)

    assert (result.exit, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {words}\n  Nothing was stored.\n  try: ")
    assert (config.exists(), ring.held) == (False, {})


@pytest.mark.parametrize("identity", [{"scopes": []}, {"org": {"slug": "acme"}, "projects": []}])
def test_a_scope_is_stored_where_the_server_gives_no_list(login, server, contexts, identity):
    server.whoami = (200, identity)

    assert login("--project", "shop", "--name", "work").exit == 0
    assert contexts()["contexts"]["work"]["project"] == "shop"


def test_a_key_that_was_broken_over_two_lines_is_refused(login, server):
    result = login(key=f"{KEY[:20]}\n{KEY[20:]}")

    assert (result.exit, server.asked) == (2, [])
    assert "there is more than one line on standard input" in result.stderr
    assert KEY[20:] not in result.stderr


@pytest.mark.parametrize(
    "identity",
    [
        {"org": None, "projects": None, "scopes": None},
        {"org": {"slug": 7}, "projects": [7, {"slug": None}], "scopes": [7, "x"]},
        {"scopes": []},
        {"org": {"slug": "\x1b[2J"}, "projects": [{}]},
    ],
)
def test_an_identity_with_holes_is_an_identity(login, server, identity, contexts):
    server.whoami = (200, identity)
    result = login()

    assert result.exit == 0
    assert "\x1b" not in result.stdout
    assert len(contexts()["contexts"]) == 1


def test_logging_in_again_renews_the_context_of_the_same_server_and_organisation(
    login, contexts, ring, document
):
    login("--name", "work")
    again = document(login("--json", key=OTHER_KEY))

    assert (again["context"]["name"], again["replaced"]) == ("work", True)
    assert list(contexts()["contexts"]) == ["work"]
    assert list(ring.held.values()) == [OTHER_KEY]


def test_another_organisation_gets_a_context_of_its_own(login, server, contexts):
    login()
    server.whoami = (200, IDENTITY | {"org": {"slug": "acme"}})
    login()

    assert list(contexts()["contexts"]) == ["demo-pay", "acme"]
    assert contexts()["active"] == "acme"


def test_a_name_that_another_server_has_is_not_taken(login, server, contexts):
    contexts('[contexts.demo-pay]\nurl = "https://other.example"\n')
    login()

    host = server.url.removeprefix("http://").replace(":", "-")
    assert list(contexts()["contexts"]) == ["demo-pay", f"demo-pay@{host}"]


def test_what_else_stands_in_the_file_stays(login, contexts):
    contexts('later = 1\n[contexts.old]\nurl = "https://old.example"\nmore = [1, 2]\n')
    login()

    assert contexts()["later"] == 1
    assert contexts()["contexts"]["old"] == {"url": "https://old.example", "more": [1, 2]}


def test_login_prints_a_document(login, document):
    found = document(login("--json"))

    assert found["context"]["active"] is True
    assert (found["checked"], found["replaced"]) == (True, False)
    assert found["identity"]["scopes"] == ["sessions:read"]


def test_a_login_says_which_variable_still_wins(login):
    result = login(environ={"RENSEI_API_KEY": OTHER_KEY, "RENSEI_AUTH": ""})

    told = "RENSEI_API_KEY is still set and wins over every stored key: unset RENSEI_API_KEY"
    assert result.stderr == f"rensei: {told}\n"


@pytest.mark.usefixtures("world")
def test_the_running_platform_is_logged_in_at_with_its_own_key(rensei, contexts, ring):
    result = rensei("auth", "login")

    assert result.exit == 0
    assert "logged in to" in result.stdout
    kept = {"org": "embedded", "kind": "embedded", "secret": "none"}
    assert contexts() == {"active": "embedded", "contexts": {"embedded": kept}}
    assert ring.held == {}
    assert rensei("session", "list").exit == 0


def test_a_piped_key_of_the_running_platform_finds_it(rensei, world, contexts):
    key = world.platform.operator_key
    result = rensei("auth", "login", "--token-stdin", stdin=f"{key}\n")

    assert result.exit == 0
    assert contexts()["contexts"]["embedded"]["kind"] == "embedded"
    assert rensei("session", "list").exit == 0


def test_an_embedded_context_is_for_whichever_platform_runs(rensei, contexts, document):
    environ = {"RENSEI_HOME": str(rensei.home)}
    with running(Config(in_memory=True), environ=environ) as first:
        assert rensei("auth", "login").exit == 0
    with running(Config(in_memory=True), environ=environ) as second:
        status = document(rensei("auth", "status", "--json"))

    assert contexts()["active"] == "embedded"
    assert first.url != second.url
    assert status["server"] == {"value": second.url, "source": "context embedded"}
    assert (status["state"], status["context"]) == ("valid", "embedded")


@pytest.mark.parametrize("words", [("session", "list"), ("auth", "status")])
def test_an_embedded_context_without_a_platform_says_so(rensei, contexts, words):
    pinned = 'url = "http://127.0.0.1:1"\nkind = "embedded"\nsecret = "none"\n'
    contexts(f'active = "embedded"\n[contexts.embedded]\n{pinned}')
    result = rensei(*words)

    assert (result.exit, result.stdout) == (1, "")
    assert result.stderr == (
        "error: no embedded platform runs now\n"
        "  It is what context embedded is for: start one, or leave it by: rensei auth logout\n"
        "  try: rensei server\n"
    )
    assert rensei("auth", "logout").exit == 0
    assert rensei("auth", "status").stderr.startswith("error: there is no credential\n")


def test_a_login_elsewhere_leaves_the_embedded_context(login, contexts):
    contexts('active = "embedded"\n[contexts.embedded]\nkind = "embedded"\n')

    assert login().exit == 0
    assert contexts()["active"] == "demo-pay"


def test_a_read_only_folder_stores_nothing(login, rensei, ring):
    (rensei.home / "config").write_text("not a folder")
    result = login()

    assert result.exit == 1
    assert f"error: {rensei.home / 'config'} cannot be written: " in result.stderr
    assert "export RENSEI_HOME=" in result.stderr
    assert ring.held == {}


def test_a_file_that_cannot_be_replaced_takes_the_key_back(login, config, ring):
    (config / "contexts.toml").mkdir(parents=True)

    assert login().exit == 1
    assert ring.held == {}


def test_a_link_stays_a_link(login, contexts, tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    contexts("").unlink()
    (tmp_path / "config" / "contexts.toml").symlink_to(real)
    login()

    assert (tmp_path / "config" / "contexts.toml").is_symlink()
    assert "demo-pay" in real.read_text()


def test_a_login_that_changes_its_place_leaves_no_key_behind(login, rensei, world, ring, config):
    login("--name", "work")
    result = rensei("auth", "login", "--name", "work", "--url", world.platform.url)

    assert (result.exit, ring.held) == (0, {})
    assert not (config / "secrets.toml").exists()


def test_the_questions_of_a_login_carry_the_scope_that_was_named(login, server):
    login("--org", "demo-pay", "--debug")

    assert server.sent("X-Rensei-Org") == ["demo-pay"]
    assert server.sent("X-Rensei-Project") == [None]


def test_what_cannot_be_written_takes_the_key_back(login, config, ring, contexts):
    contexts("")
    (config / f".contexts.toml.{os.getpid()}").mkdir()
    result = login()

    assert result.exit == 1
    assert f"{config / 'contexts.toml'} cannot be written: " in result.stderr
    assert (contexts(), ring.held) == ({}, {})


def test_names_that_are_taken_are_counted_on(login, server, contexts):
    host = server.url.removeprefix("http://").replace(":", "-")
    taken = ("demo-pay", f"demo-pay@{host}", "demo-pay-2")
    contexts("".join(f'[contexts."{name}"]\nurl = "https://other.example"\n' for name in taken))

    assert login().exit == 0
    assert contexts()["active"] == "demo-pay-3"


def test_the_kind_is_the_servers_word_where_it_has_one(login, server, contexts):
    server.whoami = (200, IDENTITY | {"kind": "project_token"})
    login()

    assert contexts()["contexts"]["demo-pay"]["kind"] == "project token"


@pytest.mark.parametrize(
    ("url", "told"),
    [("http://example", 1), ("HTTP://Example", 1), ("https://example", 0), ("http://localhost", 0)],
)
def test_a_key_that_travels_without_encryption_is_told(url, told):
    settings = Settings(url=url, url_source="--url", credential=Credential(KEY, "a test"))
    login = Login(context=Context(name="x"), identity=Identity(), replaced=False)

    notes = list(logins._notes(settings, login, why=None, environ={}))
    assert (
        notes == ["the key travels without encryption: use https:// where the server has it"][:told]
    )


def test_a_key_at_an_open_source_server_is_one_of_donmai(login, server, contexts):
    server.keys.add("worker-key-of-their-own")
    server.whoami = (404, PAGE)
    login("--name", "x", key="worker-key-of-their-own")

    assert contexts()["contexts"]["x"]["kind"] == "donmai"
