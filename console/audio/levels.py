"""Meters of audio blocks. Pure numpy on float32: no device, no log. Linear inside, dBFS for people (floor -120).

Peak is the sample peak: up at once, down at 23.5 dB/s (as OBS's own meters, so that both read alike).
RMS is exponential with a time constant of 300 ms, without AES17's +3 dB: a full-scale sine reads -3 dBFS.
Hold keeps the highest peak for 2 s, then falls at 20 dB/s. Clip stays until it is reset.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.state import FLOOR_DBFS, Level

Samples = NDArray[np.float32]

PEAK_FALL_DB_PER_S: Final = 20.0 / 0.85  # OBS, "fast"
HOLD_FALL_DB_PER_S: Final = 20.0
HOLD_S: Final = 2.0
RMS_TIME_S: Final = 0.3
CLIP_AT: Final = 32767 / 32768  # the highest sample of a 16 bit converter
ROWS: Final = 4
"""Rows of a reading: peak, mean square, hold, clip flag."""


class Meters:
    """The meters of all columns of a block; `reading` has shape (ROWS, columns). Allocates only when built."""

    def __init__(self, columns: int, *, sample_rate_hz: float, block_frames: int) -> None:
        self._rate = sample_rate_hz
        self.reading: Samples = np.zeros((ROWS, columns), dtype=np.float32)
        self._peak, self._mean_square, self._hold, self._clip = self.reading
        self._age_s: Samples = np.zeros(columns, dtype=np.float32)
        self._magnitude: Samples = np.zeros((block_frames, columns), dtype=np.float32)
        self._highest: Samples = np.zeros(columns, dtype=np.float32)
        self._energy: Samples = np.zeros(columns, dtype=np.float32)
        self._is_so = np.zeros(columns, dtype=np.bool_)

    def update(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns), 1 <= frames <= block_frames."""
        frames = len(block)
        elapsed_s = frames / self._rate
        magnitude = self._magnitude[:frames]
        np.abs(block, out=magnitude)
        np.max(magnitude, axis=0, out=self._highest)
        np.multiply(magnitude, magnitude, out=magnitude)
        np.mean(magnitude, axis=0, out=self._energy)
        self._fall(elapsed_s)

    def _fall(self, elapsed_s: float) -> None:
        highest, is_so = self._highest, self._is_so
        np.multiply(self._peak, np.float32(10 ** (-PEAK_FALL_DB_PER_S * elapsed_s / 20)), out=self._peak)
        np.maximum(self._peak, highest, out=self._peak)
        keep = math.exp(-elapsed_s / RMS_TIME_S)
        np.multiply(self._mean_square, np.float32(keep), out=self._mean_square)
        np.multiply(self._energy, np.float32(1 - keep), out=self._energy)
        np.add(self._mean_square, self._energy, out=self._mean_square)
        np.add(self._age_s, np.float32(elapsed_s), out=self._age_s)
        np.greater(self._age_s, np.float32(HOLD_S), out=is_so)
        fall = np.float32(10 ** (-HOLD_FALL_DB_PER_S * elapsed_s / 20))
        np.multiply(self._hold, fall, out=self._hold, where=is_so)
        np.greater_equal(highest, self._hold, out=is_so)
        np.copyto(self._hold, highest, where=is_so)
        np.copyto(self._age_s, np.float32(0), where=is_so)
        np.greater_equal(highest, np.float32(CLIP_AT), out=is_so)
        np.copyto(self._clip, np.float32(1), where=is_so)

    def reset_clips(self) -> None:
        """Forget every clip."""
        self._clip.fill(0)


def dbfs(amplitude: float) -> float:
    """An amplitude in dBFS, never below the floor."""
    return FLOOR_DBFS if amplitude <= 1e-6 else 20.0 * math.log10(amplitude)


def level(reading: Samples, columns: tuple[int, ...]) -> Level:
    """The highest of some columns of a reading (shape (ROWS, columns)); no columns read floor."""
    if not columns:
        return Level()
    peak, mean_square, hold, clip = (float(value) for value in reading[:, list(columns)].max(axis=1))
    return Level(dbfs(peak), dbfs(math.sqrt(mean_square)), dbfs(hold), clip > 0)
