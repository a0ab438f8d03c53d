"""Sound shared between the engine and the console: the meters' last reading, and the last seconds of every column.

One writer (the engine), any number of readers; nobody ever waits. Samples are float32, full scale +-1.0. Counters are
8 aligned bytes, written in one piece; what is longer is checked by a sequence number (odd: being written).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_WORDS: Final = 16
_HEADER_BYTES: Final = _WORDS * 8
_TRIES: Final = 20


class Counter(IntEnum):
    """The counters beside the meters, by their word in the header."""

    SEQUENCE = 0
    CALLBACKS = 1
    XRUNS = 2
    AT_NS = 3  # monotonic time of the last block
    BUSY_NS = 4  # time spent in callbacks, all together
    OVER_HALF = 5  # callbacks that took more than half of their block's time
    OWN_OVER_HALF = 6  # callbacks that had a processor for more than that


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent reading: the meters' rows, and the counters by Counter."""

    rows: Samples
    counters: tuple[int, ...]

    def __getitem__(self, counter: Counter) -> int:
        return self.counters[counter]


class MeterBlock:
    """The newest reading of all meters, `rows` x `columns`, in a shared buffer."""

    def __init__(self, buffer: memoryview, *, rows: int, columns: int) -> None:
        self.counters = np.frombuffer(buffer, np.int64, _WORDS)
        self._rows = np.frombuffer(buffer, np.float32, rows * columns, _HEADER_BYTES).reshape(rows, columns)

    @staticmethod
    def size(*, rows: int, columns: int) -> int:
        """Bytes of shared memory that one needs."""
        return _HEADER_BYTES + max(1, rows * columns) * 4

    def write(self, rows: Samples) -> None:
        """Publish a reading; the counters other than the sequence are the writer's to set before."""
        self.counters[Counter.SEQUENCE] |= 1
        self._rows[:] = rows
        self.counters[Counter.SEQUENCE] += 1

    def read(self) -> Reading:
        """The newest reading; a writer that died within a write leaves the last words as they are."""
        for _ in range(_TRIES):
            before = int(self.counters[Counter.SEQUENCE])
            reading = Reading(self._rows.copy(), tuple(int(word) for word in self.counters))
            if before % 2 == 0 and before == int(self.counters[Counter.SEQUENCE]):
                break
        return reading


class CaptureRing:
    """The last frames of all columns; `end` counts every frame that was ever written."""

    def __init__(self, buffer: memoryview, *, frames: int, columns: int) -> None:
        self._header = np.frombuffer(buffer, np.int64, _WORDS)
        self._data = np.frombuffer(buffer, np.float32, frames * columns, _HEADER_BYTES)
        self._data = self._data.reshape(frames, columns)
        self.frames = frames

    @staticmethod
    def size(*, frames: int, columns: int) -> int:
        """Bytes of shared memory that one needs."""
        return _HEADER_BYTES + max(1, frames * columns) * 4

    @property
    def end(self) -> int:
        """How many frames were written since the ring was made; it only grows."""
        return int(self._header[0])

    def write(self, block: Samples) -> None:
        """Append a block of shape (frames, columns)."""
        end = int(self._header[0])
        # said before it is done: a reader must know which frames are about to go
        self._header[1] = end + len(block)
        start = end % self.frames
        room = min(len(block), self.frames - start)
        self._data[start : start + room] = block[:room]
        self._data[: len(block) - room] = block[room:]
        self._header[0] = end + len(block)

    def read(self, end: int, frames: int) -> Samples | None:
        """A copy of the `frames` frames before frame `end`; None when they are not there yet, or not any more."""
        if frames < 0 or end > self.end or end - frames < 0:
            return None
        start = (end - frames) % self.frames
        if frames > self.frames:
            return None
        room = min(frames, self.frames - start)
        copy = np.concatenate((self._data[start : start + room], self._data[: frames - room]))
        return copy if int(self._header[1]) - self.frames <= end - frames else None
