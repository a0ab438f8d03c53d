"""A stream that comes in blocks of any length, made fit to be measured. Pure numpy: no device, no log."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Numbers = NDArray[np.float64]


def finite(block: Samples) -> Samples:
    """The block, with every sample that is no number as silence: one of them would stay in a filter for ever."""
    return block if np.isfinite(block).all() else np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)


def settle(state: Numbers) -> None:
    """Make silence of what has died away in a filter's state (-600 dB): as denormal numbers it would cost time."""
    state[np.abs(state) < 1e-30] = 0.0


class Slots:
    """Gathers a stream into slots of equal length: sums with np.add, highest values with np.maximum."""

    def __init__(self, frames: int, gather: np.ufunc) -> None:
        self._frames = frames
        self._gather = gather
        self._filled = 0
        self._begun: NDArray[Any] | None = None  # what is gathered of the slot that is not full yet

    def feed(self, values: NDArray[Any]) -> NDArray[Any]:
        """The slots that are full now, shape (columns, slots), often none. values: shape (columns, frames >= 1)."""
        room = self._frames - self._filled
        starts = np.concatenate(([0], np.arange(room, values.shape[1], self._frames)))
        slots: NDArray[Any] = self._gather.reduceat(values, starts, axis=1)
        if self._begun is not None:
            slots[:, 0] = self._gather(slots[:, 0], self._begun)
        self._filled = (self._filled + values.shape[1]) % self._frames
        if not self._filled:
            self._begun = None
            return slots
        self._begun = slots[:, -1].copy()
        return slots[:, :-1]
