"""Takes what is known out of what is heard, so that what is left can be searched. Pure numpy.

Each known source may reach the target late, coloured, and through a compressor that turns everything down together.
So: find each source's delay, explain the target as all of them through a short filter each (least squares, exact for
the window), then follow the gain that a compressor laid over the sum. Sound is mono, float32, about 8 kHz.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from console.audio.spectra import Spectrum, fast_length, irfft, mean_around, median, piece, rfft
from console.audio.voice import Voice, flat

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

MOST: Final = 6
"""So many voices are taken out with their delay and colour."""
TAPS: Final = 64
_BEFORE: Final = 16  # taps before the delay that was found: a filter's peak is not its beginning
_IS_THERE: Final = 8.0  # spreads above the correlation's noise from which a source is taken to be in the target
_SPREAD: Final = 1.4826  # a normal distribution's standard deviation, from its median size
_RIDGE: Final = 1e-5
_LEAST_RIDGE: Final = 1e-6
_IS_IN_THE_MIX: Final = 0.1  # of the highest gain: what is lower says nothing about the mix's own gain
_GAIN_FRAMES: Final = 129  # 16 ms at 8 kHz: a compressor's attack, and far too slow to follow a voice
_LIMITER_FRAMES: Final = 17  # 2 ms: what is mixed here is known so well that its gain may be followed closely
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
    """Voices that all have the same lead and length."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices

    def taken_out_of(self, target: Samples, *, earliest: int, latest: int) -> Rest:
        """The target without the voices, which reach it between `earliest` and `latest` frames late.

        Of more than MOST those that stand out most in the target: who is loud at the source may be turned down here.
        """
        if not self._voices or not target.any():
            return Rest(target)
        whitened = flat(rfft(target, self._voices[0].length))
        heard = [(voice, _delay(voice, whitened, earliest, latest)) for voice in self._voices]
        there = [(voice, delay) for voice, delay in heard if delay is not None]
        there.sort(key=lambda one: one[1].likeness, reverse=True)
        moved = [_moved(voice, delay.frames - _BEFORE) for voice, delay in there[:MOST]]
        if not moved:
            return Rest(target)
        left, known = _without(_Fit(moved, len(target)), target, _GAIN_FRAMES)
        return _rest(left, target, gain=_root_of_power(known) / np.sqrt(sum(float(one @ one) for one in moved)))


class InStep:
    """Voices as a return holds them that Cuedrop mixes: at once, uncoloured, each at a gain; any number of them."""

    def __init__(self, voices: Samples) -> None:
        """voices: shape (voices, frames)."""
        self._voices = voices
        self._alike = np.asarray(voices @ voices.T, dtype=np.float64)

    def taken_out_of(self, target: Samples, chosen: Sequence[int]) -> Rest:
        """The target, of as many frames, without those of the voices that are chosen."""
        if not len(chosen) or not target.any():
            return Rest(target)
        mix = _Mix(self._voices, self._alike, np.array(chosen))
        left, known = _without(mix, target, _LIMITER_FRAMES)
        there = mix.gains > _IS_IN_THE_MIX * mix.gains.max()
        power = float(np.diag(self._alike)[mix.chosen[there]].sum())
        return _rest(left, target, gain=_root_of_power(known) / np.sqrt(power + 1e-30))


def _rest(left: Samples, target: Samples, *, gain: float) -> Rest:
    return Rest(left, min(1.0, float(left @ left) / float(target @ target)), float(gain))


def _root_of_power(sound: Samples) -> float:
    return float(np.sqrt(float(sound @ sound)))


@dataclass(frozen=True, slots=True)
class _Delay:
    """How many frames late a voice is, and how clearly."""

    frames: int
    likeness: float


def _delay(voice: Voice, target: Spectrum, earliest: int, latest: int) -> _Delay | None:
    """Where a voice is in a target of flat spectrum; None when it is not in it, or rather at another time."""
    likeness = np.abs(irfft(target * np.conj(voice.flat), voice.length)[-2 * voice.lead :])
    best = int(np.argmax(likeness))
    is_there = likeness[best] > _IS_THERE * _SPREAD * median(likeness) and earliest <= best - voice.lead <= latest
    return _Delay(best - voice.lead, float(likeness[best])) if is_there else None


def _moved(voice: Voice, late: int) -> Samples:
    """A voice as it reaches the target `late` frames late, with the TAPS - 1 frames before; silence beyond."""
    return piece(voice.sound, voice.lead - late - TAPS + 1, voice.frames + TAPS - 1)


class _Explains(Protocol):
    """What is known of a sound."""

    def explain(self, target: Samples) -> Samples:
        """What the sources make of a target of shape (frames,), at best."""


def _without(fit: _Explains, target: Samples, gain_frames: int) -> tuple[Samples, Samples]:
    """The target without what the sources explain, and without a compressor's gain; and what they explain."""
    known = fit.explain(target)
    left = target - known
    if left @ left < _GAIN_FROM * (target @ target):
        return left, known
    sound, levelled = known, left
    for _ in range(_GAIN_ROUNDS):
        gain = _gain(target, sound, gain_frames)
        even = target / gain
        sound = fit.explain(even)
        levelled = even - sound
        if np.sum((levelled * gain) ** 2) > _GAIN_WORTH * (left @ left):
            return left, known
    return levelled, sound


def _gain(target: Samples, known: Samples, frames: int) -> Samples:
    """The slowly moving factor between what is known and the target, 1 where nothing is known."""
    both = mean_around(target * known, frames)
    alone = mean_around(known * known, frames)
    some = np.float32(1e-3 * float(np.mean(known * known)) + 1e-20)
    return np.asarray(np.clip((both + some) / (alone + some), 0.05, 4.0), dtype=np.float32)


class _Mix:
    """Least squares of any target by some of the voices, each at a gain; `gains` are those of the last target."""

    def __init__(self, voices: Samples, alike: Exact, chosen: NDArray[np.intp]) -> None:
        self._voices, self.chosen = voices, chosen
        self._matrix = alike[np.ix_(chosen, chosen)]
        self._matrix[np.diag_indices_from(self._matrix)] *= 1 + _LEAST_RIDGE
        self._matrix[np.diag_indices_from(self._matrix)] += 1e-12
        self.gains: Exact = np.zeros(len(chosen))

    def explain(self, target: Samples) -> Samples:
        """What the voices make of a target of shape (frames,), at best."""
        gains = np.linalg.solve(self._matrix, (self._voices @ target)[self.chosen].astype(np.float64))
        self.gains = np.abs(gains)
        every = np.zeros(len(self._voices), dtype=np.float32)
        every[self.chosen] = gains
        return every @ self._voices


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
