"""Proxies for real: which requests take them, what is said when they fail, and what they see."""

import json

import pytest
from scripting import SECRET

from rensei_cli.api.proxy import is_exempt

LIST = ("session", "list", "-q", "--all")
FOUND = (0, "0f1e2d3c4b5a6978\n")
NAMED = "http://app.example"
PASSWORD = "pass-word-5ec2e7"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_plain_request_goes_to_the_proxy_in_full(listed, shell, forward, variable):
    proxy = forward(listed.url)

    told = shell(*LIST, "--url", NAMED, "--debug", **{variable: f"http://{proxy.place}"})

    assert (told.exit, told.stdout) == FOUND
    assert proxy.lines == ["GET http://app.example/api/public/sessions HTTP/1.1"]
    assert f"· through the proxy {proxy.place} from {variable}" in told.stderr.splitlines()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_an_encrypted_request_goes_through_a_tunnel_that_carries_no_credential(
    listed, shell, forward, tls, authority_file, variable
):
    proxy = forward(tls(listed.url).url.replace("localhost", "127.0.0.1"))

    told = shell(
        *LIST,
        "--url",
        "https://app.example",
        SSL_CERT_FILE=authority_file,
        **{variable: proxy.place},
    )

    assert (told.exit, told.stdout) == FOUND, told.stderr
    assert proxy.lines == ["CONNECT app.example:443 HTTP/1.1"]
    assert SECRET not in "".join(proxy.heads)
    assert listed.asked[0].headers["authorization"] == f"Bearer {SECRET}"


def test_one_kind_of_proxy_is_not_the_other(listed, shell, forward):
    proxy = forward(listed.url)

    told = shell.hasty()(*LIST, "--url", "https://127.0.0.2.invalid", HTTP_PROXY=proxy.place)

    assert told.exit == 1
    assert proxy.heads == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.5", "api.localhost"])
def test_this_machine_is_never_asked_through_a_proxy(listed, shell, forward, host):
    proxy = forward(listed.url)
    port = listed.url.rpartition(":")[2]

    told = shell.hasty()(*LIST, "--url", f"http://{host}:{port}", ALL_PROXY=proxy.place)

    assert proxy.heads == []
    assert told.exit == (0 if listed.asked else 1)  # only 127.0.0.1 is listened on


@pytest.mark.parametrize(
    ("exempt", "url", "direct"),
    [
        ("*", "http://app.example", True),
        ("app.example", "http://app.example", True),
        ("app.example", "http://app.example:8080", True),
        ("APP.example", "http://app.EXAMPLE", True),
        ("example", "http://app.example", True),
        (".example", "http://app.example", True),
        ("*.example", "http://app.example", True),
        ("pp.example", "http://app.example", False),
        ("app.example.org", "http://app.example", False),
        ("one, app.example ,two", "http://app.example", True),
        ("one app.example", "http://app.example", True),
        ("app.example:8080", "http://app.example:8080", True),
        ("app.example:8080", "http://app.example", False),
        ("app.example:443", "https://app.example", True),
        ("http://app.example", "http://app.example", True),
        ("10.1.2.3", "http://10.1.2.3", True),
        ("10.1.2.3:80", "http://10.1.2.3", True),
        ("10.1.2.3:81", "http://10.1.2.3", False),
        ("10.0.0.0/8", "http://10.1.2.3", True),
        ("10.1.2.9/24", "http://10.1.2.3", True),
        ("192.168.0.0/16", "http://10.1.2.3", False),
        ("10.0.0.0/8", "http://10.example", False),
        ("fd00::/8", "http://[fd00::1]", True),
        ("[fd00::1]", "http://[fd00::1]", True),
        ("[fd00::1]:80", "http://[fd00::1]", True),
        ("[fd00::1]:81", "http://[fd00::1]", False),
        ("10.0.0.0/8", "http://[fd00::1]", False),
        ("", "http://app.example", False),
        (",", "http://app.example", False),
        ("*,", "http://10.1.2.3", True),
    ],
)
def test_who_is_exempt(exempt, url, direct):
    assert is_exempt(url, exempt) is direct


def test_an_exempt_host_is_not_asked_through_the_proxy(listed, shell, forward):
    proxy = forward(listed.url)

    told = shell.hasty()(
        *LIST, "--url", "http://none.invalid", HTTP_PROXY=proxy.place, NO_PROXY="invalid"
    )

    assert told.lines[0] == "error: cannot reach none.invalid: the name does not resolve"
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"me:{PASSWORD}", f"me:{PASSWORD}"),
        ("me:p%40ss%2Fword%3A5ec2e7", "me:p@ss/word:5ec2e7"),
        ("me:p@ssword-5ec2e7", "me:p@ssword-5ec2e7"),
    ],
)
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "tunnel"])
def test_a_proxy_that_wants_a_password_gets_it_and_nobody_else(
    listed, shell, forward, tls, authority_file, encrypted, written, meant
):
    target = tls(listed.url).url.replace("localhost", "127.0.0.1") if encrypted else listed.url
    proxy = forward(target, user=meant)
    scheme = "https" if encrypted else "http"

    told = shell(
        *LIST,
        "--url",
        f"{scheme}://app.example",
        "--debug",
        SSL_CERT_FILE=authority_file,
        ALL_PROXY=f"http://{written}@{proxy.place}",
    )

    assert (told.exit, told.stdout) == FOUND, told.stderr
    assert not {"proxy-authorization"} & {*listed.asked[0].headers}
    assert f"· through the proxy {proxy.place} from ALL_PROXY" in told.stderr.splitlines()
    for word in (written.partition(":")[2], meant.partition(":")[2]):
        assert word not in told.stderr


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("userinfo", "what"),
    [
        ("", "asks for a user name and a password"),
        (f"me:{PASSWORD}@", "does not accept the user name and the password it was given"),
    ],
)
def test_a_proxy_that_refuses_a_caller_is_said_in_one_sentence(
    listed, shell, forward, scheme, userinfo, what
):
    proxy = forward(listed.url, user="you:other")

    told = shell(
        *LIST,
        "--url",
        f"{scheme}://app.example",
        "--debug",
        ALL_PROXY=f"http://{userinfo}{proxy.place}",
    )

    assert told.exit == 1
    assert told.lines == [
        f"error: the proxy {proxy.place} (ALL_PROXY) {what} (407)",
        f"  try: export ALL_PROXY=http://USER:PASSWORD@{proxy.place}",
    ]
    assert len(proxy.heads) == 1  # not again
    assert PASSWORD not in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("status", "tries", "line"),
    [
        ("502 Bad Gateway", 4, "cannot reach app.example: 502 Bad Gateway"),
        ("403 Blocked", 1, "does not let requests through to app.example: 403 Blocked"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_said_so(listed, shell, forward, status, tries, line):
    proxy = forward(listed.url, answer=f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())

    told = shell.hasty()(*LIST, "--url", "https://app.example", HTTPS_PROXY=proxy.place)

    assert told.exit == 1
    assert told.lines[0] == f"error: the proxy {proxy.place} (HTTPS_PROXY) {line}"
    assert told.lines[-1] == (
        "  try: correct or unset HTTPS_PROXY; NO_PROXY names hosts that are asked directly"
    )
    assert len(proxy.heads) == tries


def test_a_proxy_s_own_page_is_shown_as_the_answer_it_is(listed, shell, forward, page):
    proxy = forward(listed.url, answer=page(502, "<h1>squid: no route</h1>"))

    told = shell.hasty()(*LIST, "--url", NAMED, HTTP_PROXY=proxy.place)

    assert told.lines[:2] == [
        "error: the server failed (502)",
        "  It sent text/html: <h1>squid: no route</h1>",
    ]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_down_is_not_taken_for_the_server(shell, closed_port, scheme):
    told = shell.hasty()(
        *LIST, "--url", f"{scheme}://app.example", ALL_PROXY=f"http://127.0.0.1:{closed_port}"
    )

    assert told.exit == 1
    assert told.lines[0] == (
        f"error: cannot reach the proxy 127.0.0.1:{closed_port} (ALL_PROXY):"
        " the connection was refused"
    )
    assert told.lines[-1] == (
        "  try: correct or unset ALL_PROXY; NO_PROXY names hosts that are asked directly"
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_hangs_is_given_up_and_named(shell, forward, listed, scheme):
    proxy = forward(listed.url, answer=b"")

    told = shell.hasty()(*LIST, "--url", f"{scheme}://app.example", ALL_PROXY=proxy.place)

    assert told.exit == 1
    assert told.lines[0] == (
        f"error: cannot reach app.example through the proxy {proxy.place} (ALL_PROXY):"
        " it did not answer in time"
    )


def test_a_certificate_is_judged_through_a_tunnel_too(listed, shell, forward, tls):
    proxy = forward(tls(listed.url).url.replace("localhost", "127.0.0.1"))

    told = shell(*LIST, "--url", "https://app.example", HTTPS_PROXY=proxy.place)

    assert told.lines[0] == (
        "error: cannot trust app.example: its certificate was issued by Example Corp,"
        " which is not known here"
    )
    assert listed.asked == []


def test_a_proxy_that_speaks_tls_is_trusted_as_a_server_is(
    listed, shell, forward, tls, authority_file
):
    proxy = forward(listed.url)
    front = tls(f"http://{proxy.place}")

    told = shell(*LIST, "--url", NAMED, HTTP_PROXY=front.url, SSL_CERT_FILE=authority_file)

    assert (told.exit, told.stdout) == FOUND, told.stderr
    assert proxy.lines == ["GET http://app.example/api/public/sessions HTTP/1.1"]


def watched(shell, site, proxy):
    """Watch a session through a proxy until it has told two words, and the proxy is left."""
    through = {**site.environ, "RENSEI_API_URL": NAMED, "HTTP_PROXY": proxy.place}
    with shell.start(
        "session", "watch", site.session, "--json", "--timeout", "30s", **through
    ) as watch:
        yield from (json.loads(line) for line in watch.stdout)


def test_a_stream_comes_through_a_proxy(site, shell, forward):
    proxy = forward(site.url, renames=True)
    records = []
    for record in watched(shell, site, proxy):
        records.append(record)
        if record["record"] == "transport" and record["state"] == "live":
            site.post("through a proxy")
        if record["record"] == "activity" and record["activity"]["content"] == "through a proxy":
            site.end("completed")

    assert records[-1]["outcome"] == "completed"
    assert f"GET {NAMED}/api/sessions/{site.session}/stream HTTP/1.1" in proxy.lines


def test_a_stream_that_a_proxy_holds_back_is_replaced_by_polling(site, shell, forward):
    proxy = forward(site.url, holds=True, renames=True)
    through = {"RENSEI_API_URL": NAMED, "HTTP_PROXY": proxy.place, **site.environ}
    words = ("session", "watch", site.session, "--json", "--interval", "1", "--timeout", "30s")
    said = []
    with shell.start(*words, **through) as watch:
        for line in watch.stdout:
            activity = json.loads(line).get("activity")
            if activity is None:
                continue
            said.append(activity["content"])
            if said == ["the first word"]:
                site.post("polled")
            elif said[1:] == ["polled"]:
                site.end("completed")

    assert (said[:2], watch.returncode) == (["the first word", "polled"], 0)
