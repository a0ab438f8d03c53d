"""What RTMP's sound and picture messages hold (FLV 10.1, annex E; Enhanced RTMP v1), as units for MPEG-TS. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from console.cameras.rtmp.errors import Beyond, RtmpError
from console.cameras.rtmp.mpegts import Codec

_START: Final = b"\0\0\0\x01"
# Access unit delimiters. libVLC lets go of a picture when it has read that another begins: without them when that one
# comes, a picture later. Two, since it reads the first when the second begins.
_DELIMITERS: Final = {Codec.H264: (_START + b"\x09\xf0") * 2, Codec.H265: (_START + b"\x46\x01\x50") * 2}
_HEAD, _CODED, _CODED_NOW = 0, 1, 3  # packet types; 3: without a shift, Enhanced RTMP alone
_KEY_FRAME, _COMMAND_FRAME = 1, 5
_AAC, _MP3 = 10, 2
_AVC, _HEVC = 7, 12  # 12: not in the standard, though many senders use it
_ENHANCED: Final = {b"hvc1": Codec.H265, b"avc1": Codec.H264}
_LOWEST_AAC, _HIGHEST_AAC = 1, 4  # object types that an ADTS head can tell
_EXTENDED_AAC: Final = frozenset({5, 29})  # SBR and PS on top of another


@dataclass(frozen=True, slots=True)
class Unit:
    """One picture or one frame of sound. `shift_ms`: how much later it is shown than decoded."""

    codec: Codec
    data: bytes
    is_key: bool = False
    shift_ms: int = 0


class Pictures:
    """Units out of picture messages."""

    def __init__(self) -> None:
        self._length_bytes = 4
        self._sets = b""  # parameter sets, which go before each key frame; empty: not told yet

    def unit(self, body: bytes) -> Unit | None:
        """The picture in one message; None for a head, or while none can be decoded. Raises RtmpError."""
        if not body or (kind := body[0] >> 4 & 7) == _COMMAND_FRAME:
            return None
        codec, packet, shift_ms, data = _opened(body)
        if packet == _HEAD:
            self._length_bytes, self._sets = _avc_head(data) if codec is Codec.H264 else _hevc_head(data)
        if packet not in (_CODED, _CODED_NOW) or not self._sets:
            return None
        coded = b"".join(_START + part for part in _parts(data, self._length_bytes))
        is_key = kind == _KEY_FRAME
        sets = self._sets if is_key else b""
        return Unit(codec, sets + coded + _DELIMITERS[codec], is_key, shift_ms) if coded else None


def _opened(body: bytes) -> tuple[Codec, int, int, bytes]:
    """Codec, packet type, shift and data of a picture message."""
    if body[0] & 0x80:
        codec, packet = _ENHANCED.get(body[1:5]), body[0] & 15
        head = 8 if packet == _CODED else 5
    else:
        codec, packet = {_AVC: Codec.H264, _HEVC: Codec.H265}.get(body[0] & 15), body[1] if len(body) > 1 else _HEAD
        head = 5
    if codec is None:
        raise Beyond("a picture of another codec")
    if len(body) < head:
        raise RtmpError("a picture is cut off")
    has_shift = packet == _CODED
    shift_ms = int.from_bytes(body[head - 3 : head], signed=True) if has_shift else 0
    return codec, packet, shift_ms, body[head:]


def _parts(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """Network abstraction layer units, each after its length."""
    at = 0
    while at + length_bytes <= len(data):
        size = int.from_bytes(data[at : at + length_bytes])
        at += length_bytes
        if at + size > len(data):
            raise RtmpError("a picture is cut off")
        yield data[at : at + size]
        at += size


def _avc_head(data: bytes) -> tuple[int, bytes]:
    """Bytes of a length, and the parameter sets, of a decoder configuration record (ISO 14496-15, clause 5.3.3.1)."""
    reader = _Reader(data)
    length_bytes = (reader.take(5)[4] & 3) + 1
    sets = [reader.sized() for _ in range(reader.number(1) & 31)]
    sets += [reader.sized() for _ in range(reader.number(1))]
    return length_bytes, b"".join(_START + part for part in sets)


def _hevc_head(data: bytes) -> tuple[int, bytes]:
    """The same for H.265 (ISO 14496-15, clause 8.3.3.1)."""
    reader = _Reader(data)
    length_bytes = (reader.take(22)[21] & 3) + 1
    sets = []
    for _ in range(reader.number(1)):
        reader.take(1)  # what kind of sets
        sets += [reader.sized() for _ in range(reader.number(2))]
    return length_bytes, b"".join(_START + part for part in sets)


class Sounds:
    """Units out of sound messages."""

    def __init__(self) -> None:
        self._head: tuple[int, int, int] | None = None  # object type, rate index, channels

    def unit(self, body: bytes) -> Unit | None:
        """The frame of sound in one message; None for a head, or while none can be decoded. Raises RtmpError."""
        if len(body) < 2:
            return None
        form = body[0] >> 4
        if form == _MP3:
            return Unit(Codec.MP3, body[1:])
        if form != _AAC:
            raise Beyond("sound of another codec")
        if body[1] == _HEAD:
            self._head = _aac_head(body[2:])
            return None
        if self._head is None or len(body) == 2:
            return None
        return Unit(Codec.AAC, _adts(*self._head, len(body) - 2) + body[2:])


def _aac_head(data: bytes) -> tuple[int, int, int]:
    """Object type, rate index and channels of an AudioSpecificConfig (ISO 14496-3, clause 1.6.2.1)."""
    bits = int.from_bytes(data[:8].ljust(8, b"\0"))
    kind, rate, channels = bits >> 59, bits >> 55 & 15, bits >> 51 & 15
    if kind in _EXTENDED_AAC and rate != 15 and bits >> 47 & 15 != 15:
        kind = bits >> 42 & 31
    if not _LOWEST_AAC <= kind <= _HIGHEST_AAC or rate > 12 or not 1 <= channels <= 7:
        raise Beyond("AAC of a kind that MPEG-TS cannot tell")
    return kind, rate, channels


def _adts(kind: int, rate: int, channels: int, size: int) -> bytes:
    """The head of one frame (ISO 14496-3, clause 1.A.2.2)."""
    bits = 0xFFF1 << 40 | (kind - 1) << 38 | rate << 34 | channels << 30 | (size + 7 & 0x1FFF) << 13 | 0x7FF << 2
    return bits.to_bytes(7)


class _Reader:
    """Takes bytes from the front. Raises RtmpError when there are none left."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) < count:
            raise RtmpError("a stream's head is cut off")
        self._at += count
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count))

    def sized(self) -> bytes:
        return self.take(self.number(2))
