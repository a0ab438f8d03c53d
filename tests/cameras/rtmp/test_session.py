"""The conversation with a server, up to the stream and to its end."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.rtmp import amf
from console.cameras.rtmp.chunks import Message, chunked
from console.cameras.rtmp.errors import Beyond, Refused, RtmpError, StreamEnded
from console.cameras.rtmp.session import Place, Session
from tests.cameras.rtmp.server import GREETING, ServerSide, told

URL = "rtmp://192.0.2.1/live/cam?token=1"
MEDIA = [Message(9, 5, b"picture"), Message(8, 5, b"sound" * 60), Message(9, 5, b"more")]


def talk(session: Session, server: ServerSide) -> list[Message]:
    """Both talk until neither has a word to say."""
    media: list[Message] = []
    while words := session.answer():
        if answer := server.feed(words):
            media += session.feed(answer)
    return media


def playing() -> tuple[Session, ServerSide]:
    session, server = Session(Place.of(URL)), ServerSide([])
    talk(session, server)
    return session, server


def test_the_stream_that_is_asked_for_is_played() -> None:
    session, server = Session(Place.of(URL)), ServerSide(MEDIA)
    assert talk(session, server) == MEDIA
    connect, create, play = server.commands
    assert isinstance(connect[2], dict)
    assert (connect[2]["app"], connect[2]["tcUrl"]) == ("live", "rtmp://192.0.2.1/live")
    assert create[:2] == ["createStream", 2.0]
    assert play == ["play", 0.0, None, "cam?token=1", -2000.0]
    assert server.echo == bytes(8) + b"s" * (GREETING - 8)


@pytest.mark.parametrize(
    ("url", "application", "name"),
    [
        ("rtmp://h/app/name", "app", "name"),
        ("rtmp://h:1936/app/instance/a/b", "app/instance", "a/b"),
        ("RTMP://[2001:db8::1]:1935/app/name?a=b", "app", "name?a=b"),
    ],
)
def test_an_address_names_application_and_stream(url: str, application: str, name: str) -> None:
    place = Place.of(url)
    assert (place.application, place.name) == (application, name)


@pytest.mark.parametrize(
    "url",
    ["rtmp://ann:key@h/app/name", "rtmp://h/app", "rtmps://h/app/name", "rtmp://h:99999/a/b", "rtmp://[h/a/b", "/a"],
)
def test_other_addresses_are_left_to_libvlc(url: str) -> None:
    with pytest.raises(Beyond):
        Place.of(url)


def test_a_server_that_asks_is_answered() -> None:
    session, server = playing()
    server.others.clear()
    session.feed(chunked(2, Message(6, 0, (1000).to_bytes(4) + b"\2")))
    session.feed(chunked(2, Message(4, 0, b"\0\6abcd")))
    talk(session, server)
    assert server.others == [Message(5, 0, (2_500_000).to_bytes(4)), Message(4, 0, b"\0\7abcd")]


def test_a_server_learns_how_much_came() -> None:
    session, server = playing()
    session.feed(chunked(2, Message(5, 0, (10_000).to_bytes(4))))
    server.others.clear()
    for _ in range(20):
        session.feed(chunked(6, Message(9, 5, bytes(2_000))))
        talk(session, server)
    told_of = [int.from_bytes(message.body) for message in server.others if message.kind == 3]
    assert 3 <= len(told_of) <= 5
    assert told_of == sorted(told_of)
    assert 0 <= session._came - told_of[-1] < 10_000


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("onStatus", 0.0, None, {"level": "error", "code": "NetStream.Play.StreamNotFound"}), Refused),
        (("_error", 1.0, None, {"code": "NetConnection.Connect.Rejected", "description": "no"}), Refused),
        (("onStatus", 0.0, None, {"level": "status", "code": "NetStream.Play.UnpublishNotify"}), StreamEnded),
        (("close",), StreamEnded),
        (("_result", 2.0, None), RtmpError),
    ],
)
def test_a_server_that_says_no_or_stops_is_understood(words: tuple[amf.Value, ...], error: type[RtmpError]) -> None:
    session, _ = playing()
    with pytest.raises(error) as raised:
        session.feed(told(*words))
    told_of = words[-1]
    assert not isinstance(told_of, dict) or str(told_of["code"]) in str(raised.value)


def test_a_stream_that_ends_by_control_ends() -> None:
    session, _ = playing()
    with pytest.raises(StreamEnded):
        session.feed(chunked(2, Message(4, 0, b"\0\1\0\0\0\5")))


def test_messages_in_one_are_taken_apart() -> None:
    session, _ = playing()
    tags = [
        bytes([kind]) + len(body).to_bytes(3) + bytes(7) + body + bytes(4)
        for kind, body in ((9, b"a"), (18, b"b"), (8, b"c"))
    ]
    assert session.feed(chunked(6, Message(22, 5, b"".join(tags)))) == [Message(9, 5, b"a"), Message(8, 5, b"c")]


def test_another_protocol_is_not_ours() -> None:
    with pytest.raises(Beyond):
        Session(Place.of(URL)).feed(b"HTTP/1.1 400")


@given(st.lists(st.tuples(st.integers(3, 22), st.binary(max_size=120)), max_size=5))
def test_garbage_is_an_error_of_the_line_at_worst(junk: list[tuple[int, bytes]]) -> None:
    session, _ = playing()
    with contextlib.suppress(RtmpError):
        session.feed(b"".join(chunked(4, Message(kind, 0, body)) for kind, body in junk))
