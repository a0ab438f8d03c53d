"""What messages hold, and garbage in them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.rtmp.errors import Beyond, RtmpError
from console.cameras.rtmp.flv import Pictures, Sounds
from console.cameras.rtmp.mpegts import Codec

AVC_HEAD = b"\x17\0\0\0\0" + b"\1\x64\0\x1f\xff\xe1\0\3SPS\1\0\3PPS"
START = b"\0\0\0\1"
DELIMITERS = (START + b"\x09\xf0") * 2


def coded(first: int, *parts: bytes, shift: int = 0) -> bytes:
    return bytes([first, 1]) + shift.to_bytes(3, signed=True) + b"".join(len(part).to_bytes(4) + part for part in parts)


def test_a_key_frame_brings_what_is_needed_to_decode_it() -> None:
    pictures = Pictures()
    assert pictures.unit(coded(0x17, b"early")) is None
    assert pictures.unit(AVC_HEAD) is None
    key, other = pictures.unit(coded(0x17, b"key", b"frame", shift=40)), pictures.unit(coded(0x27, b"other", shift=-1))
    assert key is not None
    assert (key.codec, key.is_key, key.shift_ms) == (Codec.H264, True, 40)
    assert key.data == START + b"SPS" + START + b"PPS" + START + b"key" + START + b"frame" + DELIMITERS
    assert other is not None
    assert (other.is_key, other.shift_ms, other.data) == (False, -1, START + b"other" + DELIMITERS)


@pytest.mark.parametrize("body", [b"\x12\0", b"\x90av01"])
def test_a_picture_of_another_codec_is_left_to_libvlc(body: bytes) -> None:
    with pytest.raises(Beyond):
        Pictures().unit(body)


@pytest.mark.parametrize("body", [b"\x72\0", b"\xaf\0\xf8\0", b"\xaf\0\x12\x00"])
def test_a_sound_of_another_codec_is_left_to_libvlc(body: bytes) -> None:
    with pytest.raises(Beyond):
        Sounds().unit(body)


def test_sound_gets_a_head_of_its_own() -> None:
    sounds = Sounds()
    assert sounds.unit(b"\xaf\1early") is None
    assert sounds.unit(b"\xaf\0\x12\x10") is None  # AAC-LC, 44.1 kHz, stereo
    unit = sounds.unit(b"\xaf\1frame")
    assert unit is not None
    assert unit.data == b"\xff\xf1\x50\x80\x01\x9f\xfc" + b"frame"
    mp3 = sounds.unit(b"\x2fframe")
    assert mp3 is not None
    assert (mp3.codec, mp3.data) == (Codec.MP3, b"frame")


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_garbage_is_an_error_of_the_line_at_worst(junk: list[bytes]) -> None:
    for reader, head in ((Pictures(), AVC_HEAD), (Sounds(), b"\xaf\0\x12\x10")):
        reader.unit(head)
        for body in junk:
            with contextlib.suppress(RtmpError):
                reader.unit(body)
