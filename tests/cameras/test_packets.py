"""MPEG-TS in datagrams: every packet once, in order, whatever the pieces in which the bytes come."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.packets import LONGEST_WAIT, PACKET, PER_DATAGRAM, SYNC, Packets


def packet(number: int) -> bytes:
    return bytes([SYNC]) + number.to_bytes(2, "big") * 93 + b"\0"


def cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(each, len(data)) for each in at), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(st.integers(3, 40), st.binary(max_size=400).map(lambda junk: junk.replace(b"\x47", b"\0")), st.data())
def test_every_packet_comes_out_once_and_whole_whatever_came_before_and_in_which_pieces(
    count: int, junk: bytes, data: st.DataObject
) -> None:
    stream = junk + b"".join(packet(number) for number in range(count))
    packets = Packets()
    pieces = cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    out = [datagram for piece in pieces for datagram in packets.feed(piece)]
    assert b"".join(out) == stream[len(junk) :]
    assert all(len(each) % PACKET == 0 and 0 < len(each) <= PACKET * PER_DATAGRAM for each in out)
    assert packets.is_ts


@given(st.integers(3, 10), st.integers(1, 187), st.integers(5, 10))
def test_a_torn_packet_costs_itself_alone(before: int, torn: int, after: int) -> None:
    first = b"".join(packet(number) for number in range(before))
    then = b"".join(packet(number) for number in range(600, 600 + after))
    packets = Packets()
    out = b"".join(packets.feed(first + packet(500)[:torn] + then))
    lost = len(first) + len(then) - len(out)
    assert out.startswith(first)
    assert out.endswith(packet(600 + after - 1))
    assert lost <= PACKET  # what follows a torn packet may be taken for its rest


@given(st.binary(max_size=2_000))
def test_whatever_comes_what_goes_out_are_packets(junk: bytes) -> None:
    packets = Packets()
    out = b"".join(packets.feed(junk))
    assert len(out) % PACKET == 0
    assert all(out[at] == SYNC for at in range(0, len(out), PACKET))


def test_what_is_no_mpeg_ts_is_named_and_takes_no_memory() -> None:
    packets = Packets()
    for _ in range(LONGEST_WAIT // 1_000 + 2):
        assert packets.feed(b"\x46" * 1_000) == []
    assert packets.is_ts is False
    assert len(packets._rest) < 2_000
