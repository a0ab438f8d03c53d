"""What is done to every channel before its fader: high-pass, then polarity and delay. Pure numpy.

`process` runs in the real-time callback and allocates nothing but views. What a change needs is made beside it, by
whoever asks for it, and taken over by one reference.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.fades import Faded
from console.audio.high_pass import HighPass
from console.audio.plan import Strip

Samples = NDArray[np.float32]

LONGEST_DELAY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Tap:
    """Where a column that is held back or turned over is read from."""

    column: int
    frames: int
    is_inverted: bool


class Strips:
    """The strips of all columns. One thread calls `process`, any other `set`."""

    def __init__(self, columns: int, *, sample_rate_hz: float, block_frames: int) -> None:
        self._rate = sample_rate_hz
        self._high_pass = HighPass(columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        none: tuple[_Tap, ...] = ()
        self._taps = Faded(none, columns=columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._past = _Past(columns, math.ceil(LONGEST_DELAY_S * sample_rate_hz) + block_frames)

    def set(self, strips: Sequence[Strip]) -> None:
        """From the next block on each column is treated as its strip says; one strip per column."""
        self._high_pass.set([strip.high_pass_hz for strip in strips])
        self._taps.target = tuple(
            _Tap(column, round(strip.delay_ms / 1000 * self._rate), strip.is_inverted)
            for column, strip in enumerate(strips)
            if strip.delay_ms or strip.is_inverted
        )

    def process(self, sound: Samples) -> None:
        """One block, shape (frames, columns), changed in place."""
        self._high_pass.process(sound)
        self._past.write(sound)
        self._taps.apply(self._read, sound)

    def _read(self, taps: tuple[_Tap, ...], sound: Samples) -> None:
        for tap in taps:
            column = sound[:, tap.column]
            if tap.frames:
                self._past.read(tap.column, tap.frames, column)
            if tap.is_inverted:
                np.negative(column, out=column)


class _Past:
    """The last frames of every column; one row per column, since each is read at a place of its own."""

    def __init__(self, columns: int, frames: int) -> None:
        self._rows: Samples = np.zeros((columns, frames), dtype=np.float32)
        self._rows.fill(0)  # the memory is there before the first block needs it
        self._at = 0

    def write(self, sound: Samples) -> None:
        """Keep a block of shape (frames, columns)."""
        length, frames = self._rows.shape[1], len(sound)
        room = min(frames, length - self._at)
        self._rows[:, self._at : self._at + room] = sound[:room].T
        self._rows[:, : frames - room] = sound[room:].T
        self._at = (self._at + frames) % length

    def read(self, row: int, frames_ago: int, into: Samples) -> None:
        """Fill `into`, of the length of the block that was kept last, with what came `frames_ago` before."""
        length, frames = self._rows.shape[1], len(into)
        start = (self._at - frames - frames_ago) % length
        room = min(frames, length - start)
        np.copyto(into[:room], self._rows[row, start : start + room])
        np.copyto(into[room:], self._rows[row, : frames - room])
