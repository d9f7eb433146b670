"""The way to a server: proxies, certificates and names, in a process with its own environment."""

import signal
import ssl
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from relay import encrypted, forwarding
from scripting import SECRET
from terminal import Terminal

from rensei_cli.doctor.network import latency_check
from rensei_cli.doctor.probe import Heard, Later

KEY = {"RENSEI_AUTH_TOKEN": SECRET}


@pytest.fixture(scope="session")
def authority():
    return trustme.CA(organization_name="Example Corp", organization_unit_name="Inspection")


@pytest.fixture
def trusting(authority, tmp_path):
    """The environment of somebody who trusts the authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return {"SSL_CERT_FILE": str(file), **KEY}


@pytest.fixture
def front(authority, donmai):
    """Put donmai's server behind TLS, and give the address to ask."""
    with ExitStack() as undo:

        def started(*names, **how):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(*(names or ("localhost",)), **how).configure_cert(context)
            return undo.enter_context(encrypted(donmai.url, context)).url

        yield started


@pytest.fixture
def proxy(donmai):
    """Start a forward proxy that leads to donmai's server, whatever it is asked for."""
    with ExitStack() as undo:
        yield lambda **how: undo.enter_context(forwarding(donmai.url, **how))


def test_nothing_configured_leads_to_a_login_or_to_the_demo(alone, closed_port):
    # The proxy is dead: nothing of this reaches the hosted platform.
    found = alone(HTTPS_PROXY=f"http://127.0.0.1:{closed_port}")

    assert found.document["server"] == "https://app.rensei.ai"
    assert found.finding("credential") == (
        "there is none, and the hosted platform needs one; rensei demo needs none"
    )
    assert found.remedy("credential") == "rensei auth login"
    assert found.finding("server") == "https://app.rensei.ai, from the default"
    assert found.finding("proxy") == f"127.0.0.1:{closed_port}, by HTTPS_PROXY"
    assert found.finding("dns") == "not tried: the proxy resolves the name"
    assert "the connection was refused" in found.finding("reach")
    assert found.remedy("reach") == "export NO_PROXY=app.rensei.ai"


def test_a_trusted_certificate_is_told_by_its_issuer_and_its_end(alone, front, trusting):
    end = datetime.now(UTC) + timedelta(days=100)
    found = alone("--url", front(not_after=end), **trusting)

    assert found.finding("tls") == f"trusted, issued by Example Corp, until {end:%Y-%m-%d}"
    assert trusting["SSL_CERT_FILE"] in found["tls"]["details"]["trusted"]
    assert found.state("reach", "list") == ["ok", "ok"]


def test_a_certificate_that_ends_soon_is_told_in_days(alone, front, trusting):
    end = datetime.now(UTC) + timedelta(days=3, hours=1)

    found = alone("--url", front(not_after=end), **trusting)
    assert found.finding("tls").endswith(", which is in 3 days")


def test_an_unknown_authority_is_named(alone, front):
    url = front()
    found = alone("--url", url, **KEY)

    assert (found.exit, found.state("tls", "reach")) == (1, ["failure", "skipped"])
    assert "issued by Example Corp" in found.finding("tls")
    assert found.remedy("tls") == "export SSL_CERT_FILE=FILE"


def test_an_authority_s_file_that_does_not_help_is_what_to_change(alone, front, tmp_path):
    found = alone("--url", front(), SSL_CERT_FILE=str(tmp_path / "none.pem"), **KEY)

    assert found.remedy("tls") == "unset SSL_CERT_FILE"


def test_a_certificate_for_another_name_is_no_matter_of_trust(alone, front, trusting):
    found = alone("--url", front("other.example"), **trusting)

    assert found.finding("tls").endswith("its certificate is for other.example")
    assert found.remedy("tls") == "rensei doctor --url URL"


def test_an_expired_certificate_leads_to_the_clock(alone, front, trusting):
    found = alone("--url", front(not_after=datetime(2020, 1, 1, tzinfo=UTC)), **trusting)

    assert "expired on 2020-01-01" in found.finding("tls")
    assert found.remedy("tls") == "date -u"


def test_a_plain_server_behind_https_is_told_from_an_untrusted_one(alone, donmai):
    found = alone("--url", donmai.url.replace("http:", "https:"), **KEY)

    assert "does not speak TLS" in found.finding("tls")
    assert found.remedy("tls") == f"rensei doctor --url {donmai.url}"


def test_plain_http_to_another_machine_is_a_warning(alone, proxy):
    found = alone("--url", "http://app.example", HTTP_PROXY=f"http://{proxy().place}", **KEY)

    assert found.finding("tls") == "plain http: the key and all answers travel in clear"
    assert found.remedy("tls") == "rensei doctor --url https://app.example"
    assert found.state("proxy", "dns", "reach", "list") == ["ok", "skipped", "ok", "ok"]


def test_a_proxy_s_password_is_never_shown(alone, proxy):
    way = proxy(user="me:pass-of-mine")
    place = f"http://me:pass-of-mine@{way.place}"
    found = alone("--url", "http://app.example", HTTP_PROXY=place, **KEY)
    assert found.state("reach", "list") == ["ok", "ok"]
    assert found.finding("proxy") == f"{way.place}, by HTTP_PROXY"
    assert "pass-of-mine" not in found.text

    place = f"http://me:wrong-of-mine@{way.place}"
    found = alone("--url", "http://app.example", HTTP_PROXY=place, **KEY)
    assert found.remedy("reach") == f"export HTTP_PROXY=http://USER:PASSWORD@{way.place}"
    assert "wrong-of-mine" not in found.text


def test_an_exemption_is_told_with_the_variable_it_silences(alone, donmai, closed_port):
    dead = f"http://127.0.0.1:{closed_port}"
    found = alone("--url", donmai.url, http_proxy=dead, **KEY)
    assert found.finding("proxy") == "http_proxy is set, but this machine needs none"

    found = alone("--url", "http://[::2]:9", all_proxy=dead, NO_PROXY="::2", **KEY)
    assert found.finding("proxy") == "all_proxy is set, but NO_PROXY exempts this server"


def test_a_proxy_that_cannot_be_used_is_told_with_its_variable(alone):
    found = alone("--url", "http://app.example", ALL_PROXY="socks5://127.0.0.1:9", **KEY)

    assert (found.state("proxy"), found.remedy("proxy")) == (["failure"], "unset ALL_PROXY")
    assert found.state("dns", "reach", "list") == ["skipped"] * 3


def test_a_name_that_does_not_resolve_is_told_once(alone):
    found = alone(RENSEI_API_URL="http://name.invalid", **KEY)

    assert found.finding("dns").startswith("name.invalid does not resolve: ")
    assert found.remedy("dns") == "unset RENSEI_API_URL"
    assert found.finding("reach") == "not tried: the name does not resolve"
    typed = alone("--url", "http://name.invalid", **KEY)
    assert typed.finding("dns").endswith("; is the name right?")
    assert typed.remedy("dns") == "rensei doctor --url URL"


def test_ctrl_c_ends_it_quietly(started, server):
    server.always(server.raw(keep=True))
    with started("doctor", "--url", server.url) as running:
        give_up_at = time.monotonic() + 30
        while not server.asked:
            assert time.monotonic() < give_up_at
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)

    assert (running.returncode, out, err) == (130, "", "")


def test_a_dead_network_costs_a_round_and_somebody_who_waits_is_told_so(server, tmp_path):
    server.always(server.raw(keep=True))
    began = time.monotonic()
    screen = Terminal(["doctor", "--url", server.url], 80, {"RENSEI_HOME": str(tmp_path)})
    try:
        screen.shows("asking the server, for 15 s at most", "did not answer")
    finally:
        screen.close()
    assert time.monotonic() - began < 15


def test_a_trace_shows_each_request_and_no_secret(process, donmai):
    told = process("doctor", "--debug", "--url", donmai.url, **KEY)

    assert "· GET " in told.stderr
    assert "· OPTIONS " in told.stderr
    assert "POST" not in told.stderr
    assert SECRET not in told.stdout + told.stderr


def test_a_slow_server_is_a_warning():
    assert latency_check([Heard()]).state == "warning"
    found = latency_check([slow(0.1), slow(3.0), slow(4.0)])
    assert (found.state, found.finding) == ("warning", "3000 ms, the median of 3: slow")
    assert latency_check([slow(0.0), slow(0.0005)]).finding == "under 1 ms, the median of 2"


def slow(seconds):
    from rensei_cli.api.answer import Answer  # noqa: PLC0415

    return Heard(answer=Answer(200, {}, b""), seconds=seconds)


def test_what_fails_in_a_thread_is_raised_where_it_is_waited_for():
    def fails():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Later(fails).by(time.monotonic() + 5)
