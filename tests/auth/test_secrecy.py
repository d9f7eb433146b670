"""A secret never comes out again, whichever way it went in and whatever goes wrong."""

import keyring
import pytest
from rings import Forgetful, Leaving, Locked, Raising, Ring
from stub import IDENTITY, KEY, OTHER_KEY, PAGE

ECHO = (401, {"error": f"bad key {KEY}", "message": f"Bearer {KEY} is wrong"})
ANSWERS = {
    "good": (200, IDENTITY),
    "echoed": ECHO,
    "an identity that is the key": (200, {"org": {"name": KEY, "slug": KEY}, "scopes": [KEY]}),
    "a page with the key": (200, f"{PAGE}{KEY}"),
    "failed": (500, {"error": KEY}),
    "no route": (404, PAGE),
}
COMMANDS = [
    ("auth", "login", "--token-stdin"),
    ("auth", "status"),
    ("auth", "status", "--token-stdin"),
    ("auth", "list"),
    ("auth", "use", "demo-pay"),
    ("session", "list"),
    ("auth", "logout"),
]


@pytest.mark.parametrize("backend", [Ring, Locked, Raising, Leaving, Forgetful])
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("more", [(), ("--json",), ("--debug",)], ids=str)
def test_no_path_shows_a_secret(rensei, server, backend, answer, more):
    keyring.set_keyring(backend())
    rensei.environ["RENSEI_API_URL"] = server.url
    for argv in [COMMANDS[0], *COMMANDS]:
        server.whoami = server.list = ANSWERS[answer]
        words = (*argv, *more)
        result = rensei(*words, stdin=f"{KEY}\n")
        shown = f"{result.stdout}{result.stderr}"
        assert KEY not in shown, words
        assert KEY[9:30] not in shown, words
        assert "Traceback" not in shown


@pytest.mark.parametrize("variable", ["RENSEI_AUTH_TOKEN", "RENSEI_API_TOKEN", "RENSEI_API_KEY"])
@pytest.mark.parametrize(
    "secret", [KEY, f"{KEY} {OTHER_KEY}", f"{KEY}\nrest", KEY.replace("_", "ü")]
)
def test_no_variable_is_shown(rensei, server, variable, secret):
    environ = {variable: secret, "RENSEI_API_URL": server.url}
    server.whoami = server.list = ECHO
    for argv in (*COMMANDS, ("auth", "status", "--debug"), ("auth", "status", "--json")):
        result = rensei(*argv, environ=environ, stdin="rsk_live_of_standard_input\n")
        assert KEY[9:30] not in f"{result.stdout}{result.stderr}", argv
