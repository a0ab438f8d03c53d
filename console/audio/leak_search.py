"""Looks for one voice in a sound, late and faint: the matched filter in noise that changes. Pure numpy.

Every cell of time and frequency counts by how quiet the sound is there, so that a leak shows between the syllables and
beside the formants of whoever else speaks, and in a codec's noise where that is least. The sum over the cells is the
voice's gain at each delay (the maximum likelihood one, for noise of that size); how far its values spread over all
delays says what chance alone makes. Sound is mono, float32, about 8 kHz.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.spectra import Spectrum, irfft, mean_about, median, piece, rfft
from console.audio.voice import CELL, HOP, WINDOW, Voice, cells_in, cells_of, framed_from, power_of

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

_ROUND: Final = 7  # cells, in time and in frequency, over which a cell's noise is averaged
_QUIETEST: Final = 1e-2  # of a frequency's mean noise: a pause counts 20 dB more than the rest, never without limit
_NOTHING: Final = 1e-11  # the noise of a cell at about -110 dBFS
_FINER: Final = 2  # delays are looked at in half frames: between two frames a peak would be 4 dB lower
_PIECES: Final = 24  # of 3 s: longer than a syllable's likeness to another lasts
_NEARLY: Final = 0.7
_WIDTH: Final = 8  # frames, of a peak
_SPREAD: Final = 1.4826  # a normal distribution's standard deviation, from its median size


@dataclass(frozen=True, slots=True)
class Peak:
    """Where the voice was found, if it was.

    late: its delay in frames; gain: its gain, linear; clarity: how many spreads it stands above chance; chance: the
    gain that one spread stands for. steadiness: the sum over the window's pieces by the root of the sum of their
    squares: about 1 to 2.5 when one moment made it, 3 and more when all the voice did. is_highest: no delay outside
    those allowed stands nearly as high, as for a sound that repeats itself.
    """

    late: float
    gain: float
    clarity: float
    chance: float
    steadiness: float
    is_highest: bool


def find(voice: Voice, sound: Samples, *, earliest: int, latest: int) -> Peak:
    """The likeliest delay, from `earliest` to `latest` frames, of a voice in a sound of shape (frames,).

    Delays from -lead to lead are looked at, those outside of what is allowed as a measure of chance.
    """
    lead = voice.lead
    cells = cells_of(framed_from(sound, HOP, cells_in(len(sound))))
    weights = _weights(cells)
    weighted = _joined(cells * weights, len(sound))
    delays = np.arange(-lead * _FINER, lead * _FINER) / _FINER
    alike = _alike(voice, weighted)
    worth = _worth(voice, weights, delays)
    size = np.abs(alike) / np.sqrt(worth)
    spread = _SPREAD * median(size) + 1e-30
    allowed = (delays >= earliest) & (delays <= latest)
    outside = (delays < earliest - _WIDTH) | (delays > latest + _WIDTH)
    best = int(np.argmax(np.where(allowed, size, 0.0)))
    beside, top = _top(np.abs(alike), best)
    return Peak(
        late=float(delays[best]) + beside / _FINER,
        gain=top / float(worth[best]),
        clarity=float(size[best]) / spread,
        chance=spread / float(np.sqrt(worth[allowed].min())),
        steadiness=_steadiness(weighted * _late(voice, float(delays[best]), len(sound))),
        is_highest=bool(_NEARLY * size[best] >= np.max(size, where=outside, initial=0.0)),
    )


def _alike(voice: Voice, weighted: Samples) -> Exact:
    """The sum over all cells of the sound times the voice, by their weights, for each delay from -lead to lead."""
    product = rfft(weighted, voice.length) * np.conj(voice.spectrum)
    found = irfft(product, voice.length * _FINER)[-2 * voice.lead * _FINER :]
    return found.astype(np.float64) * _FINER


def _top(size: Exact, best: int) -> tuple[float, float]:
    """Where a parabola through a peak and its neighbours is highest, in steps beside the peak, and how high."""
    if not 0 < best < len(size) - 1:
        return 0.0, float(size[best])
    before, at, after = (float(value) for value in size[best - 1 : best + 2])
    bend = before - 2 * at + after
    # at the edge of what is allowed the neighbour may be higher
    beside = float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
    return beside, at - (before - after) * beside / 4


def _steadiness(product: Samples) -> float:
    pieces = np.array([float(piece.sum()) for piece in np.array_split(product, _PIECES)])
    return float(abs(pieces.sum()) / (np.sqrt(np.sum(pieces**2)) + 1e-30))


def _late(voice: Voice, late: float, frames: int) -> Samples:
    """The voice so many frames late: shape (frames,); between two frames the mean of both."""
    two = [piece(voice.sound, voice.lead - whole, frames) for whole in (int(np.floor(late)), int(np.ceil(late)))]
    return np.asarray((two[0] + two[1]) / 2, dtype=np.float32)


def _worth(voice: Voice, weights: Samples, delays: Exact) -> Exact:
    """The sum over all cells of the voice's energy, by their weights, for each delay: what `_alike` is measured by."""
    hops = -(-voice.lead // HOP)
    power, cells = voice.power, len(weights)
    sums = [float(np.vdot(weights, power[offset : offset + cells])) for offset in range(2 * hops, -1, -1)]
    found = np.interp(delays, (np.arange(2 * hops + 1) - hops) * HOP, sums)
    return np.asarray(found / HOP + 1e-30, dtype=np.float64)


def _weights(cells: Spectrum) -> Samples:
    """How much each cell counts: the inverse of the noise around it."""
    noise = mean_about(power_of(cells), _ROUND)
    noise += _QUIETEST * noise.mean(axis=0) + _NOTHING * CELL
    return np.asarray(1.0 / noise, dtype=np.float32)


def _joined(cells: Spectrum, frames: int) -> Samples:
    """The sound that overlapping cells make: shape (frames,)."""
    pieces = irfft(cells, CELL) * WINDOW
    made = np.zeros((len(pieces) + 1, HOP), dtype=np.float32)
    made[:-1] += pieces[:, :HOP]
    made[1:] += pieces[:, HOP:]
    return made.reshape(-1)[HOP : HOP + frames]
