"""A stream that comes in blocks of any length, made fit to be measured. Pure numpy: no device, no log."""

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
    """Hands a stream on in slots of equal length; what does not fill one waits for the next block."""

    def __init__(self, frames: int, columns: int) -> None:
        self._frames = frames
        self._waiting: Samples = np.zeros((0, columns), dtype=np.float32)

    def feed(self, block: Samples) -> Samples:
        """The slots that are full now, shape (slots, frames, columns), often none. block: shape (frames, columns)."""
        stream = np.concatenate((self._waiting, block))
        slots = len(stream) // self._frames
        self._waiting = stream[slots * self._frames :].copy()
        return stream[: slots * self._frames].reshape(slots, self._frames, stream.shape[1])
