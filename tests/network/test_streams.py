"""Streams that never open, and bytes that are no text."""

import threading

import pytest
from scripted import ID, Scripted, frame, serving

from rensei_cli.api.client import Client, Limits
from rensei_cli.credentials import Credential
from rensei_cli.errors import UnreachableError
from rensei_cli.settings import Settings

SECRET = "correct-horse/battery+staple"
BRIEF = Limits(silence_seconds=0.2)


@pytest.fixture
def client_of():
    opened = []

    def made(server, limits=BRIEF):
        settings = Settings(
            url=server.url, url_source="test", credential=Credential(SECRET, "a test")
        )
        opened.append(Client(settings, now=lambda: None, limits=limits, tries=1))
        return opened[-1]

    yield made
    for client in opened:
        client.close()


def silent(visit):
    visit.wait()


def half(visit):
    visit.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
    visit.wait()


def mute(visit):
    visit.open(b": hello\n\n")
    visit.wait()


@pytest.mark.parametrize("stream", [silent, half, mute])
def test_a_stream_without_a_byte_lets_go_of_its_thread(client_of, stream):
    with serving(Scripted(stream)) as server:
        told = []

        def read():
            try:
                list(client_of(server).tail(ID).batches())
            except UnreachableError as error:
                told.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(10)

    assert not thread.is_alive()
    (error,) = told
    assert (error.slow, error.message.endswith("it did not answer in time")) == (True, True)


def test_a_stream_that_sends_back_the_key_does_not_show_it(client_of):
    def stream(visit):
        whole = frame(server.ring.post(f"the key is {SECRET}, or {SECRET}"))
        first, _, last = whole.rpartition(b"horse/")
        whole = first + b"horse\\/" + last
        visit.open(whole[:40], whole[40:70], whole[70:])

    with serving(Scripted()) as server:
        server.stream = stream
        tail = client_of(server, Limits()).tail(ID)
        messages = [message for part in tail.batches() for message in tail.messages(part)]

    (activity,) = messages
    assert activity.content == "the key is …, or …"


def test_one_wrong_byte_costs_one_character_and_not_the_page(ask, server):
    body = (
        b'{"sessions": [{"id": "0f1e2d3c4b5a6978", "issueTitle": "caf\xe9", "status": "working"}]}'
    )
    server.on("list", (200, body))

    shown, told = ask("session", "list"), ask("session", "list", "--json")

    assert (shown.exit, told.exit) == (0, 0)
    assert "caf\ufffd" in shown.stdout
    assert told.document()["sessions"][0]["issueTitle"] == "caf\ufffd"


def test_a_watch_goes_on_over_a_wrong_byte(ask, server):
    page = (
        b'{"activities": [{"id": "1", "type": "thought", "content": "%b"}], "sessionStatus": "%b"}'
    )
    server.on("list", (200, {"sessions": []}))
    server.on("detail", (200, {"id": ID, "status": "completed"}))
    server.on("activities", (200, page % (b"caf\xe9", b"completed")))

    told = ask("session", "watch", ID, "--transport", "poll")

    assert told.exit == 0
    assert "caf\ufffd" in told.stdout
