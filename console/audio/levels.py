"""Meters of audio blocks. Pure numpy on float32: no device, no log. Linear inside, dBFS for people (floor -120).

Peak is the sample peak: up at once, down at 23.5 dB/s (as OBS's own meters, so that both read alike).
RMS is exponential with a time constant of 300 ms, without AES17's +3 dB: a full-scale sine reads -3 dBFS.
Hold keeps the highest peak for 2 s, then falls at 20 dB/s. Clips are counted until they are reset.
"""

import math
from dataclasses import dataclass
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
ROWS: Final = 5
"""Rows of a reading: peak, mean square, hold, clipped samples, and by what a limiter divides (0 or 1: by nothing)."""
CLIPS: Final = 3
"""Which of them has the clipped samples."""

_AT_REST: Final = np.float32(1e-15)
"""Instead of 0, far below the floor: a number that falls for ever gets so small that a processor is slow with it."""


class Meters:
    """The meters of all columns of a block; `reading` has shape (ROWS, columns). Allocates only when built."""

    def __init__(self, columns: int, *, sample_rate_hz: float, block_frames: int) -> None:
        self._rate = sample_rate_hz
        self.reading: Samples = np.zeros((ROWS, columns), dtype=np.float32)
        self._peak, self._mean_square, self._hold, self._clips, self._division = self.reading
        self._falling = self.reading[:3]
        self._age_s: Samples = np.zeros(columns, dtype=np.float32)
        self._magnitude: Samples = np.zeros((block_frames, columns), dtype=np.float32)
        self._highest: Samples = np.zeros(columns, dtype=np.float32)
        self._energy: Samples = np.zeros((1, columns), dtype=np.float32)
        self._ones: Samples = np.ones((1, block_frames), dtype=np.float32)
        self._is_so = np.zeros(columns, dtype=np.bool_)
        self._is_clipped = np.zeros((block_frames, columns), dtype=np.bool_)
        self._falls = {block_frames: _falls(block_frames, sample_rate_hz)}

    def update(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns), 1 <= frames <= block_frames."""
        frames = len(block)
        magnitude, ones = self._magnitude[:frames], self._ones[:, :frames]
        np.abs(block, out=magnitude)
        np.maximum.reduce(magnitude, axis=0, out=self._highest)
        if self._highest.max(initial=0) >= CLIP_AT:
            self._count_clips(magnitude)
            np.abs(block, out=magnitude)
        np.multiply(magnitude, magnitude, out=magnitude)
        np.matmul(ones, magnitude, out=self._energy)  # a sum in half the time of np.sum
        if frames not in self._falls:
            self._falls[frames] = _falls(frames, self._rate)
        self._fall(self._falls[frames])

    def show_limiter(self, first_column: int, gain: Samples) -> None:
        """Show a limiter's gain (at most 1) in the columns from `first_column` on."""
        np.divide(np.float32(1), gain, out=self._division[first_column:])

    def _count_clips(self, magnitude: Samples) -> None:
        """Overwrites `magnitude`."""
        is_clipped = self._is_clipped[: len(magnitude)]
        np.greater_equal(magnitude, np.float32(CLIP_AT), out=is_clipped)
        np.copyto(magnitude, is_clipped)
        np.matmul(self._ones[:, : len(magnitude)], magnitude, out=self._energy)
        np.add(self._clips, self._energy[0], out=self._clips)

    def _fall(self, falls: "_Falls") -> None:
        highest, energy, is_so = self._highest, self._energy[0], self._is_so
        np.multiply(self._peak, falls.peak, out=self._peak)
        np.maximum(self._peak, highest, out=self._peak)
        np.multiply(self._mean_square, falls.keep, out=self._mean_square)
        np.multiply(energy, falls.take_in, out=energy)
        np.add(self._mean_square, energy, out=self._mean_square)
        np.add(self._age_s, falls.elapsed_s, out=self._age_s)
        np.greater(self._age_s, np.float32(HOLD_S), out=is_so)
        np.multiply(self._hold, falls.hold, out=self._hold, where=is_so)
        np.greater_equal(highest, self._hold, out=is_so)
        np.copyto(self._hold, highest, where=is_so)
        np.copyto(self._age_s, np.float32(0), where=is_so)
        np.maximum(self._falling, _AT_REST, out=self._falling)

    def take_over_clips(self, reading: Samples) -> None:
        """Go on counting from what a reading, shape (ROWS, columns), had counted."""
        self._clips[:] = reading[CLIPS]

    def reset_clips(self) -> None:
        """Forget every clip."""
        self._clips.fill(0)


@dataclass(frozen=True, slots=True)
class _Falls:
    """What one block of a certain length does to the readings."""

    elapsed_s: np.float32
    peak: np.float32
    hold: np.float32
    keep: np.float32  # of the mean square before
    take_in: np.float32  # of the block's sum of squares


def _falls(frames: int, sample_rate_hz: float) -> _Falls:
    elapsed_s = frames / sample_rate_hz
    keep = math.exp(-elapsed_s / RMS_TIME_S)
    return _Falls(
        np.float32(elapsed_s),
        np.float32(10 ** (-PEAK_FALL_DB_PER_S * elapsed_s / 20)),
        np.float32(10 ** (-HOLD_FALL_DB_PER_S * elapsed_s / 20)),
        np.float32(keep),
        np.float32((1 - keep) / frames),
    )


def dbfs(amplitude: float) -> float:
    """An amplitude in dBFS, never below the floor."""
    return FLOOR_DBFS if amplitude <= 1e-6 else 20.0 * math.log10(amplitude)


def level(reading: Samples, columns: tuple[int, ...]) -> Level:
    """The highest of some columns of a reading (shape (ROWS, columns)); no columns read floor."""
    if not columns:
        return Level()
    peak, mean_square, hold, clips, division = (float(value) for value in reading[:, list(columns)].max(axis=1))
    return Level(
        dbfs(peak),
        dbfs(math.sqrt(mean_square)),
        dbfs(hold),
        clips > 0,
        round(clips),
        reduction_db=max(0.0, dbfs(division)),
    )
