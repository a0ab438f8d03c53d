"""Coded pictures and sound as MPEG-TS (ISO 13818-1), which libVLC plays without looking at it for seconds first. Pure.

One programme of at most one picture and one sound. Time stamps are in 1/HZ seconds.
"""

from collections import Counter
from enum import IntEnum
from typing import Final

PACKET: Final = 188
HZ: Final = 90_000
_TABLES, _MAP, _PICTURE, _SOUND = 0x0000, 0x1000, 0x0100, 0x0101  # packet identifiers
_LONGEST: Final = 65_000  # bytes of a part whose length can be told (16 bits): nobody has to wait for its end
_ROOM: Final = PACKET - 4
_WRAP: Final = 1 << 33
_SYNC: Final = 0x47000000


class Codec(IntEnum):
    """Kinds of coded streams, as the programme's map names them."""

    MP3 = 0x03
    AAC = 0x0F
    H264 = 0x1B
    H265 = 0x24

    @property
    def is_picture(self) -> bool:
        """True for pictures, False for sound."""
        return self in (Codec.H264, Codec.H265)


class Multiplexer:
    """Writes packets. Say `has` before the first unit of a stream."""

    def __init__(self) -> None:
        self._codecs: dict[int, Codec] = {}  # by packet identifier
        self._version = 0
        self._counters: Counter[int] = Counter()

    def has(self, codec: Codec) -> bytes:
        """From here on there is such a stream, the one picture or sound. Returns the tables when that is new."""
        pid = _PICTURE if codec.is_picture else _SOUND
        if self._codecs.get(pid) == codec:
            return b""
        self._codecs[pid] = codec
        self._version = (self._version + 1) % 32
        return self.tables()

    def tables(self) -> bytes:
        """What a reader must have first: which programme there is, and what is in it."""
        programmes = _section(0x00, 0, b"\x00\x01" + (0xE000 | _MAP).to_bytes(2))
        streams = (bytes([c]) + (0xE000 | pid).to_bytes(2) + b"\xf0\x00" for pid, c in sorted(self._codecs.items()))
        clock = (0xE000 | min(self._codecs)).to_bytes(2) + b"\xf0\x00"
        map_ = _section(0x02, self._version, clock + b"".join(streams))
        return self._table(_TABLES, programmes) + self._table(_MAP, map_)

    def unit(self, codec: Codec, data: bytes, pts: int, dts: int) -> bytes:
        """One picture or frame of sound, shown at `pts` and decoded at `dts`."""
        pid, name = (_PICTURE, 0xE0) if codec.is_picture else (_SOUND, 0xC0)
        clock = dts if pid == min(self._codecs) else None
        stamps = _stamp(3, pts) + _stamp(1, dts)
        packets = []
        for at in range(0, len(data), _LONGEST):
            head = b"\xc0\x0a" + stamps if not at else b"\0\0"
            part = data[at : at + _LONGEST]
            length = (len(head) + 1 + len(part)).to_bytes(2)
            pes = b"\0\0\x01" + bytes([name]) + length + b"\x80" + head + part
            packets.append(self._packets(pid, pes, clock if not at else None))
        return b"".join(packets)

    def clock(self, now: int) -> bytes:
        """One packet that says: it is `now`. There must be a stream already."""
        pid = min(self._codecs)
        head = _SYNC | pid << 8 | 0x20 | (self._counters[pid] - 1) % 16  # what bears no data does not count
        return head.to_bytes(4) + _filled(_time(now), _ROOM)

    def _table(self, pid: int, section: bytes) -> bytes:
        return self._packets(pid, (b"\0" + section).ljust(_ROOM, b"\xff"))

    def _packets(self, pid: int, data: bytes, clock: int | None = None) -> bytes:
        """`data` in packets of its own; the first bears the `clock`, the last is filled up."""
        field = b"" if clock is None else _time(clock)
        packets, at = [], 0
        while at < len(data):
            part = data[at : at + _ROOM - len(field)]
            field = _filled(field, _ROOM - len(part))
            marks = (0x400000 if not at else 0) | (0x30 if field else 0x10)  # it begins here; there is a field
            head = _SYNC | pid << 8 | marks | self._counters[pid] % 16
            packets.append(head.to_bytes(4) + field + part)
            self._counters[pid] += 1
            field, at = b"", at + len(part)
        return b"".join(packets)


def _time(now: int) -> bytes:
    """An adaptation field with the programme's clock."""
    return b"\x07\x10" + (now % _WRAP << 15 | 0x7E00).to_bytes(6)


def _filled(field: bytes, size: int) -> bytes:
    """The adaptation field (its length is its first byte) made `size` long (clause 2.4.3.4)."""
    if len(field) >= size:
        return field
    flags = field[1:] or b"\0"[: size - 1]
    return bytes([size - 1]) + flags.ljust(size - 1, b"\xff")


def _section(table: int, version: int, body: bytes) -> bytes:
    """A section of a table with its check sum (clause 2.4.4)."""
    section = (
        bytes([table]) + (0xB000 | len(body) + 9).to_bytes(2) + b"\x00\x01" + bytes([0xC1 | version << 1, 0, 0]) + body
    )
    return section + _crc32(section).to_bytes(4)


def _crc32(data: bytes) -> int:
    """The check sum of Annex A."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


def _stamp(mark: int, time: int) -> bytes:
    """A time stamp of 33 bits with its marker bits (clause 2.4.3.6)."""
    time %= _WRAP
    return (
        mark << 36 | (time >> 30) << 33 | 1 << 32 | (time >> 15 & 0x7FFF) << 17 | 1 << 16 | (time & 0x7FFF) << 1 | 1
    ).to_bytes(5)
