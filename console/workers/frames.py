"""Pictures from a worker to the console through shared memory: three buffers and a sequence number.

One writer process, one reader process, neither ever waits for the other. Pixels are BGRX, 4 bytes each. The reader
marks the buffer that it shows, and the writer never writes into that one: a picture stays whole until the next
`latest`, however slow the painter is. All header words are 8 aligned bytes, written in one piece.
"""

import itertools
from dataclasses import dataclass
from typing import Final

BUFFERS: Final = 3
BYTES_PER_PIXEL: Final = 4
ALIGN: Final = 64  # bytes; what libVLC and swscale want of a picture's start

_MAGIC: Final = 0x31454D4152464443  # "CDFRAME1"
# words of the header
_HEAD_MAGIC, _CLAIMED, _PUBLISHED, _SHOWN, _TIME_NS, _SOURCE = range(6)
_SLOTS: Final = 8
# words of each buffer's own part: sequence (0: being written), time, and the shape
_SLOT_WORDS: Final = 8
_SEQUENCE, _SLOT_TIME_NS, _WIDTH, _HEIGHT, _STRIDE = range(5)
_HEADER_BYTES: Final = 256
_NOTHING: Final = BUFFERS  # no buffer is shown


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: BGRX rows of `stride` bytes; whole until the reader's next `latest`."""

    sequence: int
    width: int
    height: int
    stride: int
    mono_ns: int
    pixels: memoryview


def frames_size(max_width: int, max_height: int) -> int:
    """Bytes of shared memory for pictures of up to `max_width` x `max_height` pixels."""
    return _HEADER_BYTES + BUFFERS * _room(max_width, max_height)


def stride_of(width: int) -> int:
    """Bytes of one row of `width` pixels."""
    return _aligned(width * BYTES_PER_PIXEL)


def _aligned(size: int) -> int:
    return -(-size // ALIGN) * ALIGN


def _room(width: int, height: int) -> int:
    return stride_of(width) * height


class _Shared:
    """The header's words and the three buffers of one shared memory."""

    def __init__(self, buffer: memoryview) -> None:
        self._words = buffer[:_HEADER_BYTES].cast("Q")
        self._bytes = buffer
        self._room = (len(buffer) - _HEADER_BYTES) // BUFFERS // ALIGN * ALIGN

    def _slot(self, index: int) -> int:
        return _SLOTS + index * _SLOT_WORDS

    def _start(self, index: int) -> int:
        return _HEADER_BYTES + index * self._room


class FrameWriter(_Shared):
    """The worker's side. A new writer on the memory of one that died goes on with its sequence."""

    def __init__(self, buffer: memoryview) -> None:
        super().__init__(buffer)
        if self._words[_HEAD_MAGIC] != _MAGIC:
            self._words[_SHOWN] = _NOTHING
            self._words[_HEAD_MAGIC] = _MAGIC
        self._words[_CLAIMED] = _NOTHING
        self._open: int | None = None
        self._shape = (0, 0)

    def fits(self, width: int, height: int) -> bool:
        """True when a picture of that size has room."""
        return width > 0 and height > 0 and _room(width, height) <= self._room

    def begin(self, width: int, height: int) -> memoryview:
        """The buffer to write the next picture into, rows of `stride_of(width)` bytes; then `commit`.

        Raises ValueError when the size has no room.
        """
        start, size = self.begin_at(width, height)
        return self._bytes[start : start + size]

    def begin_at(self, width: int, height: int) -> tuple[int, int]:
        """As `begin`, as offset and length within the shared memory (for libraries that write by address)."""
        if not self.fits(width, height):
            raise ValueError(f"{width}x{height} does not fit into the shared memory")
        index = self._claim()
        self._words[self._slot(index) + _SEQUENCE] = 0
        self._open, self._shape = index, (width, height)
        return self._start(index), _room(width, height)

    def _claim(self) -> int:
        """A buffer that is neither the newest nor shown.

        Claim first, then ask what is shown; the reader shows first, then asks what is claimed: whatever the order,
        one of the two sees the other and gives way.
        """
        words = self._words
        published = words[_PUBLISHED]
        free = [i for i in range(BUFFERS) if not published or words[self._slot(i) + _SEQUENCE] != published]
        free.sort(key=lambda i: words[self._slot(i) + _SEQUENCE])
        for index in itertools.cycle(free):  # a second round only when the reader moved on meanwhile
            if words[_SHOWN] == index:
                continue
            words[_CLAIMED] = index
            if words[_SHOWN] != index:
                return index
        raise AssertionError("at least two of three buffers are free")

    def commit(self, mono_ns: int) -> int:
        """Publish what was written since `begin`; returns its sequence number, from 1."""
        if self._open is None:
            raise ValueError("nothing was begun")
        words, slot, (width, height) = self._words, self._slot(self._open), self._shape
        sequence = words[_PUBLISHED] + 1
        words[slot + _SLOT_TIME_NS] = mono_ns
        words[slot + _WIDTH] = width
        words[slot + _HEIGHT] = height
        words[slot + _STRIDE] = stride_of(width)
        words[slot + _SEQUENCE] = sequence
        words[_CLAIMED] = _NOTHING
        words[_TIME_NS] = mono_ns
        words[_PUBLISHED] = sequence
        self._open = None
        return sequence

    def write(self, width: int, height: int, pixels: bytes | memoryview, *, mono_ns: int) -> int:
        """Publish a whole picture of rows of `stride_of(width)` bytes; returns its sequence number."""
        self.begin(width, height)[:] = pixels
        return self.commit(mono_ns)

    def newest_at(self) -> int | None:
        """Where the newest picture starts within the shared memory; None when there is none."""
        for index in range(BUFFERS):
            sequence = self._words[self._slot(index) + _SEQUENCE]
            if sequence and sequence == self._words[_PUBLISHED]:
                return self._start(index)
        return None

    def touch(self, mono_ns: int) -> None:
        """Say that pictures still arrive, though none was published: they only repeat the newest."""
        self._words[_TIME_NS] = max(self._words[_TIME_NS], mono_ns)

    def set_source(self, width: int, height: int) -> None:
        """Note the size of the source itself, before scaling."""
        self._words[_SOURCE] = width << 32 | height


class FrameReader(_Shared):
    """The console's side: the newest picture without copying. One reader per memory."""

    @property
    def sequence(self) -> int:
        """How many pictures were ever published; the same number means nothing new."""
        return self._words[_PUBLISHED]

    @property
    def mono_ns(self) -> int:
        """When a picture last arrived, new or a repeat of the newest, monotonic nanoseconds; 0 when there is none."""
        return self._words[_TIME_NS]

    @property
    def source_size(self) -> tuple[int, int]:
        """Width and height of the source before scaling; zeros when not known yet."""
        packed = self._words[_SOURCE]
        return packed >> 32, packed & 0xFFFFFFFF

    def latest(self) -> Frame | None:
        """The newest picture; None when there is none. Frees the picture that was handed out before."""
        words = self._words
        for _ in range(BUFFERS):  # the writer may overtake us between any two lines
            sequence = words[_PUBLISHED]
            if not sequence or words[_HEAD_MAGIC] != _MAGIC:
                return None
            for index in range(BUFFERS):
                slot = self._slot(index)
                if words[slot + _SEQUENCE] != sequence:
                    continue
                words[_SHOWN] = index
                if words[_CLAIMED] != index and words[slot + _SEQUENCE] == sequence:
                    return self._frame(index, sequence)
        return None

    def peek(self) -> Frame | None:
        """The newest picture without holding it: for a second reader, who asks `is_whole` when it matters."""
        words = self._words
        sequence = words[_PUBLISHED]
        for index in range(BUFFERS):
            if sequence and words[self._slot(index) + _SEQUENCE] == sequence:
                return self._frame(index, sequence)
        return None

    def is_whole(self, frame: Frame) -> bool:
        """True while nobody has written into `frame` since `latest`; ask after copying when in doubt."""
        return any(self._words[self._slot(index) + _SEQUENCE] == frame.sequence for index in range(BUFFERS))

    def _frame(self, index: int, sequence: int) -> Frame | None:
        words, slot = self._words, self._slot(index)
        width, height, stride = words[slot + _WIDTH], words[slot + _HEIGHT], words[slot + _STRIDE]
        size = stride * height
        if not 0 < size <= self._room or width * BYTES_PER_PIXEL > stride:
            return None  # a worker that writes nonsense must not make the console read outside
        start = self._start(index)
        return Frame(sequence, width, height, stride, words[slot + _SLOT_TIME_NS], self._bytes[start : start + size])
