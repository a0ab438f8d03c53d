"""The last seconds of all columns at about 8 kHz: what the leak test looks at. Pure numpy, no device, no log.

Speech that gives somebody away is below 4 kHz; a sixth of the samples is a sixth of the work. Done once for all
columns, whoever looks at them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SLOW_HZ: Final = 8000
KEPT_S: Final = 7.0
"""Of which four are looked at, up to one later than a channel whose strip holds it back, in looks of up to two."""
_TAPS_PER_STEP: Final = 16
_PASS: Final = 0.86
"""Where the filter is 6 dB down, as a share of half the new rate: what folds back is 40 dB down below 3.4 kHz."""


class Past:
    """The last `seconds` of `columns`, every `step`-th sample; `rate_hz` says the rate after that (8 to 16 kHz)."""

    def __init__(self, rate_hz: float, columns: int, *, seconds: float = KEPT_S) -> None:
        self.step = max(1, int(rate_hz // SLOW_HZ))
        self.rate_hz = rate_hz / self.step
        self.seconds = seconds
        self._frames = round(seconds * self.rate_hz)
        taps = _TAPS_PER_STEP * self.step if self.step > 1 else 1
        self._taps = taps
        self._filter: Samples = np.ones((1, 1, 1), dtype=np.float32)
        if taps > 1:
            self._filter = _low_pass(taps, _PASS / self.step).reshape(1, 1, taps)
        self._before: Samples = np.zeros((taps - 1, columns), dtype=np.float32)
        self._kept: Samples = np.zeros((columns, 2 * self._frames), dtype=np.float32)
        self._end = self._frames
        self.frames = 0  # that were kept, all in all
        self.heard_s = 0.0

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns), any number of frames."""
        sound = np.concatenate((self._before, block))
        count = max(0, (len(sound) - self._taps) // self.step + 1)
        self._before = sound[count * self.step :]
        self.heard_s += len(block) / (self.rate_hz * self.step)
        for start in range(0, count, self._frames):
            many = min(self._frames, count - start)
            self._keep(self._slowed(sound[start * self.step :], many))

    def last(self, column: int, seconds: float, *, until: int | None = None) -> Samples:
        """The `seconds` of a column before frame `until` (None: the newest), shape (frames,).

        What was never heard is silence. A view: right until the next block comes.
        """
        end = self._end - (0 if until is None else self.frames - until)
        frames = min(round(seconds * self.rate_hz), self._frames)
        return self._kept[column, max(0, end - frames) : end]

    def _slowed(self, sound: Samples, count: int) -> Samples:
        """`count` filtered frames, one every `step`: one small matrix product each, on a view of the samples."""
        frame, column = sound.strides
        shape = (count, self._taps, sound.shape[1])
        pieces = np.lib.stride_tricks.as_strided(sound, shape, (frame * self.step, frame, column), writeable=False)
        return np.asarray(np.matmul(self._filter, pieces)[:, 0, :], dtype=np.float32)

    def _keep(self, slow: Samples) -> None:
        if self._end + len(slow) > self._kept.shape[1]:
            self._kept[:, : self._frames] = self._kept[:, self._end - self._frames : self._end]
            self._end = self._frames
        self._kept[:, self._end : self._end + len(slow)] = slow.T
        self._end += len(slow)
        self.frames += len(slow)


def _low_pass(taps: int, cutoff: float) -> Samples:
    """A windowed sinc that lets pass what is below a share of half the rate."""
    at = np.arange(taps) - (taps - 1) / 2
    response = np.sinc(cutoff * at) * np.hamming(taps)
    return np.asarray(response / response.sum(), dtype=np.float32)
