"""Advised commands lead to the server and scope that were typed."""

import io

import pytest

from rensei_cli.again import repeated
from rensei_cli.options import GlobalOptions
from rensei_cli.runtime import Runtime

HERE = GlobalOptions(url="http://127.0.0.1:8500", auth="my work", project="web")


def test_what_was_typed_is_repeated_and_quoted():
    runtime = Runtime(environ={}, options=HERE, stdin=io.StringIO())
    told = "rensei session show 1 --url http://127.0.0.1:8500 --auth 'my work' --project web"
    assert runtime.again("session show 1") == told


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rensei session show 1 --json | jq .health", "show 1 --json --org acme | jq .health"),
        ("rensei auth login --token-stdin < FILE", "login --token-stdin --org acme < FILE"),
        ("rensei session show 'a | b'", "show 'a | b' --org acme"),
        ("rensei session list --org other", "list --org other"),
        ("rensei auth login, if it is gone", "login --org acme, if it is gone"),
    ],
)
def test_options_stand_with_the_command(command, told):
    assert repeated(command, GlobalOptions(org="acme")).endswith(told)


def test_what_was_not_typed_is_not_added():
    assert repeated("rensei session list", GlobalOptions()) == "rensei session list"


def test_an_address_with_a_password_is_not_repeated():
    options = GlobalOptions(url="http://me:secret@host")
    assert repeated("rensei doctor", options) == "rensei doctor"
