"""Messages out of chunks, in whatever pieces the bytes come."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.rtmp.chunks import LARGEST_BYTES, ChunkReader, Kind, Message, chunked
from console.cameras.rtmp.errors import RtmpError

MESSAGES = st.builds(Message, st.integers(3, 22), st.integers(0, 9), st.binary(max_size=400))


@given(st.lists(st.tuples(st.integers(2, 63), MESSAGES), max_size=6), st.data())
def test_messages_come_out_whole_and_in_order(sent: list[tuple[int, Message]], data: st.DataObject) -> None:
    stream = b"".join(chunked(lane, message) for lane, message in sent)
    edges = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = ChunkReader()
    pieces = [stream[start:end] for start, end in itertools.pairwise([0, *edges, len(stream)])]
    assert [message for piece in pieces for message in reader.feed(piece)] == [message for _, message in sent]


def test_a_larger_chunk_size_counts_from_the_next_chunk_on() -> None:
    reader = ChunkReader()
    reader.feed(chunked(2, Message(Kind.SET_CHUNK_SIZE, 0, (4096).to_bytes(4))))
    body = bytes(3000)
    head = b"\x04" + bytes(3) + len(body).to_bytes(3) + b"\x09" + bytes(4)
    assert reader.feed(head + body) == [Message(9, 0, body)]


def test_lanes_are_kept_apart_and_short_heads_repeat_what_was() -> None:
    one, two = Message(9, 1, bytes(range(200))), Message(8, 1, b"sound")
    first, second = chunked(6, one)[: 12 + 128], chunked(6, one)[12 + 128 :]
    reader = ChunkReader()
    assert reader.feed(first + chunked(4, two) + second) == [two, one]
    assert reader.feed(b"\x84" + bytes(3) + b"again") == [Message(8, 1, b"again")]  # only a time
    assert reader.feed(b"\xc4third") == [Message(8, 1, b"third")]
    assert reader.feed(b"\x44" + bytes(3) + b"\0\0\x02\x09hi") == [Message(9, 1, b"hi")]  # another kind and size


def test_a_time_beyond_four_hours_is_told_in_each_chunk() -> None:
    long = b"\xff\xff\xff"
    head = b"\x04" + long + (130).to_bytes(3) + b"\x09" + bytes(4) + b"TIME"
    assert ChunkReader().feed(head + bytes(128) + b"\xc4TIME" + bytes(2)) == [Message(9, 0, bytes(130))]


def test_lanes_with_numbers_beyond_63_are_read() -> None:
    head = bytes(3) + b"\0\0\x02\x09" + bytes(4)
    reader = ChunkReader()
    assert reader.feed(b"\x00\x05" + head + b"hi") == reader.feed(b"\x01\x05\x01" + head + b"hi")


@given(st.binary(max_size=600))
def test_garbage_is_an_error_of_the_line_at_worst(junk: bytes) -> None:
    with contextlib.suppress(RtmpError):
        ChunkReader().feed(junk)


def test_nobody_fills_the_memory() -> None:
    with pytest.raises(RtmpError, match="bytes"):
        ChunkReader().feed(b"\x04" + bytes(3) + (LARGEST_BYTES + 1).to_bytes(3) + b"\x09" + bytes(4))
    with pytest.raises(RtmpError, match="many"):
        ChunkReader().feed(b"".join(chunked(lane, Message(9, 0, b"x")) for lane in range(2, 64)) + _high(6))


def _high(count: int) -> bytes:
    return b"".join(bytes([0, number]) + bytes(3) + b"\0\0\x01\x09" + bytes(4) + b"x" for number in range(count))
