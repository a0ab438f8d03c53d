"""A limiter per bus: its peaks never pass the ceiling. Pure numpy on float32; allocates only when built.

It looks ahead within the block and so delays nothing: the gain goes down over the slice of 32 frames before the one
that needs it. A peak in a block's first slice could not be foreseen; what of it is over the ceiling is cut, for less
than a millisecond. The ports of one bus share a gain, so that a stereo picture stands still.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SLICE: Final = 32
RELEASE_DB_PER_S: Final = 40.0
_LEAST: Final = np.float32(1e-9)  # instead of a division by nothing


class Limiter:
    """The limiters of all buses that stand beside each other in a block; one thread."""

    def __init__(
        self, widths: Sequence[int], ceilings: Sequence[float], *, sample_rate_hz: float, block_frames: int
    ) -> None:
        """widths: how many columns each bus has; ceilings: linear, infinite for a bus that is not limited."""
        columns, slices = sum(widths), -(-block_frames // SLICE)
        self._starts = np.cumsum([0, *widths[:-1]])
        self._bus_of = np.repeat(np.arange(len(widths)), widths)
        self._ceilings = np.array(ceilings, dtype=np.float32)
        self._highest: Samples = np.tile(np.repeat(self._ceilings, widths), (block_frames, 1))
        self._lowest = -self._highest
        self._lowest_ceiling = float(min(ceilings, default=np.inf))
        self._release = np.float32(10 ** (RELEASE_DB_PER_S * SLICE / sample_rate_hz / 20))
        way = (np.arange(1, SLICE + 1, dtype=np.float32) / np.float32(SLICE)).reshape(-1, 1)
        self._ways: Samples = np.tile(way, (slices, columns))
        self.gain: Samples = np.ones(columns, dtype=np.float32)
        """Where each column's gain stands after the last block; 1: nothing is taken off."""
        self._is_at_rest = True
        self._magnitude: Samples = np.zeros((block_frames, columns), dtype=np.float32)
        self._peaks: Samples = np.zeros((slices, columns), dtype=np.float32)
        self._needed: Samples = np.zeros((slices, len(widths)), dtype=np.float32)
        self._allowed: Samples = np.ones((slices, columns), dtype=np.float32)
        self._gains: Samples = np.ones((slices + 1, columns), dtype=np.float32)
        self._steps: Samples = np.zeros((slices, columns), dtype=np.float32)
        self._course: Samples = np.zeros((slices * SLICE, columns), dtype=np.float32)
        self._from: Samples = np.zeros((slices * SLICE, columns), dtype=np.float32)

    def limit(self, sound: Samples) -> None:
        """One block, shape (frames, columns), changed in place; samples are finite."""
        if not sound.size:
            return
        is_low = sound.max() <= self._lowest_ceiling and sound.min() >= -self._lowest_ceiling
        if is_low and self._is_at_rest:
            return
        slices = -(-len(sound) // SLICE)
        self._look(sound, slices)
        self._go(slices)
        course = self._course[: len(sound)]
        np.multiply(sound, course, out=sound)
        np.minimum(sound, self._highest[: len(sound)], out=sound)
        np.maximum(sound, self._lowest[: len(sound)], out=sound)
        np.copyto(self.gain, course[-1])
        self._is_at_rest = bool(self.gain.min() == 1)

    def _look(self, sound: Samples, slices: int) -> None:
        """What gain each slice allows, shape (slices, columns)."""
        magnitude = np.abs(sound, out=self._magnitude[: len(sound)])
        for number in range(slices):
            np.max(magnitude[number * SLICE : (number + 1) * SLICE], axis=0, out=self._peaks[number])
        needed = self._needed[:slices]
        np.maximum.reduceat(self._peaks[:slices], self._starts, axis=1, out=needed)
        np.maximum(needed, _LEAST, out=needed)
        np.divide(self._ceilings, needed, out=needed)
        np.minimum(needed, np.float32(1), out=needed)
        np.take(needed, self._bus_of, axis=1, out=self._allowed[:slices], mode="clip")  # other modes allocate

    def _go(self, slices: int) -> None:
        """The gain of every frame: a straight line through each slice, to what it and the next one allow."""
        gains, allowed = self._gains, self._allowed
        np.copyto(gains[0], self.gain)
        for number in range(slices):
            end = gains[number + 1]
            np.multiply(gains[number], self._release, out=end)
            np.minimum(end, allowed[number], out=end)
            np.minimum(end, allowed[min(number + 1, slices - 1)], out=end)
        steps = np.subtract(gains[1 : slices + 1], gains[:slices], out=self._steps[:slices])
        frames = slices * SLICE
        _spread(gains[:slices], self._from[:frames])
        _spread(steps, self._course[:frames])
        np.multiply(self._course[:frames], self._ways[:frames], out=self._course[:frames])
        np.add(self._course[:frames], self._from[:frames], out=self._course[:frames])


def _spread(slices: Samples, frames: Samples) -> None:
    """Copy the row of each slice to all its frames."""
    np.copyto(frames.reshape(len(slices), SLICE, -1), slices[:, np.newaxis, :])
