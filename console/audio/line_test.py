"""The line test: a short sweep goes into a return, and what comes back tells about the line. Pure numpy.

The sweep is exponential (Farina, AES 108, 2000): each octave gets as much of it as the others, and what a line distorts
arrives before the sound itself, apart from it. What comes back, divided by what was sent, is the line's answer to a
click: its peak says how late and which way round, what is around the peak how loud and how wide.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq
from numpy.typing import NDArray

from console.audio.spectra import fast_length

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

PEAK_DBFS: Final = -20.0
SWEEP_S: Final = 0.5
LATEST_S: Final = 1.5
"""How long to go on listening after the sweep: there and back through two networks."""
_FROM_HZ: Final = 80.0
_TO_HZ: Final = 16_000.0
_FADE_S: Final = 0.01
_BEFORE_S, _AFTER_S = 0.005, 0.04  # of a line's answer, around its peak
_CLEAR: Final = 20.0  # spreads of all else: below that, nothing came back (a voice alone reaches 13)
_EDGE_DB: Final = -6.0  # a band that is fainter, against the middle of speech, does not come through
_MIDDLE_HZ: Final = (300.0, 3000.0)
_BANDS_PER_OCTAVE: Final = 3
_SPREAD: Final = 1.4826  # a normal distribution's standard deviation, from its median size


@dataclass(frozen=True, slots=True)
class LineResult:
    """What came back: at which level and how late, whether upside down, and from which frequency to which."""

    level_db: float
    delay_ms: float
    is_inverted: bool
    from_hz: float
    to_hz: float

    def __str__(self) -> str:
        phase = "inverted" if self.is_inverted else "in phase"
        band = f"{self.from_hz:.0f} Hz to {self.to_hz / 1000:.1f} kHz"
        return f"comes back at {self.level_db:.0f} dB after {self.delay_ms:.0f} ms, {phase}, {band}"


def line_signal(rate_hz: float) -> Samples:
    """The sweep: shape (frames,), float32, peak PEAK_DBFS, no click at its ends."""
    frames = round(SWEEP_S * rate_hz)
    octaves = np.log(_top_hz(rate_hz) / _FROM_HZ)
    at_s = np.arange(frames) / rate_hz
    turns = _FROM_HZ * SWEEP_S / octaves * np.expm1(at_s / SWEEP_S * octaves)
    fade = round(_FADE_S * rate_hz)
    edges = np.ones(frames)
    edges[:fade] = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    edges[-fade:] = edges[:fade][::-1]
    return np.asarray(10 ** (PEAK_DBFS / 20) * np.sin(2 * np.pi * turns) * edges, dtype=np.float32)


def line_result(sent: Samples, came_back: Samples, rate_hz: float) -> LineResult | None:
    """What the line does, or None when nothing came back.

    sent: shape (frames,), with the sweep in it; came_back: shape (more frames,), from the same moment on. Delays are
    found up to the difference of their lengths.
    """
    length = fast_length(len(sent) + len(came_back))
    there = rfft(sent.astype(np.float64), length)
    power = there.real**2 + there.imag**2
    power += 1e-3 * power.max()  # outside of the sweep's band there is nothing to divide by
    answer = irfft(rfft(came_back.astype(np.float64), length) * np.conj(there) / power, length)
    possible = np.abs(answer[: max(1, len(came_back) - len(sent) + 1)])
    late = int(np.argmax(possible))
    spread = _SPREAD * float(np.median(possible)) + 1e-12
    if possible[late] < _CLEAR * spread:
        return None
    perfect = irfft(there * np.conj(there) / power, length)
    edges, levels_db = _bands(answer, late, perfect, spread, rate_hz)
    middle = (edges[:-1] >= _MIDDLE_HZ[0]) & (edges[1:] <= _MIDDLE_HZ[1])
    level_db = float(np.median(levels_db[middle]))
    through = np.flatnonzero(levels_db >= level_db + _EDGE_DB)
    return LineResult(
        level_db=level_db,
        delay_ms=1000 * late / rate_hz,
        is_inverted=bool(answer[late] < 0),
        from_hz=float(edges[through[0]]),
        to_hz=float(edges[through[-1] + 1]),
    )


def _bands(answer: Exact, late: int, perfect: Exact, spread: float, rate_hz: float) -> tuple[Exact, Exact]:
    """The edges of the bands, and what comes through in each, in dB: the line's answer against a perfect line's."""
    before, after = round(_BEFORE_S * rate_hz), round(_AFTER_S * rate_hz)
    length = fast_length(4 * (before + after))
    came, sent = (
        np.abs(rfft(np.roll(clicked, before - peak)[: before + after], length)) ** 2
        for clicked, peak in ((answer, late), (perfect, 0))
    )
    came = np.maximum(0.0, came - spread**2 * (before + after))  # all else that is heard
    octaves = np.log2(_top_hz(rate_hz) / _FROM_HZ)
    edges = np.geomspace(_FROM_HZ, _top_hz(rate_hz), round(octaves * _BANDS_PER_OCTAVE) + 1)
    at = np.searchsorted(rfftfreq(length, 1 / rate_hz), edges)
    through = np.add.reduceat(came, at)[:-1] / np.add.reduceat(sent, at)[:-1]
    return edges, 10 * np.log10(through + 1e-20)


def _top_hz(rate_hz: float) -> float:
    return min(_TO_HZ, 0.45 * rate_hz)
