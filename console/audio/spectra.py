"""What numpy lacks for spectra: lengths that its FFT is quick at, means around every value, a quick median."""

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

_VERY_MANY: Final = 4096


def rfft(sound: Samples, length: int | None = None) -> Spectrum:
    """The spectrum along the last axis, in float32 as the sound is."""
    return np.asarray(np.fft.rfft(sound, length), dtype=np.complex64)


def irfft(spectrum: Spectrum, length: int) -> Samples:
    """The sound of a spectrum, along the last axis."""
    return np.asarray(np.fft.irfft(spectrum, length), dtype=np.float32)


@cache
def fast_length(frames: int) -> int:
    """The least number from `frames` on that has no prime factors but 2, 3 and 5."""
    length = max(1, frames)
    while not _is_smooth(length):
        length += 1
    return length


def _is_smooth(number: int) -> bool:
    for prime in (2, 3, 5):
        while number % prime == 0:
            number //= prime
    return number == 1


def mean_around(values: Samples, width: int) -> Samples:
    """The mean of `width` values around each, shape (values,); beyond its ends they are mirrored."""
    before, after = width // 2, width - width // 2 - 1
    padded = np.concatenate((values[:before][::-1], values, values[len(values) - after :][::-1]))
    running = np.zeros(len(padded) + 1)
    np.cumsum(padded, dtype=np.float64, out=running[1:])
    return np.asarray((running[width:] - running[:-width]) / width, dtype=np.float32)


def mean_about(values: Samples, width: int) -> Samples:
    """The mean of `width` by `width` values around each, in two dimensions; beyond its edges they stay the same."""
    around = (width // 2, width - width // 2 - 1)
    padded = np.pad(values, (around, around), mode="edge")
    rows, columns = values.shape
    tall = np.zeros((rows, padded.shape[1]), dtype=np.float32)
    for start in range(width):
        tall += padded[start : start + rows]
    found = np.zeros((rows, columns), dtype=np.float32)
    for start in range(width):
        found += tall[:, start : start + columns]
    return np.asarray(found / width**2, dtype=np.float32)


def piece(sound: Samples, start: int, frames: int) -> Samples:
    """`frames` frames of a sound from `start` on, which may be negative; silence where it has none. May be a view."""
    if start >= 0 and start + frames <= len(sound):
        return sound[start : start + frames]
    cut = np.zeros(frames, dtype=np.float32)
    first, last = max(0, start), min(len(sound), start + frames)
    if first < last:
        cut[first - start : last - start] = sound[first:last]
    return cut


def median(values: NDArray[np.floating[Any]]) -> float:
    """The median of values that are all numbers, of shape (values >= 1,); of very many, of every fourth.

    Neighbours that look alike, as those of a correlation do, say nothing new about it.
    """
    if len(values) > _VERY_MANY:
        values = values[::4]
    half = (len(values) - 1) // 2
    sides = np.partition(values, (half, len(values) // 2))
    return (float(sides[half]) + float(sides[len(values) // 2])) / 2
