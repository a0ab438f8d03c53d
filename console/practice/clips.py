"""How long a media file is, read from its header: QuickTime and MP4 (mvhd) and WAV. Reads a few bytes of a file."""

import struct
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

MOST_BOXES: Final = 1000
DAY_MS: Final = 86_400_000


def duration_ms(path: str) -> int | None:
    """The length in milliseconds; None for a file that is not there or not understood."""
    try:
        changed_ns = Path(path).stat().st_mtime_ns
        return _read(path, changed_ns) if path else None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=256)
def _read(path: str, changed_ns: int) -> int | None:
    with Path(path).open("rb") as file:
        try:
            seconds = _wav_s(file) if file.read(4) == b"RIFF" else _mp4_s(file)
        except (struct.error, ZeroDivisionError):
            return None
    return round(seconds * 1000) if seconds is not None and 0 < seconds * 1000 <= DAY_MS else None


def _wav_s(file: BinaryIO) -> float | None:
    file.seek(12)
    rate = 0
    for _ in range(MOST_BOXES):
        kind, size = struct.unpack("<4sI", file.read(8))
        if kind == b"data":
            return float(size / rate)
        if kind == b"fmt ":
            rate = struct.unpack("<8xI", file.read(12))[0]  # bytes a second
            size -= 12
        file.seek(size + size % 2, 1)
    return None


def _mp4_s(file: BinaryIO) -> float | None:
    """ISO/IEC 14496-12: the movie header inside the movie box."""
    file.seek(0)
    for _ in range(MOST_BOXES):
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        if kind == b"moov":
            continue  # its boxes come next
        if kind == b"mvhd":
            version = file.read(4)[0]
            scale, length = struct.unpack(">16xIQ" if version else ">8xII", file.read(28 if version else 16))
            return float(length / scale)
        if size < header:
            return None
        file.seek(size - header, 1)
    return None
