"""Where to go and as whom: every source, every spelling, and what is refused."""

import fcntl
import io
import json
import os
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rensei_cli import platforms
from rensei_cli.address import checked_url
from rensei_cli.api import calls
from rensei_cli.api.client import Client
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.options import Color, GlobalOptions
from rensei_cli.settings import DEFAULT_URL, Settings, resolve

TOKEN = "rsk_live_" + "0123456789abcdef"


@pytest.fixture
def settings(tmp_path):
    """Resolve options (`url=…`) in an environment (`RENSEI_ORG=…`), both by keyword."""

    def resolved(stdin="", **given):
        environ = {key: value for key, value in given.items() if key.isupper()}
        options = {key: value for key, value in given.items() if not key.isupper()}
        home = {"RENSEI_HOME": str(tmp_path)}
        return resolve(GlobalOptions(**options), home | environ, io.StringIO(stdin))

    return resolved


@pytest.fixture
def stored(tmp_path):
    """Write the official client's file: as JSON, or bytes as they are."""

    def write(content):
        file = tmp_path / "config" / "config.json"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return file

    return write


CONTEXTS = {"work": {"url": "https://context.example", "org": "c-org", "project": "c-project"}}


@pytest.mark.parametrize(
    ("field", "variable", "in_order"),
    [
        (
            "url",
            "RENSEI_API_URL",
            (DEFAULT_URL, "https://context.example", "https://env.example", "https://opt.example"),
        ),
        ("org", "RENSEI_ORG", (None, "c-org", "e-org", "o-org")),
        ("project", "RENSEI_PROJECT", (None, "c-project", "e-project", "o-project")),
    ],
)
def test_an_option_beats_the_environment_beats_the_context_beats_the_default(
    settings, stored, field, variable, in_order
):
    default, in_context, in_environ, typed = in_order

    assert getattr(settings(), field) == default
    stored({"contexts": CONTEXTS, "activeContext": "work"})
    assert getattr(settings(), field) == in_context
    environ = {variable: in_environ}
    assert getattr(settings(**environ), field) == in_environ
    assert getattr(settings(**environ, **{field: typed}), field) == typed


def test_the_credential_comes_from_stdin_then_from_three_variables_in_order(settings):
    environ = {
        "RENSEI_AUTH_TOKEN": "first",
        "RENSEI_API_TOKEN": "second",
        "RENSEI_API_KEY": "third",
    }
    typed = settings(token_stdin=True, stdin=f"\n{TOKEN}\n\n", **environ).credential
    assert (typed.secret, typed.source) == (TOKEN, "standard input")
    for name in list(environ):
        found = settings(**environ).credential
        assert (found.secret, found.source) == (environ.pop(name), name)
    assert settings().credential is None


def test_a_credential_never_shows_itself(settings):
    assert TOKEN not in repr(settings(RENSEI_AUTH_TOKEN=TOKEN))


@pytest.mark.parametrize(
    "token", ["ab\ncd", "ab cd", "schlüssel", "a\0b", "a\x1b[0m", "  ", "\ufeffa", "x" * 8192]
)
def test_a_token_that_cannot_stand_in_a_header_is_refused_without_showing_it(settings, token):
    with pytest.raises(UsageError) as caught:
        settings(RENSEI_AUTH_TOKEN=token)

    assert "RENSEI_AUTH_TOKEN" in caught.value.message
    assert token.strip() == "" or token not in f"{caught.value.message}{caught.value.hint}"


def test_white_space_around_a_token_is_no_part_of_it(settings):
    assert settings(RENSEI_AUTH_TOKEN=f" {TOKEN}\r\n").credential.secret == TOKEN


@pytest.mark.parametrize("typed", ["", "\n", "two words\n", "x" * 9000 + " \n"])
def test_what_is_no_token_on_standard_input_is_refused(settings, typed):
    with pytest.raises(UsageError, match="standard input"):
        settings(token_stdin=True, stdin=typed)


def test_bytes_on_standard_input_that_are_no_text_are_refused(tmp_path):
    stdin = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8")

    with pytest.raises(UsageError, match="standard input"):
        resolve(GlobalOptions(token_stdin=True), {"RENSEI_HOME": str(tmp_path)}, stdin)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "app.rensei.ai",
        "localhost:3000",
        "//app.rensei.ai",
        "ftp://app.rensei.ai",
        "file:///etc/passwd",
        "https://",
        "https://:443",
        "https://host:99999",
        "https://host:0",
        "https://host:port",
        "https://host name",
        "https://host/a b",
        " https://host",
        "https://bücher.example",
        "https://host\n",
        "https://[::1",
        "https://me:pass-word@host",
        "https://me@host",
        "https://@host",
        "https://host?key=pass-word",
        "https://host/?",
        "https://host#top",
        "https://host/#",
        "https://host\\evil",
    ],
)
def test_a_url_that_cannot_be_a_base_is_refused_by_the_name_of_its_source(settings, stored, url):
    with pytest.raises(UsageError, match="--url") as caught:
        settings(url=url)
    assert "pass-word" not in f"{caught.value.message}{caught.value.hint}{caught.value.remedy}"
    if url:
        with pytest.raises(UsageError, match="RENSEI_API_URL"):
            settings(RENSEI_API_URL=url)
        stored({"url": url})
        with pytest.raises(UsageError, match="the stored context"):
            settings()


@pytest.mark.parametrize(
    ("url", "message", "more"),
    [
        ("", "is empty", "https://app.rensei.ai"),
        ("localhost:8500", "has no scheme", "--url http://localhost:8500"),
        ("[::1]:8500", "has no scheme", "--url 'http://[::1]:8500'"),
        ("app.acme.io/x", "has no scheme", "--url https://app.acme.io/x"),
        ("me:pass-word@host", "has no scheme", "--url https://app.rensei.ai"),
        ("file:///etc/passwd", "is of file:, where no server can be asked", "It is http or https"),
        ("https://", "has no host", "https://host[:port][/prefix]"),
        ("https://host:99999", "has a port that is no number from 1 to 65535", ""),
        ("https://host:port", "has a port that is no number from 1 to 65535", ""),
        ("https://host name", "has a space in it, which no URL has", ""),
        ("https://bücher.example", "has characters that no URL has", "xn--"),
        ("https://me@host", "must not carry a user name", "--token-stdin < FILE"),
        ("https://host/?key=1", "must not carry a user name", "session list --url https://host"),
    ],
)
def test_each_fault_of_a_url_has_its_own_sentence(settings, url, message, more):
    with pytest.raises(UsageError) as caught:
        settings(url=url)
    error = caught.value
    assert error.message.startswith(f"the server's URL (--url) {message}")
    assert more in f"{error.hint} {error.remedy}"
    assert ("xn--" in f"{error.hint}") == (not url.isascii())
    assert f"{error.remedy}".startswith("rensei ")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://host/", "https://host"),
        ("https://host:8443/pre/fix///", "https://host:8443/pre/fix"),
        ("HTTP://Host", "HTTP://Host"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_trailing_slash_goes_and_a_prefix_stays(settings, url, base):
    assert settings(url=url).url == base


@given(st.text(st.characters(max_codepoint=0x17F), max_size=30))
def test_whatever_is_taken_for_an_address_can_be_asked_or_is_refused(rest):
    try:
        url = checked_url(f"http://127.0.0.1:1/{rest}")
    except UsageError:
        return
    client = Client(Settings(url=url, url_source="test"), now=lambda: None, sleep=lambda _: None)
    outcome = client.start(calls.sessions()).outcome()
    client.close()

    assert isinstance(outcome, RenseiError)


@pytest.mark.parametrize("name", ["org", "project"])
@pytest.mark.parametrize("value", ["a\nb", "süd", "a\0", "\x7f"])
def test_a_scope_that_cannot_stand_in_a_header_is_refused(settings, name, value):
    with pytest.raises(UsageError, match=f"--{name}"):
        settings(**{name: value})
    with pytest.raises(UsageError, match=f"--{name}"):
        settings(**{f"RENSEI_{name.upper()}": value})


def test_white_space_around_a_scope_is_no_part_of_it(settings):
    assert (settings(org=" acme ").org, settings(org="  ").org) == ("acme", None)


@pytest.mark.parametrize(
    "content",
    [
        {"contexts": CONTEXTS, "activeContext": "work"},
        {"contexts": CONTEXTS, "currentContext": "work"},
        {"contexts": CONTEXTS, "active_context": "work"},
        {"contexts": CONTEXTS, "active": {"name": "work"}},
        {"contexts": [{"name": "work"} | CONTEXTS["work"]], "activeContext": "work"},
        {"auth": CONTEXTS, "active": "work"},
        {"url": "https://context.example", "org": "c-org", "project": "c-project"},
        {"apiUrl": "https://context.example", "orgSlug": "c-org", "activeProject": "c-project"},
        {
            "base_url": "https://context.example",
            "organization": {"id": "org_1", "slug": "c-org"},
            "active_project": {"name": "c-project"},
        },
    ],
)
def test_the_stored_context_is_read_in_several_spellings(settings, stored, content):
    stored(content)

    found = settings()

    assert (found.url, found.org, found.project) == (
        "https://context.example",
        "c-org",
        "c-project",
    )
    assert (found.url_source, found.notices) == (
        "context work" if found.context.name else "the stored context",
        (),
    )


def test_a_byte_order_mark_before_the_stored_context_is_no_matter(settings, stored):
    stored(b"\xef\xbb\xbf" + json.dumps({"org": "acme"}).encode())

    assert settings().org == "acme"


@pytest.fixture
def ours(tmp_path):
    """Write our own file of contexts, and the keys that lie beside it."""

    def write(text, secrets=""):
        folder = tmp_path / "config"
        folder.mkdir(exist_ok=True)
        for name, content in (("contexts.toml", text), ("secrets.toml", secrets)):
            (folder / name).write_text(content)
            (folder / name).chmod(0o600)

    return write


OURS = """
active = "work"
[contexts.work]
url = "https://ours.example"
org = "our-org"
secret = "file"
"""


def test_our_contexts_come_before_the_official_clients(settings, stored, ours):
    stored({"contexts": CONTEXTS | {"home": {"org": "h-org"}}, "activeContext": "home"})
    ours(OURS)

    found = settings()
    assert (found.url, found.org, found.project) == ("https://ours.example", "our-org", None)
    assert (found.url_source, found.org_source) == ("context work", "context work")
    assert settings(auth="home").org == "h-org"


def test_a_stored_key_is_the_last_that_is_looked_for(settings, ours):
    ours(OURS, 'work = "stored-key"')

    assert settings().credential.secret == "stored-key"
    assert settings(RENSEI_API_KEY="variable").credential.secret == "variable"
    typed = settings(RENSEI_API_KEY="variable", token_stdin=True, stdin="typed").credential
    assert typed.secret == "typed"


@pytest.mark.parametrize(
    "given", [{"url": "https://other.example"}, {"RENSEI_API_URL": "https://ours.example/prefix"}]
)
def test_a_stored_key_and_its_scope_go_to_no_other_server(settings, ours, given):
    ours(OURS, 'work = "stored-key"')

    found = settings(**given)
    assert (found.credential, found.org, found.context_applies) == (None, None, False)
    assert settings(url="https://ours.example/").credential.secret == "stored-key"


def test_a_context_without_a_url_is_for_the_default_server(settings, ours):
    ours('[contexts.x]\nsecret = "file"', 'x = "stored-key"')

    assert settings(auth="x").credential.secret == "stored-key"
    assert settings(auth="x", url="https://other.example").credential is None


@pytest.mark.parametrize("secrets", ["", "work = 7", 'work = ""', 'work = "two words"'])
def test_a_stored_key_that_is_none_fails_when_it_is_needed(settings, ours, secrets):
    ours(OURS, secrets)

    found = settings()
    with pytest.raises(RenseiError, match=r"credential|context work"):
        _ = found.credential.secret


def test_a_context_is_chosen_by_its_name(settings, stored):
    stored({"contexts": CONTEXTS | {"home": {"org": "h-org"}}, "activeContext": "work"})

    assert settings(auth="home").org == "h-org"
    assert settings(RENSEI_AUTH="home").org == "h-org"
    assert settings(auth="work", RENSEI_AUTH="home").org == "c-org"
    with pytest.raises(UsageError) as caught:
        settings(auth="nowhere")
    assert caught.value.hint == "Known contexts: home, work."


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"7", b"null", b"[" * 100_000, b"9" * 5000],
    ids=lambda content: repr(content[:8]),
)
def test_a_file_that_cannot_be_read_is_said_and_ignored(settings, stored, content):
    file = stored(content)

    found = settings()

    assert (found.url, found.notices) == (
        DEFAULT_URL,
        (f"{file} could not be read and is ignored",),
    )


def test_a_folder_in_place_of_the_file_is_said_and_ignored(settings, tmp_path):
    (tmp_path / "config" / "config.json").mkdir(parents=True)

    assert settings().notices[0].endswith("could not be read and is ignored")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["contexts", "auth", "active", "activeContext", "url", "org", "name"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(content=_json, name=st.none() | st.just("work"))
def test_any_stored_json_gives_settings_or_a_usage_error(tmp_path_factory, content, name):
    home = tmp_path_factory.getbasetemp() / "any"
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.json").write_text(json.dumps(content))

    try:
        found = resolve(GlobalOptions(auth=name), {"RENSEI_HOME": str(home)}, io.StringIO())
    except UsageError as error:
        found = error

    assert isinstance(found, Settings | UsageError)


@pytest.fixture
def announced(tmp_path):
    """Announce a platform: its file, held with a lock as long as the block lasts or not at all."""
    folder = tmp_path / "state" / "platforms"
    folder.mkdir(parents=True)
    key_file = tmp_path / "credentials.json"
    key_file.write_text(json.dumps({"operatorKey": TOKEN}))
    written = iter(range(1, 100))

    @contextmanager
    def announce(content, *, held=True):
        number = next(written)
        file = folder / f"{number}.json"
        if isinstance(content, str):
            content = {"url": content, "credentials": str(key_file), "pid": 1}
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        os.utime(file, (number, number))
        with file.open() as handle:
            if held:
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield file

    return announce


def test_the_newest_running_platform_is_found_and_said(settings, announced):
    with (
        announced("http://127.0.0.1:1001"),
        announced("http://127.0.0.1:1002"),
        announced("http://127.0.0.1:1003", held=False),
    ):
        found = settings()

    assert (found.url, found.embedded) == ("http://127.0.0.1:1002", True)
    assert found.url_source == "the running embedded platform"
    told = "using the embedded platform at http://127.0.0.1:1002, the newest of 2 that run"
    assert found.notices == (told,)
    assert found.credential.secret == TOKEN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        {"url": 7, "credentials": "x"},
        {"url": None, "credentials": None},
        {"url": "http://127.0.0.1:1", "credentials": 7},
        {"url": "ftp://127.0.0.1:1", "credentials": "x"},
        {"url": "http://127.0.0.1:99999", "credentials": "x"},
    ],
    ids=lambda content: repr(content)[:30],
)
def test_a_locked_file_that_tells_no_platform_is_passed_over(settings, announced, content):
    with announced("http://127.0.0.1:1001"), announced(content):
        assert settings().url == "http://127.0.0.1:1001"


def test_a_stale_file_is_no_platform(settings, announced):
    with announced("http://127.0.0.1:1001", held=False):
        assert (settings().url, settings().embedded) == (DEFAULT_URL, False)


def test_a_missing_folder_is_no_platform(tmp_path):
    assert platforms.running_platforms({"RENSEI_HOME": str(tmp_path / "nowhere")}) == []


@pytest.mark.parametrize(
    "given",
    [
        {"url": "https://other.example"},
        {"RENSEI_API_URL": "https://other.example"},
        {"RENSEI_AUTH_TOKEN": TOKEN},
        {"token_stdin": True, "stdin": TOKEN},
        {"org": "acme"},
        {"RENSEI_PROJECT": "web"},
        {"auth": "home"},
        {"RENSEI_AUTH": "home"},
    ],
    ids=str,
)
def test_whoever_configures_anything_is_not_led_to_a_platform(settings, stored, announced, given):
    if "home" in given.values():
        stored({"contexts": {"home": {}}})
    with announced("http://127.0.0.1:1001"):
        found = settings(**given)

    assert found.url in {DEFAULT_URL, "https://other.example"}
    assert (found.embedded, found.notices) == (False, ())


def test_a_stored_context_is_a_configuration_too(settings, stored, announced):
    stored({"org": "acme"})
    with announced("http://127.0.0.1:1001"):
        assert settings().url == DEFAULT_URL


@pytest.mark.parametrize("url", ["http://127.0.0.1:1001/", "http://localhost:1001"])
def test_a_platform_that_is_named_is_opened_with_its_own_key(settings, announced, url):
    with announced("http://127.0.0.1:1001"):
        found = settings(url=url)
        given = settings(url=url, RENSEI_API_KEY="mine")

    assert (found.embedded, found.credential.secret) == (True, TOKEN)
    assert (given.embedded, given.credential.secret) == (True, "mine")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1002", "http://127.0.0.1.evil.example:1001"])
def test_the_key_of_a_platform_goes_nowhere_else(settings, announced, url):
    with announced("http://127.0.0.1:1001"):
        assert settings(url=url).credential is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 100_000, b'{"operatorKey": null}', b'{"operatorKey": "a b"}']
)
def test_a_key_that_cannot_be_read_is_none(settings, announced, tmp_path, content):
    (tmp_path / "credentials.json").write_bytes(content)
    with announced("http://127.0.0.1:1001"):
        found = settings()

    assert (found.embedded, found.credential) == (True, None)


@pytest.mark.parametrize(
    ("given", "color"),
    [
        ({}, Color.auto),
        ({"NO_COLOR": "1"}, Color.never),
        ({"NO_COLOR": ""}, Color.auto),
        ({"FORCE_COLOR": "1"}, Color.always),
        ({"FORCE_COLOR": "0"}, Color.auto),
        ({"CLICOLOR_FORCE": "1"}, Color.always),
        ({"CLICOLOR_FORCE": "0"}, Color.auto),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, Color.never),
        ({"NO_COLOR": "1", "color": Color.always}, Color.always),
        ({"FORCE_COLOR": "1", "color": Color.never}, Color.never),
        ({"FORCE_COLOR": "1", "color": Color.auto}, Color.auto),
    ],
    ids=str,
)
def test_colour_is_decided_by_the_option_then_by_the_environment(settings, given, color):
    assert settings(**given).color is color


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("RENSEI_JSON", "json"),
        ("RENSEI_DEBUG", "debug"),
        ("RENSEI_DEBUG", "verbose"),
        ("RENSEI_A11Y", "a11y"),
    ],
)
def test_a_switch_of_the_environment_is_on_unless_it_says_off(settings, variable, field):
    for on in ("1", "true", "yes", "anything"):
        assert getattr(settings(**{variable: on}), field) is True
    for off in ("", "0", "false", "No", "OFF", " 0 "):
        assert getattr(settings(**{variable: off}), field) is False


@pytest.mark.parametrize("variable", ["RENSEI_NO_INTERACTIVE", "CI"])
def test_nobody_is_asked_where_nobody_answers(settings, variable):
    assert settings().interactive
    assert settings(**{variable: "false"}).interactive
    assert not settings(**{variable: "true"}).interactive
    assert not settings(no_interactive=True).interactive


def test_options_switch_on_what_the_environment_leaves_off(settings):
    found = settings(json=True, debug=True, a11y=True)

    assert (found.json, found.debug, found.verbose, found.a11y) == (True, True, True, True)
    assert settings(verbose=True).debug is False


@pytest.mark.parametrize(("value", "is_json"), [("1", True), ("0", False), ("", False)])
def test_an_error_before_the_settings_are_known_leaves_as_the_environment_says(
    rensei, value, is_json
):
    result = rensei("session", "list", "--url", "nonsense", environ={"RENSEI_JSON": value})

    assert result.exit == 2
    assert bool(result.stdout) is is_json
    assert result.stderr.startswith("error: the server's URL (--url) has no scheme")
