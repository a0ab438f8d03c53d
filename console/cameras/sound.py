"""A camera's own sound as one figure in shared memory: its peak. Two words, one writer, one reader; no sound device.

The worker's side (`SoundMeter.hear`) is called by libVLC's thread with each block; the console reads when it paints.
"""

import math
import time
from typing import Final

from console.cameras.state import FLOOR_DBFS

SOUND_BYTES: Final = 16
BIN_NS: Final = 50_000_000  # the peak of the present and of the last bin is told: 50 to 100 ms
OLD_NS: Final = 300_000_000  # sound that stopped arriving is silence
_FULL_SCALE: Final = 32_768
_PEAK, _AT_NS = 0, 1


def peak_of(samples: memoryview) -> int:
    """The largest absolute value of `samples`, 16-bit signed; none are 0."""
    if not len(samples):
        return 0
    loudest, lowest = max(samples), min(samples)
    return max(loudest, -lowest)


def dbfs_of(peak: int) -> float:
    """`peak` (0 to 32,768) in dBFS, never below FLOOR_DBFS."""
    return max(FLOOR_DBFS, 20 * math.log10(peak / _FULL_SCALE)) if peak > 0 else FLOOR_DBFS


class SoundMeter:
    """Both sides of the figure, in `buffer` (SOUND_BYTES, zeros when new)."""

    def __init__(self, buffer: memoryview) -> None:
        self._words = buffer[:SOUND_BYTES].cast("q")
        self._bin = 0
        self._now = self._before = 0

    def hear(self, samples: memoryview, mono_ns: int) -> None:
        """Take a block of 16-bit samples (all channels) that arrived at `mono_ns`. The worker's side."""
        number = mono_ns // BIN_NS
        if number != self._bin:
            self._before = self._now if number == self._bin + 1 else 0
            self._bin, self._now = number, 0
        self._now = max(self._now, peak_of(samples))
        self._words[_PEAK] = max(self._now, self._before)
        self._words[_AT_NS] = mono_ns

    def peak_dbfs(self, now_ns: int | None = None) -> float:
        """The peak of the last 100 ms; FLOOR_DBFS when there was no sound. The console's side."""
        at_ns, peak = self._words[_AT_NS], self._words[_PEAK]
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        return dbfs_of(min(peak, _FULL_SCALE)) if at_ns and now_ns - at_ns < OLD_NS else FLOOR_DBFS
