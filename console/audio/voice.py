"""A known sound, with all that searches for it have in common: worked out once, whoever asks. Pure numpy.

Sound is mono, float32, about 8 kHz; a cell is a stretch of 32 ms, seen by its frequencies.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.spectra import Spectrum, fast_length, mean_around, piece, rfft

Samples = NDArray[np.float32]

CELL: Final = 256
"""Frames of a cell: 32 ms at 8 kHz. They overlap by half."""
HOP: Final = CELL // 2
WINDOW: Final = np.sqrt(np.hanning(CELL + 1)[:CELL]).astype(np.float32)
_SMOOTH_BINS: Final = 64


class Voice:
    """A sound of shape (lead + frames,): `lead` frames more of the past than the sounds it is searched in."""

    def __init__(self, sound: Samples, lead: int) -> None:
        self.sound = sound
        self.lead = lead
        self.length = fast_length(len(sound) + lead)
        """Of the spectra: delays from -lead to lead fit in."""

    @property
    def frames(self) -> int:
        """How long the sounds are in which it is searched."""
        return len(self.sound) - self.lead

    @cached_property
    def spectrum(self) -> Spectrum:
        """Of all of it, shape (length // 2 + 1,)."""
        return rfft(self.sound, self.length)

    @cached_property
    def flat(self) -> Spectrum:
        """Its spectrum, every frequency as loud as any other."""
        return flat(self.spectrum)

    @cached_property
    def power(self) -> Samples:
        """Of its cells, from as many before the sound's first as the lead is long, to as many after its last."""
        hops = -(-self.lead // HOP)
        before = hops * HOP + HOP - self.lead
        return power_of(cells_of(framed_from(self.sound, before, cells_in(self.frames) + 2 * hops)))


def flat(spectrum: Spectrum) -> Spectrum:
    """A spectrum whose smoothed size is 1 everywhere: every frequency says as much about a delay."""
    size = mean_around(power_of(spectrum), _SMOOTH_BINS)
    return np.asarray(spectrum / np.sqrt(size + 1e-9 * size.max() + 1e-30), dtype=np.complex64)


def cells_in(frames: int) -> int:
    """How many overlapping cells hold all of so many frames."""
    return -(-frames // HOP) + 1


def framed_from(sound: Samples, before: int, cells: int) -> Samples:
    """`cells` overlapping frames of a sound, beginning `before` frames before it."""
    padded = piece(sound, -before, (cells + 1) * HOP)
    return np.lib.stride_tricks.sliding_window_view(padded, CELL)[::HOP]


def cells_of(frames: Samples) -> Spectrum:
    """The spectra of overlapping frames."""
    return rfft(frames * WINDOW)


def power_of(cells: Spectrum) -> Samples:
    """The squared size of each value."""
    return np.asarray(cells.real**2 + cells.imag**2, dtype=np.float32)
