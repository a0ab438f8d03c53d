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

from console.audio.spectra import Spectrum, fast_length, irfft, mean_about, median, rfft

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

CELL: Final = 256
"""Frames of a cell: 32 ms at 8 kHz."""
_HOP: Final = CELL // 2
_ROUND: Final = 7  # cells, in time and in frequency, over which a cell's noise is averaged
_QUIETEST: Final = 1e-2  # of a frequency's mean noise: a pause counts 20 dB more than the rest, never without limit
_NOTHING: Final = 1e-11  # the noise of a cell at about -110 dBFS
_FINER: Final = 2  # delays are looked at in half frames: between two frames a peak would be 4 dB lower
_WINDOW: Final = np.sqrt(np.hanning(CELL + 1)[:CELL]).astype(np.float32)
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


def find(voice: Samples, sound: Samples, *, lead: int, earliest: int, latest: int) -> Peak:
    """The likeliest delay, from `earliest` to `latest` frames, of a voice in a sound of shape (frames,).

    voice: shape (lead + frames,), `lead` frames more of the past than the sound. Delays from -lead to lead are looked
    at, those outside of what is allowed as a measure of chance.
    """
    cells = _cells(_framed_from(sound, _HOP, -(-len(sound) // _HOP) + 1))
    weights = _weights(cells)
    weighted = _joined(cells * weights, len(sound))
    delays = np.arange(-lead * _FINER, lead * _FINER) / _FINER
    alike = _alike(voice, weighted, delays, lead)
    worth = _worth(voice, weights, delays, lead)
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
        steadiness=_steadiness(weighted * _late(voice, float(delays[best]), lead, len(sound))),
        is_highest=bool(_NEARLY * size[best] >= np.max(size, where=outside, initial=0.0)),
    )


def _alike(voice: Samples, weighted: Samples, delays: Exact, lead: int) -> Exact:
    """The sum over all cells of the sound times the voice, by their weights, for each delay."""
    length = fast_length(len(voice) + lead)
    product = rfft(weighted, length) * np.conj(rfft(voice, length))
    found = irfft(product, length * _FINER) * _FINER
    return np.asarray(found[np.round((delays - lead) * _FINER).astype(int)], dtype=np.float64)


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


def _late(voice: Samples, late: float, lead: int, frames: int) -> Samples:
    """The voice so many frames late: shape (frames,); between two frames the mean of both."""
    two = [_cut(voice, lead - whole, frames) for whole in (int(np.floor(late)), int(np.ceil(late)))]
    return np.asarray((two[0] + two[1]) / 2, dtype=np.float32)


def _cut(sound: Samples, start: int, frames: int) -> Samples:
    """`frames` frames of a sound from `start` on; silence where it has none."""
    cut = sound[max(0, start) : max(0, start + frames)]
    return np.pad(cut, (max(0, -start), frames))[:frames]


def _worth(voice: Samples, weights: Samples, delays: Exact, lead: int) -> Exact:
    """The sum over all cells of the voice's energy, by their weights, for each delay: what `_alike` is measured by."""
    hops = -(-lead // _HOP)
    # cells of the voice from `hops` cells before the sound's to `hops` after
    before = hops * _HOP + _HOP - lead
    power = _power(_cells(_framed_from(voice, before, len(weights) + 2 * hops)))
    by_cells = weights @ power.T
    sums = [float(np.trace(by_cells, offset)) for offset in range(2 * hops, -1, -1)]
    found = np.interp(delays, (np.arange(2 * hops + 1) - hops) * _HOP, sums)
    return np.asarray(found / _HOP + 1e-30, dtype=np.float64)


def _weights(cells: Spectrum) -> Samples:
    """How much each cell counts: the inverse of the noise around it."""
    noise = mean_about(_power(cells), _ROUND)
    noise += _QUIETEST * noise.mean(axis=0) + _NOTHING * CELL
    return np.asarray(1.0 / noise, dtype=np.float32)


def _joined(cells: Spectrum, frames: int) -> Samples:
    """The sound that overlapping cells make: shape (frames,)."""
    pieces = irfft(cells, CELL) * _WINDOW
    made = np.zeros((len(pieces) + 1, _HOP), dtype=np.float32)
    made[:-1] += pieces[:, :_HOP]
    made[1:] += pieces[:, _HOP:]
    return made.reshape(-1)[_HOP : _HOP + frames]


def _framed_from(sound: Samples, before: int, cells: int) -> Samples:
    """`cells` overlapping frames of a sound, beginning `before` frames before it."""
    wanted = (cells + 1) * _HOP
    padded = np.pad(sound, (before, max(0, wanted - before - len(sound))))[:wanted]
    return np.lib.stride_tricks.sliding_window_view(padded, CELL)[::_HOP]


def _cells(frames: Samples) -> Spectrum:
    return rfft(frames * _WINDOW)


def _power(cells: Spectrum) -> Samples:
    return np.asarray(cells.real**2 + cells.imag**2, dtype=np.float32)
