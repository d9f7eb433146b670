"""The decoder of server-sent events: the standard's examples, and any cut of any stream."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rensei_cli.api.sse import MAX_FRAME_BYTES, Decoder, FrameTooLargeError, ServerEvent


def events(*chunks):
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def told(*chunks):
    return [(event.event, event.data) for event in events(*chunks)]


def reference(stream):
    """The algorithm of the standard, word for word and as slow as it likes to be."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    found, data, event, last, kept = [], "", "", "", ""
    for line in lines:
        if line == "":
            kept = last
            if data != "":
                found.append(ServerEvent(event, data.removesuffix("\n").encode(), kept))
            data, event = "", ""
            continue
        if line.startswith(":"):
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                data += value + "\n"
            case "event":
                event = value
            case "id" if "\0" not in value:
                last = value
    return found, kept


def test_several_data_lines_are_joined():
    assert told(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [("", b"YHOO\n+2\n10")]


def test_the_four_blocks_of_the_standard():
    stream = (
        b": test stream\n\ndata: first event\nid: 1\n\n"
        b"data:second event\nid\n\ndata:  third event\n\n"
    )
    assert events(stream) == [
        ServerEvent("", b"first event", "1"),
        ServerEvent("", b"second event", ""),
        ServerEvent("", b" third event", ""),
    ]


def test_empty_data_is_an_event_and_an_unfinished_block_is_none():
    assert told(b"data\n\ndata\ndata\n\ndata:") == [("", b""), ("", b"\n")]


def test_one_space_after_the_colon_is_no_content():
    assert told(b"data:test\n\ndata: test\n\n") == [("", b"test"), ("", b"test")]


def test_an_event_keeps_its_name_for_one_block():
    assert told(b"event: add\ndata: 1\n\ndata: 2\n\n") == [("add", b"1"), ("", b"2")]


def test_a_name_without_data_is_forgotten():
    assert told(b"event: add\n\ndata: 2\n\n") == [("", b"2")]


def test_an_id_holds_until_another_one_comes():
    ids = [event.id for event in events(b"id: 7\ndata: a\n\ndata: b\n\nid: 8\ndata: c\n\n")]
    assert ids == ["7", "7", "8"]


def test_an_id_counts_when_its_block_is_whole():
    decoder = Decoder("6")
    decoder.feed(b"id: 7\ndata: a\n")
    assert decoder.last_id == "6"
    decoder.feed(b"\n")
    assert decoder.last_id == "7"


def test_an_id_with_a_nul_is_ignored():
    assert [event.id for event in events(b"id: 7\ndata: a\n\nid: 8\x009\ndata: b\n\n")] == [
        "7",
        "7",
    ]


@pytest.mark.parametrize(
    ("line", "retry"),
    [
        (b"retry: 2500", 2500),
        (b"retry: 2.5", None),
        (b"retry: -1", None),
        (b"retry:", None),
        ("retry: ٣".encode(), None),
    ],
    ids=str,
)
def test_a_pause_is_a_number_of_milliseconds(line, retry):
    decoder = Decoder()
    decoder.feed(line + b"\n\n")
    assert decoder.retry_ms == retry


def test_comments_and_unknown_fields_are_no_events():
    assert told(b": ping\n\nfoo: bar\n\nDATA: x\n\n") == []


def test_lines_end_at_cr_lf_and_crlf_and_nowhere_else():
    inside = "a\u2028b\u0085c\x0bd".encode()
    assert told(b"data: 1\rdata: 2\ndata: 3\r\n\r\ndata: " + inside + b"\r\r") == [
        ("", b"1\n2\n3"),
        ("", inside),
    ]


def test_a_byte_order_mark_begins_a_stream_and_nothing_else():
    bom = b"\xef\xbb\xbf"
    assert told(bom[:2], bom[2:] + b"data: 1\n\n") == [("", b"1")]
    assert told(b"data: 1\n\n" + bom + b"data: 2\n\n") == [("", b"1")]


def test_bytes_that_are_no_utf8_are_passed_on_for_the_reader_to_replace():
    assert events(b"event: \xff\nid: \xfe\ndata: \xff\n\n") == [
        ServerEvent("\ufffd", b"\xff", "\ufffd")
    ]


def test_five_megabytes_are_an_event():
    data = b"x" * 5_000_000
    frame = b"data: " + data + b"\n\n"
    assert told(*(frame[start : start + 65_536] for start in range(0, len(frame), 65_536))) == [
        ("", data)
    ]


@pytest.mark.parametrize("chunk", [b"x" * 1_000_000, b"data: " + b"x" * 1_000_000 + b"\n"])
def test_a_frame_that_never_ends_is_refused(chunk):
    decoder = Decoder()
    allowed = MAX_FRAME_BYTES // 1_000_000
    for _ in range(allowed):
        assert decoder.feed(chunk) == []
    with pytest.raises(FrameTooLargeError):
        decoder.feed(chunk)


fields = [b"data", b"event", b"id", b"retry", b"data: a\n\n", b": c\n", b"x", b"12"]
ends = [b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n"]
strange = [b"\0", b"\xff", b"\xef\xbb\xbf", "é".encode(), "\u2028".encode()]
pieces = st.sampled_from([*fields, *ends, *strange])
streams = st.lists(pieces, max_size=30).map(b"".join)


@settings(max_examples=300, deadline=None)
@example(b"\xef\xbb\xbfdata: 1\r\n\r\ndata: 2\r\r\n\n", [1, 2, 3])
@given(streams, st.lists(st.integers(0, 60)))
def test_any_stream_is_read_as_the_standard_says_however_it_is_cut(stream, cuts):
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:end] for start, end in pairwise(places)]
    decoder = Decoder()
    found = [event for chunk in chunks for event in decoder.feed(chunk)]
    expected, last = reference(stream)
    replaced = [
        event._replace(data=event.data.decode("utf-8", "replace").encode()) for event in found
    ]
    assert replaced == expected
    assert decoder.last_id == last


def test_byte_by_byte_is_the_same_as_at_once():
    stream = b"\xef\xbb\xbfid: 1\r\nevent: a\r\ndata: \xc3\xa9\r\n\r\n: c\r\rdata: 2\n\n"
    assert events(*(bytes([byte]) for byte in stream)) == events(stream)
