"""The files of a recording: writers whose file is fit to open at every moment.

A writer appends, and `settle` puts right what the file's head says of its length. So whatever ends the process, the
file opens in ordinary programs and lacks the last moments only. Blocking file I/O; the recorder's process only.
"""

import contextlib
import io
import os
import struct
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SAMPLE_BYTES: Final = 3  # 24 bit
FLAC_SHARE: Final = 0.5
"""What FLAC makes of 24 bit speech and music, as a share of WAV: 0.54-0.59 measured; silence is next to nothing."""

_RIFF_LIMIT: Final = 0xFFFF_FFFF
_WAV_HEAD: Final = struct.Struct("<4sI4s 4sIQQQI 4sIHHIIHH 4sI")


class SoundFile(Protocol):
    """A file that is being recorded. `write` and `settle` raise OSError when the disk refuses."""

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns); beyond full scale is cut."""
        ...

    @property
    def whole(self) -> int:
        """How many frames the operating system has, whatever happens to this process."""
        ...

    def settle(self, frames: int) -> None:
        """Make the file say that it is so long, at most `whole`."""
        ...

    def close(self) -> None:
        """End the file with all that was written, or with what settled when the disk refuses; never raises."""
        ...


def open_file(path: Path, *, columns: int, rate_hz: int, title: str, album: str) -> SoundFile:
    """A new file, FLAC or WAV by its suffix, of 24 bit. Raises OSError; FileExistsError rather than overwrite one."""
    if path.suffix == ".wav":
        return WavFile(path, columns=columns, rate_hz=rate_hz)
    return FlacFile(path, columns=columns, rate_hz=rate_hz, title=title, album=album)


def cut(path: Path, frames: int, *, columns: int, rate_hz: int) -> None:
    """Make a file that nobody ended say that it is so long; one without a frame is removed. Raises OSError.

    One that is not there is fine: its process was killed before it made any.
    """
    if not frames:
        path.unlink(missing_ok=True)
    if not path.exists():
        return
    raw = _Raw(path, "r+")
    try:
        if path.suffix == ".wav":
            raw.at_head(0, wav_head(columns=columns, rate_hz=rate_hz, sound_bytes=frames * columns * SAMPLE_BYTES))
        else:
            _say_length(raw, frames)
    finally:
        raw.close()


class _Raw:
    """The bytes on the disk, as libsndfile wants them: its calls never raise; after a refusal nothing is written."""

    def __init__(self, path: Path, mode: str = "x+") -> None:
        self._file = io.FileIO(path, mode)
        self.refusal: OSError | None = None

    def write(self, data: bytes) -> int:
        """Append all of `data` or, when the disk refuses, nothing of it: half a block is noise. What was taken."""
        if self.refusal is not None:
            return 0
        begin, written = self._file.tell(), 0
        try:
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            self.refusal, written = error, 0
            with contextlib.suppress(OSError):
                self._file.truncate(begin)
                self._file.seek(begin)
        return written

    def read(self, size: int) -> bytes:
        """What libsndfile asks back: nothing that is being written."""
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def from_head(self, offset: int, size: int) -> bytes:
        """What stands at `offset`; goes on where the file was."""
        place = self._file.tell()
        self._file.seek(offset)
        found = self._file.read(size)
        self._file.seek(place)
        return found

    def at_head(self, offset: int, data: bytes) -> None:
        """Write `data` at `offset`; goes on where the file was. Raises OSError."""
        place = self._file.tell()
        self._file.seek(offset)
        self._file.write(data)
        self._file.seek(place)

    def check(self) -> None:
        """Raises the first refusal, if there was one."""
        if self.refusal is not None:
            raise self.refusal

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class FlacFile:
    """FLAC through libsndfile, which writes a block (some 85 ms at 48 kHz) when it is full.

    libFLAC puts the length into the head only at the end. A killed one leaves 0, "not known", for which libsndfile
    makes room for 2^63 frames: so the head is put right all along.
    """

    def __init__(self, path: Path, *, columns: int, rate_hz: int, title: str, album: str) -> None:
        self._raw = _Raw(path)
        self._sound = soundfile.SoundFile(
            self._raw, "w", samplerate=rate_hz, channels=columns, format="FLAC", subtype="PCM_24"
        )
        self._sound.title, self._sound.album = title, album
        self._fed = 0
        self._settled = 1  # never 0
        self._block_frames = 0  # told by the head, once it is there

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns)."""
        try:
            self._sound.write(samples)
        except (soundfile.LibsndfileError, AssertionError) as error:  # it asserts that all was written
            raise self._raw.refusal or OSError(str(error)) from error
        self._raw.check()
        self._fed += len(samples)
        if not self._block_frames:
            self._block_frames = int.from_bytes(self._raw.from_head(8, 2), "big")
            self.settle(0)

    @property
    def whole(self) -> int:
        """The frames in whole blocks; libFLAC ends a block when it has seen one frame more."""
        return max(0, self._fed - 1) // self._block_frames * self._block_frames if self._block_frames else 0

    def settle(self, frames: int) -> None:
        """Make the head say that the file is so long."""
        self._settled = max(1, frames)
        _say_length(self._raw, self._settled)

    def close(self) -> None:
        """End the file."""
        with contextlib.suppress(soundfile.LibsndfileError, OSError):
            self._sound.close()
            if self._raw.refusal is not None:
                _say_length(self._raw, self._settled)
        self._raw.close()


def _say_length(raw: _Raw, frames: int) -> None:
    """Put the length into a FLAC file's head, and no checksum, which is the whole file's (RFC 9639, section 8.2)."""
    packed = int.from_bytes(raw.from_head(18, 8), "big")  # 20 bits rate, 3 columns, 5 sample size, 36 length
    raw.at_head(18, (packed >> 36 << 36 | frames).to_bytes(8, "big") + bytes(16))


class WavFile:
    """WAV, which becomes RF64 when it grows over 4 GB (EBU Tech 3306: the room for that is kept from the start)."""

    def __init__(self, path: Path, *, columns: int, rate_hz: int) -> None:
        self._raw = _Raw(path)
        self._columns, self._rate_hz = columns, rate_hz
        self._frame_bytes = columns * SAMPLE_BYTES
        self._bytes = 0
        self._raw.write(self._head(0))
        self._raw.check()

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns)."""
        scaled = np.clip(np.rint(samples * np.float32(1 << 23)), -(1 << 23), (1 << 23) - 1)
        data = scaled.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :SAMPLE_BYTES].tobytes()
        self._raw.write(data)
        self._raw.check()
        self._bytes += len(data)

    @property
    def whole(self) -> int:
        """All frames."""
        return self._bytes // self._frame_bytes

    def settle(self, frames: int) -> None:
        """Make the head say that the file is so long."""
        self._raw.at_head(0, self._head(frames))

    def close(self) -> None:
        """End the file, on an even byte as RIFF wants it."""
        with contextlib.suppress(OSError):
            self.settle(self.whole)
            if self._bytes % 2 and self._raw.refusal is None:
                self._raw.write(b"\0")
        self._raw.close()

    def _head(self, frames: int) -> bytes:
        return wav_head(columns=self._columns, rate_hz=self._rate_hz, sound_bytes=frames * self._frame_bytes)


def wav_head(*, columns: int, rate_hz: int, sound_bytes: int) -> bytes:
    """The first 80 bytes of a 24 bit WAV with so much sound: RIFF up to 4 GB, RF64 above."""
    frame_bytes = columns * SAMPLE_BYTES
    size = _WAV_HEAD.size - 8 + sound_bytes + sound_bytes % 2
    form = (b"fmt ", 16, 1, columns, rate_hz, rate_hz * frame_bytes, frame_bytes, 8 * SAMPLE_BYTES)
    if size <= _RIFF_LIMIT:
        return _WAV_HEAD.pack(b"RIFF", size, b"WAVE", b"JUNK", 28, 0, 0, 0, 0, *form, b"data", sound_bytes)
    large = (b"ds64", 28, size, sound_bytes, sound_bytes // frame_bytes, 0)
    return _WAV_HEAD.pack(b"RF64", _RIFF_LIMIT, b"WAVE", *large, *form, b"data", _RIFF_LIMIT)
