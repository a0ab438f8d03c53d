"""The mix-minus matrix at work on blocks. Pure numpy on float32: no device, no log; allocates only when built."""

import numpy as np
from numpy.typing import NDArray

from console.audio.layout import Layout

Samples = NDArray[np.float32]


class Mixer:
    """Applies a matrix to blocks; a new matrix is faded in over one block, so that nothing clicks.

    One thread calls `mix`; any other thread may assign `target` (one reference, swapped whole).
    """

    def __init__(self, layout: Layout, block_frames: int) -> None:
        self._sources = len(layout.sources)
        self._ports = [source.port - 1 for source in layout.sources]
        self.block: Samples = np.zeros((block_frames, layout.columns), dtype=np.float32)
        shape = (self._sources, layout.columns - self._sources)
        self.target: Samples = np.zeros(shape, dtype=np.float32)
        self._present = self.target
        self._faded: Samples = np.zeros((block_frames, shape[1]), dtype=np.float32)
        self._ramps = {block_frames: _ramp(block_frames)}
        self._is_bad = np.zeros((block_frames, self._sources), dtype=np.bool_)

    def mix(self, sound: Samples) -> Samples:
        """The block with its sources and what they mix to: shape (frames, columns), overwritten by the next call.

        sound: shape (frames, device inputs), at most `block_frames` frames; inputs that the device lacks are silent,
        samples that are not numbers are silence.
        """
        frames = len(sound)
        block, width = self.block[:frames], sound.shape[1]
        inputs, mixed = block[:, : self._sources], block[:, self._sources :]
        for column, port in enumerate(self._ports):
            if port < width:
                inputs[:, column] = sound[:, port]
        self._drop_what_is_no_number(inputs)
        target = self.target
        np.matmul(inputs, target, out=mixed)
        if target is not self._present:
            faded = self._faded[:frames]
            np.matmul(inputs, self._present, out=faded)
            # old + (new - old) * ramp: the sum at gains that move in a straight line
            np.subtract(mixed, faded, out=mixed)
            np.multiply(mixed, self._ramp(frames), out=mixed)
            np.add(mixed, faded, out=mixed)
            self._present = target
        return block

    def _drop_what_is_no_number(self, inputs: Samples) -> None:
        # 0 * NaN is NaN: one bad sample would be heard by its own listener too
        is_bad = self._is_bad[: len(inputs)]
        np.isfinite(inputs, out=is_bad)
        np.logical_not(is_bad, out=is_bad)
        np.copyto(inputs, np.float32(0.0), where=is_bad)

    def _ramp(self, frames: int) -> Samples:
        if frames not in self._ramps:
            self._ramps[frames] = _ramp(frames)
        return self._ramps[frames]


def _ramp(frames: int) -> Samples:
    """A straight line from just above 0 to 1, one column."""
    return (np.arange(1, frames + 1, dtype=np.float32) / np.float32(frames)).reshape(-1, 1)
