"""TLS for real: whom a server is believed to be, and what is said when it is not believed."""

import json
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

LIST = ("session", "list")
NOW = datetime.now(UTC)
WAY_OUT = "export SSL_CERT_FILE=/path/to/authority.pem, and the same again"
BY_GO = (
    b"HTTP/1.0 400 Bad Request\r\ncontent-type: text/plain\r\n\r\n"
    b"Client sent an HTTP request to an HTTPS server.\n"
)
BY_SYSTEM = "Trusted are the authorities of the system's store."


@pytest.fixture
def refused(tls, listed, shell):
    """Ask a server behind a certificate that is refused: nothing of a request may reach it."""

    def asked(certificate=None, **environ):
        front = tls(listed.url, certificate)
        told = shell(*LIST, "--url", front.url, "--json", **environ)
        error = told.document()["error"]
        assert (told.exit, error["code"], error["retryable"]) == (1, "unreachable", False)
        assert told.notices == []  # it is not tried again
        assert (listed.asked, b"".join(front.received)) == ([], b"")
        assert told.lines[0] == f"error: {error['message']}"
        told = error["message"].removeprefix(f"cannot trust localhost:{front.port}: ")
        return told, error["hint"], error["try"]

    return asked


def test_an_authority_that_is_not_known_is_named_and_so_is_the_way_out(refused):
    assert refused() == (
        "its certificate was issued by Example Corp, which is not known here",
        f"unable to get local issuer certificate. {BY_SYSTEM}",
        WAY_OUT,
    )


def test_an_authority_of_one_s_own_is_not_the_wrong_one(refused, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))

    _, hint, remedy = refused(SSL_CERT_FILE=str(other))

    assert hint.endswith(f"Trusted are the authorities of SSL_CERT_FILE={other}.")
    assert remedy == WAY_OUT


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_file_of_authorities_that_is_not_there_is_said_so(refused, variable):
    _, hint, _ = refused(**{variable: "/nowhere/authority"})

    assert hint == f"{variable} names /nowhere/authority, which cannot be read."


def test_a_certificate_that_has_ended_is_said_so_and_since_when(refused, authority, authority_file):
    ended = NOW - timedelta(days=3)
    certificate = authority.issue_cert(
        "localhost", not_before=ended - timedelta(days=9), not_after=ended
    )

    message, hint, remedy = refused(certificate, SSL_CERT_FILE=authority_file)

    assert message == f"its certificate expired on {ended:%Y-%m-%d at %H:%M} UTC"
    assert hint.startswith("certificate has expired. ")
    assert remedy == "renew it on the server; if it is newer, check the clock of this machine"


def test_a_certificate_of_tomorrow_is_a_question_of_clocks(refused, authority, authority_file):
    begins = NOW + timedelta(days=1)
    certificate = authority.issue_cert(
        "localhost", not_before=begins, not_after=begins + timedelta(days=9)
    )

    message, _, remedy = refused(certificate, SSL_CERT_FILE=authority_file)

    assert message == f"its certificate is valid from {begins:%Y-%m-%d at %H:%M} UTC on"
    assert remedy == "check the clock of this machine"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a.example", "*.b.example", "10.1.2.3"], "a.example, *.b.example, 10.1.2.3"),
        ([f"n{n}.example" for n in range(7)], "n0.example, n1.example, n2.example,"),
    ],
)
def test_a_certificate_for_another_host_tells_for_which(
    refused, authority, authority_file, names, shown
):
    message, hint, remedy = refused(authority.issue_cert(*names), SSL_CERT_FILE=authority_file)

    assert message.startswith(f"its certificate is for {shown}")
    assert message.endswith("10.1.2.3" if len(names) == 3 else "n4.example and 2 more")
    assert hint.startswith("Hostname mismatch, certificate is not valid for 'localhost'. ")
    assert remedy == "name the server as its certificate does: --url https://…"


def test_a_certificate_that_vouches_for_itself_is_called_so(refused, tmp_path):
    alone = trustme.CA(organization_name="Nobody Ltd")
    chain = tmp_path / "alone.pem"
    alone.private_key_pem.write_to_path(str(chain))
    alone.cert_pem.write_to_path(str(chain), append=True)

    class Alone:
        def configure_cert(self, context):
            context.load_cert_chain(str(chain))

    message, hint, _ = refused(Alone())

    assert message == "its certificate is signed by itself (Nobody Ltd), and is not known here"
    assert hint == f"self-signed certificate. {BY_SYSTEM}"


def hashed(authority_file: str, folder: Path) -> str:
    """Give a folder as OpenSSL reads one: each certificate under the hash of its subject."""
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-subject_hash", "-in", authority_file],
        capture_output=True,
        text=True,
        check=True,
    )
    folder.mkdir()
    (folder / f"{done.stdout.strip()}.0").write_text(Path(authority_file).read_text())
    return str(folder)


def test_an_authority_of_one_s_own_is_trusted_from_a_file_or_a_folder(
    tls, listed, shell, authority_file, tmp_path
):
    front = tls(listed.url)
    folder = hashed(authority_file, tmp_path / "authorities")

    for variable, place in (("SSL_CERT_FILE", authority_file), ("SSL_CERT_DIR", folder)):
        told = shell(*LIST, "-q", "--all", "--url", front.url, "-v", **{variable: place})
        assert (told.exit, told.stdout) == (0, "0f1e2d3c4b5a6978\n"), told.stderr


def test_list_show_watch_and_stop_work_over_tls(tls, site, shell, authority_file):
    front = tls(site.url)
    trusting = {**site.environ, "SSL_CERT_FILE": authority_file, "RENSEI_API_URL": front.url}

    def ask(*argv):
        told = shell("session", *argv, "--json", **trusting)
        return told.exit, told.document()

    assert ask("list")[1]["sessions"][0]["id"] == site.session
    assert ask("show", site.session)[1]["activities"][0]["content"] == "the first word"
    with shell.start(
        "session", "watch", site.session, "--json", "--timeout", "30s", **trusting
    ) as watch:
        for line in watch.stdout:
            record = json.loads(line)
            if record["record"] == "transport" and record["state"] == "live":
                site.post("streamed over TLS")
            if record["record"] == "activity" and record["activity"]["content"] != "the first word":
                break
        code, stopped = ask("stop", site.session, "--yes", "--no-wait", "--reason", "over TLS")
        site.end("stopped")
        rest = [json.loads(line) for line in watch.stdout]
    assert record["activity"]["content"] == "streamed over TLS"
    assert (code, stopped["stage"]) == (0, "accepted")
    assert (rest[-1]["record"], watch.returncode) == ("end", 6)


def test_a_stream_over_tls_is_left_at_once(tls, site, shell, authority_file):
    front = tls(site.url)
    trusting = {**site.environ, "SSL_CERT_FILE": authority_file, "RENSEI_API_URL": front.url}

    with shell.start(
        "session", "watch", site.session, "--json", "--timeout", "30s", **trusting
    ) as watch:
        live = next(line for line in watch.stdout if '"live"' in line)
        watch.send_signal(2)
        out, err = watch.communicate(timeout=20)

    assert json.loads(live)["record"] == "transport"
    assert watch.returncode == 130
    assert json.loads(out.splitlines()[-1])["record"] == "end"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("answer", "line", "remedy"),
    [
        (
            b"\x15\x03\x01\x00\x02\x02\x46",
            "error: cannot reach HOST: the connection broke while it answered",
            "  try: check --url: is it https:// or http://? rensei demo needs no server",
        ),
        (
            b"",
            "error: cannot reach HOST: the connection broke while it answered",
            "  try: check --url: is it https:// or http://? rensei demo needs no server",
        ),
        (
            BY_GO,
            "error: the server refused the request: bad request",
            "  It sent text/plain: Client sent an HTTP request to an HTTPS server.",
        ),
    ],
    ids=["an alert", "silence", "a page"],
)
def test_what_servers_of_tls_answer_to_plain_http_leads_on(ask, server, answer, line, remedy):
    server.always(server.raw(answer))

    told = ask(*LIST)

    assert told.lines[0] == line.replace("HOST", server.url.removeprefix("http://"))
    assert remedy in told.lines


def test_plain_http_to_a_real_port_of_tls_leads_on(tls, listed, shell):
    front = tls(listed.url)

    told = shell.hasty()(*LIST, "--url", front.url.replace("https:", "http:"))

    assert (told.exit, told.lines[-1]) == (
        1,
        "  try: check --url: is it https:// or http://? rensei demo needs no server",
    )


@pytest.fixture
def demanding(authority):
    """A port whose TLS wants a certificate of its caller, and says so when it ends without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED

    def serve(listener):
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            with taken:
                # Without a socket of its own, so that the last alert leaves before the connection.
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                talk = context.wrap_bio(incoming, outgoing, server_side=True)
                told = shaken = False
                while not told and not shaken and (chunk := taken.recv(65536)):
                    incoming.write(chunk)
                    try:
                        talk.do_handshake()
                        shaken = True
                    except ssl.SSLWantReadError:
                        pass
                    except ssl.SSLError:
                        told = True
                    taken.sendall(outgoing.read())
                taken.shutdown(socket.SHUT_WR)
                while taken.recv(65536):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_server_that_wants_a_certificate_of_its_caller_is_not_distrusted(
    demanding, shell, authority_file
):
    told = shell.hasty()(*LIST, "--url", demanding, SSL_CERT_FILE=authority_file)

    assert told.exit == 1
    assert told.lines[0] == (
        f"error: cannot reach {demanding.removeprefix('https://')}: it wants a certificate of the"
        " caller, which this program has none of"
    )


def test_nothing_turns_verification_off(refused, shell):
    names = (
        "CURL_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "PYTHONHTTPSVERIFY",
        "NODE_TLS_REJECT_UNAUTHORIZED",
    )
    message, _, _ = refused(**dict.fromkeys(names, "0"))
    pages = [shell(*words, "--help").stdout for words in ((), LIST, ("session", "watch"))]

    assert "not known here" in message
    assert not [page for page in pages if "insecure" in page or "verif" in page.lower()]
