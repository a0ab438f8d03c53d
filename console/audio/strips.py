"""What is done to every channel before its fader: high-pass, then polarity and delay. Pure numpy.

`process` runs in the real-time callback and allocates nothing but views. What a change needs is made beside it, by
whoever asks for it, and taken over by one reference.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.fades import Faded
from console.audio.high_pass import HighPass
from console.audio.plan import Strip

Samples = NDArray[np.float32]
Places = NDArray[np.intp]

LONGEST_DELAY_S: Final = 1.0


class Strips:
    """The strips of all columns. One thread calls `process`, any other `set`."""

    def __init__(self, columns: int, *, sample_rate_hz: float, block_frames: int) -> None:
        self._rate = sample_rate_hz
        self._block_frames = block_frames
        self._high_pass = HighPass(columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._past = _Past(columns, math.ceil(LONGEST_DELAY_S * sample_rate_hz) + block_frames, block_frames)
        none = _Taps((Strip(),) * columns, sample_rate_hz, block_frames)
        self._taps = Faded(none, columns=columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)

    def set(self, strips: Sequence[Strip]) -> None:
        """From the next block on each column is treated as its strip says; one strip per column."""
        self._high_pass.set([strip.high_pass_hz for strip in strips])
        self._taps.target = _Taps(strips, self._rate, self._block_frames)

    def process(self, sound: Samples) -> None:
        """One block, shape (frames, columns), changed in place."""
        self._high_pass.process(sound)
        self._past.write(sound)
        self._taps.apply(self._read, sound)

    def _read(self, taps: "_Taps", sound: Samples) -> None:
        if taps.frames is not None:
            self._past.read(taps.frames, sound)
        if taps.signs is not None:
            np.multiply(sound, taps.signs[: len(sound)], out=sound)


class _Taps:
    """How long each column is held back, in frames, and which are turned over; None where it is none at all."""

    def __init__(self, strips: Sequence[Strip], sample_rate_hz: float, block_frames: int) -> None:
        frames = np.array([round(strip.delay_ms / 1000 * sample_rate_hz) for strip in strips], dtype=np.intp)
        signs = np.array([-1 if strip.is_inverted else 1 for strip in strips], dtype=np.float32)
        self.frames = frames if frames.any() else None
        self.signs = np.tile(signs, (block_frames, 1)) if (signs < 0).any() else None


class _Past:
    """The last frames of every column: a row for each, since each is read at a place of its own.

    A row goes round after `frames`. Its first block is there once more at its end, so that no block is read in two.
    """

    def __init__(self, columns: int, frames: int, block_frames: int) -> None:
        self._frames, self._block_frames = frames, block_frames
        width = frames + block_frames
        self._rows: Samples = np.zeros((columns, width), dtype=np.float32)
        self._rows.fill(0)  # the memory is there before the first block needs it
        self._at = 0
        self._all = self._rows.reshape(-1)
        self._row_starts: Places = np.arange(columns, dtype=np.intp) * width
        self._starts: Places = np.zeros(columns, dtype=np.intp)
        self._way: Places = np.tile(np.arange(block_frames, dtype=np.intp).reshape(-1, 1), (1, columns))
        self._places: Places = np.zeros((block_frames, columns), dtype=np.intp)

    def write(self, sound: Samples) -> None:
        """Keep a block of shape (frames, columns)."""
        frames, start = len(sound), self._at
        room = min(frames, self._frames - start)
        self._rows[:, start : start + room] = sound[:room].T
        self._rows[:, : frames - room] = sound[room:].T
        if start < self._block_frames or room < frames:
            np.copyto(self._rows[:, self._frames :], self._rows[:, : self._block_frames])
        self._at = (start + frames) % self._frames

    def read(self, frames_ago: Places, into: Samples) -> None:
        """Fill `into`, as long as the block that was kept last, with what each column held so long before."""
        frames, starts, places = len(into), self._starts, self._places[: len(into)]
        np.subtract(self._at - frames, frames_ago, out=starts)
        np.remainder(starts, self._frames, out=starts)
        np.add(starts, self._row_starts, out=starts)
        np.copyto(places, starts)
        np.add(places, self._way[:frames], out=places)
        np.take(self._all, places, out=into, mode="clip")  # the other modes allocate
