"""Takes what is known out of what is heard, so that what is left can be searched. Pure numpy.

Each known source may reach the target late, coloured, and through a compressor that turns everything down together.
So: find each source's delay, explain the target as all of them through a short filter each (least squares, exact for
the window), then follow the gain that a compressor laid over the sum. Sound is mono, float32, about 8 kHz.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.spectra import Spectrum, fast_length, irfft, mean_around, median, rfft

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

TAPS: Final = 64
_BEFORE: Final = 16  # taps before the delay that was found: a filter's peak is not its beginning
_IS_THERE: Final = 8.0  # spreads above the correlation's noise from which a source is taken to be in the target
_SMOOTH_BINS: Final = 64
_RIDGE: Final = 1e-5
_GAIN_FRAMES: Final = 129  # 16 ms at 8 kHz: a compressor's attack, and far too slow to follow a voice
_GAIN_ROUNDS: Final = 3
_GAIN_FROM: Final = 1e-4  # of the target's energy left over: below that no compressor was at work
_GAIN_WORTH: Final = 0.8  # of what was left without: a gain that takes out less than that is left alone


@dataclass(frozen=True, slots=True)
class Rest:
    """The target without what is known. `share` of its energy is left; the sources came at `gain` (None: none did)."""

    sound: Samples
    share: float = 1.0
    gain: float | None = None


class Known:
    """Sources, each of shape (lead + frames,): `lead` frames more of the past than the targets of `frames` frames."""

    def __init__(self, sources: list[Samples], *, lead: int) -> None:
        self._sources = sources
        self._lead = lead

    def taken_out_of(self, target: Samples, *, earliest: int, latest: int) -> Rest:
        """The target without the sources, which reach it between `earliest` and `latest` frames late."""
        energy = float(target @ target)
        if not self._sources or energy == 0.0:
            return Rest(target)
        whitened = _flat(rfft(target, self._length))
        delays = [self._delay(number, whitened, earliest, latest) for number in range(len(self._sources))]
        moved = [
            self._moved(number, late - _BEFORE, len(target)) for number, late in enumerate(delays) if late is not None
        ]
        if not moved:
            return Rest(target)
        left, known = _without(_Fit(moved, len(target)), target)
        gain = np.sqrt(float(known @ known) / sum(float(one @ one) for one in moved))
        return Rest(left, min(1.0, float(left @ left) / energy), float(gain))

    @cached_property
    def _length(self) -> int:
        return fast_length(len(self._sources[0]) + self._lead)

    @cached_property
    def _whitened(self) -> list[Spectrum]:
        return [_flat(rfft(source, self._length)) for source in self._sources]

    def _delay(self, number: int, target: Spectrum, earliest: int, latest: int) -> int | None:
        """How many frames late a source is in the target; None when it is not in it, or rather at another time."""
        likeness = irfft(target * np.conj(self._whitened[number]), self._length)
        delays = np.arange(-self._lead, self._lead)
        likeness = np.abs(likeness[(delays - self._lead) % self._length])
        best = int(np.argmax(likeness))
        noise = 1.4826 * median(likeness)
        is_there = likeness[best] > _IS_THERE * noise and earliest <= delays[best] <= latest
        return int(delays[best]) if is_there else None

    def _moved(self, number: int, late: int, frames: int) -> Samples:
        """A source as it reaches the target `late` frames late, with the TAPS - 1 frames before; silence beyond."""
        source = self._sources[number]
        start, end = self._lead - late - TAPS + 1, self._lead - late + frames
        return np.pad(source[max(0, start) : max(0, end)], (max(0, -start), max(0, end - len(source))))[: end - start]


def _without(fit: "_Fit", target: Samples) -> tuple[Samples, Samples]:
    """The target without what the sources explain, and without a compressor's gain; and what they explain."""
    known = fit.explain(target)
    left = target - known
    if left @ left < _GAIN_FROM * (target @ target):
        return left, known
    sound, levelled = known, left
    for _ in range(_GAIN_ROUNDS):
        gain = _gain(target, sound)
        even = target / gain
        sound = fit.explain(even)
        levelled = even - sound
        if np.sum((levelled * gain) ** 2) > _GAIN_WORTH * (left @ left):
            return left, known
    return levelled, sound


def _gain(target: Samples, known: Samples) -> Samples:
    """The slowly moving factor between what is known and the target, 1 where nothing is known."""
    both = mean_around(target * known, _GAIN_FRAMES)
    alone = mean_around(known * known, _GAIN_FRAMES)
    some = np.float32(1e-3 * float(np.mean(known * known)) + 1e-20)
    return np.asarray(np.clip((both + some) / (alone + some), 0.05, 4.0), dtype=np.float32)


def _flat(spectrum: Spectrum) -> Spectrum:
    """A spectrum whose smoothed size is 1 everywhere: every frequency says as much about a delay."""
    size = mean_around(spectrum.real**2 + spectrum.imag**2, _SMOOTH_BINS)
    return np.asarray(spectrum / np.sqrt(size + 1e-9 * size.max() + 1e-30), dtype=np.complex64)


class _Fit:
    """Least squares of any target by the same sources, each through TAPS taps; exact over the window's frames.

    The normal equations are made of correlations (one pair of FFTs each) and, along each diagonal, what leaves and
    what enters the window: the covariance method of linear prediction, for several sources.
    """

    def __init__(self, sources: list[Samples], frames: int) -> None:
        self._frames, self._count = frames, len(sources)
        self._length = fast_length(frames + TAPS)
        self._spectra = rfft(np.stack(sources), self._length)
        now = rfft(np.stack(sources)[:, TAPS - 1 :], self._length)
        gram = np.empty((self._count, TAPS, self._count, TAPS))
        for one in range(self._count):
            for two in range(one, self._count):
                down, right = self._against(one, now[two]), self._against(two, now[one])
                block = _covariance(down, right, sources[one].astype(np.float64), sources[two].astype(np.float64))
                gram[one, :, two, :], gram[two, :, one, :] = block, block.T
        matrix = gram.reshape(self._count * TAPS, self._count * TAPS)
        # each source's own: a faint one beside a loud one is fitted as well
        size = np.repeat(np.diag(matrix).reshape(self._count, TAPS).mean(axis=1), TAPS)
        matrix[np.diag_indices_from(matrix)] += _RIDGE * size + 1e-12
        self._root = _Root(matrix)

    def explain(self, target: Samples) -> Samples:
        """What the sources make of a target of shape (frames,), at best."""
        spectrum = rfft(target, self._length)
        wanted = np.concatenate([self._against(number, spectrum) for number in range(self._count)])
        filters = self._root.solve(wanted).reshape(self._count, TAPS).astype(np.float32)
        made = np.sum(self._spectra * rfft(filters, self._length), axis=0)
        return irfft(made, self._length)[TAPS - 1 : TAPS - 1 + self._frames]

    def _against(self, number: int, spectrum: Spectrum) -> Exact:
        """A source's correlation with a target, 0 to TAPS - 1 frames late."""
        found = irfft(self._spectra[number] * np.conj(spectrum), self._length)
        return np.asarray(found[TAPS - 1 :: -1], dtype=np.float64)


def _covariance(down: Exact, right: Exact, one: Exact, two: Exact) -> Exact:
    """The sums over the window of one[t - i] * two[t - j], shape (TAPS, TAPS), from those of i or j = 0."""
    first, last = slice(TAPS - 2, None, -1), slice(-1, -TAPS, -1)
    change = np.outer(one[first], two[first]) - np.outer(one[last], two[last])
    made = np.empty((TAPS, TAPS))
    made[:, 0], made[0, :] = down, right
    for row in range(TAPS - 1):
        made[row + 1, 1:] = made[row, :-1] + change[row]
    return made


class _Root:
    """The root of a matrix that is positive (Cholesky's), to solve by again and again: in blocks of TAPS by TAPS."""

    def __init__(self, matrix: Exact) -> None:
        self._lower = np.linalg.cholesky(matrix)
        self._blocks = [slice(start, start + TAPS) for start in range(0, len(matrix), TAPS)]
        self._turned = np.linalg.inv(np.stack([self._lower[block, block] for block in self._blocks]))

    def solve(self, wanted: Exact) -> Exact:
        """What the matrix makes `wanted` of, shape (taps,)."""
        found = wanted.copy()
        for turned, block in zip(self._turned, self._blocks, strict=True):
            found[block] = turned @ (found[block] - self._lower[block, : block.start] @ found[: block.start])
        for turned, block in zip(self._turned[::-1], self._blocks[::-1], strict=True):
            found[block] = turned.T @ (found[block] - self._lower[block.stop :, block].T @ found[block.stop :])
        return found
