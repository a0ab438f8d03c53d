"""The files of a recording: writers whose file is fit to open at every moment.

A writer appends, and `settle` puts right what the file's head says of its length. So whatever ends the process, the
file opens in ordinary programs and lacks the last moments only. Blocking file I/O; the recorder's process only.
"""

import os
import struct
from collections.abc import Callable
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
    """A file that is being recorded. Every method but `close` raises OSError when the disk refuses."""

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns); beyond full scale is cut."""
        ...

    def settle(self) -> int:
        """Make the file say how long it is; how many frames it is now sure to give back."""
        ...

    def close(self) -> None:
        """End the file whole, as far as the disk lets it; never raises."""
        ...


def open_file(path: Path, *, columns: int, rate_hz: int, title: str, album: str) -> SoundFile:
    """A new file, FLAC or WAV by its suffix, of 24 bit. Raises OSError; FileExistsError rather than overwrite one."""
    if path.suffix == ".wav":
        return WavFile(path, columns=columns, rate_hz=rate_hz)
    return FlacFile(path, columns=columns, rate_hz=rate_hz, title=title, album=album)


class _Raw:
    """The bytes on the disk, as libsndfile wants them: its calls never raise, the first refusal is kept."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("x+b", buffering=0)
        self.refusal: OSError | None = None

    def write(self, data: bytes) -> int:
        """Append all of `data`; how much of it was taken, less only after a refusal."""
        written = 0
        try:
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            self.refusal = self.refusal or error
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

    def at_head(self, offset: int, change: Callable[[bytes], bytes], size: int) -> None:
        """Change `size` bytes at `offset`, and go on where the file was."""
        place = self._file.tell()
        self._file.seek(offset)
        changed = change(self._file.read(size))
        self._file.seek(offset)
        self._file.write(changed)
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

    libFLAC puts the length into the head (STREAMINFO, RFC 9639 section 8.2) only at the end. A killed one leaves 0,
    "not known", with which libsndfile reads nothing: so the head is put right all along.
    """

    def __init__(self, path: Path, *, columns: int, rate_hz: int, title: str, album: str) -> None:
        self._raw = _Raw(path)
        self._sound = soundfile.SoundFile(
            self._raw, "w", samplerate=rate_hz, channels=columns, format="FLAC", subtype="PCM_24"
        )
        self._sound.title, self._sound.album = title, album
        self._fed = 0
        self._whole = 0
        self._block_frames = 0  # told by the head, once it is there

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns)."""
        try:
            self._sound.write(samples)
        except (soundfile.LibsndfileError, AssertionError) as error:  # it asserts that all was written
            raise self._raw.refusal or OSError(str(error)) from error
        self._raw.check()
        self._fed += len(samples)

    def settle(self) -> int:
        """Make the head say how many frames stand in whole blocks, and return that."""
        if not self._block_frames:
            self._raw.at_head(8, self._read_block, 2)
        if self._block_frames:
            # libFLAC ends a block when it has seen one frame more
            self._whole = max(0, self._fed - 1) // self._block_frames * self._block_frames
            self._say_length()
        return self._whole

    def close(self) -> None:
        """End the file; after a refusal it keeps what had settled."""
        try:
            self._sound.close()
            if self._raw.refusal is not None:
                self._say_length()
        except (soundfile.LibsndfileError, OSError):
            pass  # the head says what had settled
        self._raw.close()

    def _read_block(self, head: bytes) -> bytes:
        self._block_frames = int.from_bytes(head, "big")
        return head

    def _say_length(self) -> None:
        def change(head: bytes) -> bytes:  # 20 bits rate, 3 columns, 5 sample size, 36 length in frames
            return (int.from_bytes(head, "big") >> 36 << 36 | self._whole).to_bytes(8, "big")

        self._raw.at_head(18, change, 8)


class WavFile:
    """WAV, which becomes RF64 when it grows over 4 GB (EBU Tech 3306: the room for that is kept from the start)."""

    def __init__(self, path: Path, *, columns: int, rate_hz: int) -> None:
        self._raw = _Raw(path)
        self._columns, self._rate_hz = columns, rate_hz
        self._bytes = 0
        self._raw.write(self._head())
        self._raw.check()

    def write(self, samples: Samples) -> None:
        """Append float32 of shape (frames, columns)."""
        scaled = np.clip(np.rint(samples * np.float32(1 << 23)), -(1 << 23), (1 << 23) - 1)
        data = scaled.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :SAMPLE_BYTES].tobytes()
        self._raw.write(data)
        self._raw.check()
        self._bytes += len(data)

    def settle(self) -> int:
        """Make the head say how long the file is; its frames."""
        head = self._head()
        self._raw.at_head(0, lambda _: head, len(head))
        return self._bytes // (self._columns * SAMPLE_BYTES)

    def close(self) -> None:
        """End the file, to an even length as RIFF wants it."""
        try:
            self.settle()
            if self._bytes % 2 and self._raw.refusal is None:
                self._raw.write(b"\0")
        except OSError:
            pass  # the head says what had settled
        self._raw.close()

    def _head(self) -> bytes:
        return wav_head(columns=self._columns, rate_hz=self._rate_hz, sound_bytes=self._bytes)


def wav_head(*, columns: int, rate_hz: int, sound_bytes: int) -> bytes:
    """The first 80 bytes of a 24 bit WAV with so much sound: RIFF up to 4 GB, RF64 above."""
    frame_bytes = columns * SAMPLE_BYTES
    size = _WAV_HEAD.size - 8 + sound_bytes + sound_bytes % 2
    form = (b"fmt ", 16, 1, columns, rate_hz, rate_hz * frame_bytes, frame_bytes, 8 * SAMPLE_BYTES)
    if size <= _RIFF_LIMIT:
        return _WAV_HEAD.pack(b"RIFF", size, b"WAVE", b"JUNK", 28, 0, 0, 0, 0, *form, b"data", sound_bytes)
    large = (b"ds64", 28, size, sound_bytes, sound_bytes // frame_bytes, 0)
    return _WAV_HEAD.pack(b"RF64", _RIFF_LIMIT, b"WAVE", *large, *form, b"data", _RIFF_LIMIT)
