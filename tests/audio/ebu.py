"""The signals of EBU Tech 3341 and 3342, made from their descriptions at 48 kHz. Pure numpy and scipy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin

Sound = NDArray[np.float32]

RATE: Final = 48_000
SILENCE: Final = -200.0


def tone(*steps: tuple[float, float]) -> Sound:
    """A sine of 1 kHz whose phase runs on, by (seconds, dBFS of its peak); shape (frames,)."""
    amplitude = np.concatenate([np.full(round(seconds * RATE), 10 ** (dbfs / 20)) for seconds, dbfs in steps])
    at_s = np.arange(len(amplitude)) / RATE
    return (amplitude * np.sin(2 * np.pi * 1000 * at_s)).astype(np.float32)


def stereo(*steps: tuple[float, float]) -> Sound:
    """The same tone left and right; shape (frames, 2), one column in memory: not to be written to."""
    made = tone(*steps)
    return np.broadcast_to(made[:, None], (len(made), 2))


def surround(seconds: float, levels_dbfs: Sequence[float]) -> Sound:
    """One tone per channel at its own level."""
    return np.stack([tone((seconds, dbfs)) for dbfs in levels_dbfs], axis=1)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal, made when it is wanted (all of them together are 14 minutes), and what it must read."""

    make: Callable[[], Sound]
    expected: float


INTEGRATED: Final = {
    "1": Signal(lambda: stereo((20, -23)), -23.0),
    "2": Signal(lambda: stereo((20, -33)), -33.0),
    "3": Signal(lambda: stereo((10, -36), (60, -23), (10, -36)), -23.0),
    "4": Signal(lambda: stereo((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23.0),
    "5": Signal(lambda: stereo((20, -26), (20.1, -20), (20, -26)), -23.0),
    "6": Signal(lambda: surround(20, (-28, -28, -24, -30, -30)), -23.0),
}
"""Tech 3341, 1 to 6: integrated loudness, +-0.1 LU. Tests 1 and 2 are all readings at once."""

RANGES: Final = {
    "1": Signal(lambda: stereo((20, -20), (20, -30)), 10.0),
    "2": Signal(lambda: stereo((20, -20), (20, -15)), 5.0),
    "3": Signal(lambda: stereo((20, -40), (20, -20)), 20.0),
    "4": Signal(lambda: stereo((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 15.0),
}
"""Tech 3342, 1 to 4: the range, +-1 LU."""

LIVE_LEVELS: Final = [-38.0 + i for i in range(20)]
"""Tech 3341, 11 and 14: the maxima one after the other."""


def short_term_steady() -> Sound:
    """9: S = -23 from 3 s on."""
    return stereo(*[(1.34, -20), (1.66, -30)] * 5)


def short_term_files() -> list[Sound]:
    """10: the highest S of each is -23."""
    return [stereo((i * 0.15, SILENCE), (3, -23), (1, SILENCE)) for i in range(20)]


def short_term_live() -> Sound:
    """11: the highest S is LIVE_LEVELS in steps of 6 s."""
    steps = [((i * 0.15, SILENCE), (3, LIVE_LEVELS[i]), (3 - i * 0.15, SILENCE)) for i in range(20)]
    return stereo(*chain.from_iterable(steps))


def momentary_steady() -> Sound:
    """12: M = -23 from 1 s on."""
    return stereo(*[(0.18, -20), (0.22, -30)] * 25)


def momentary_files() -> list[Sound]:
    """13: the highest M of each is -23."""
    return [stereo((i * 0.02, SILENCE), (0.4, -23), (1, SILENCE)) for i in range(20)]


def momentary_live() -> Sound:
    """14: the highest M is LIVE_LEVELS in steps of 0.8 s."""
    steps = [((i * 0.02, SILENCE), (0.4, LIVE_LEVELS[i]), (0.4 - i * 0.02, SILENCE)) for i in range(20)]
    return stereo(*chain.from_iterable(steps))


def _faded(sound: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    ramp = np.arange(frames) / frames
    sound[:frames] *= ramp
    sound[-frames:] *= ramp[::-1]
    return sound


def _sine(part_of_rate: float, amplitude: float, phase_degrees: float) -> Sound:
    at = np.arange(RATE // 2)
    sound = amplitude * np.sin(2 * np.pi * part_of_rate * at + np.deg2rad(phase_degrees))
    return np.repeat(_faded(sound, RATE // 100).astype(np.float32)[:, None], 2, axis=1)


def _burst(offset: int) -> Sound:
    """20 to 23: fs/6 at 0.50 with one period of fs/4 at 1.00, made at 4 fs, low-passed, every fourth sample."""
    quiet = 0.5 * np.sin(2 * np.pi * np.arange(24 * 2000) / 24)
    sound = np.concatenate((quiet, np.sin(2 * np.pi * np.arange(16) / 16), quiet))
    faded = _faded(sound, 4 * RATE // 100)
    taken = np.convolve(faded, firwin(513, 0.23), "same")[offset::4]
    return np.repeat(taken.astype(np.float32)[:, None], 2, axis=1)


TRUE_PEAKS: Final = {
    "15": Signal(lambda: _sine(1 / 4, 0.50, 0), -6.0),
    "16": Signal(lambda: _sine(1 / 4, 0.50, 45), -6.0),
    "17": Signal(lambda: _sine(1 / 6, 0.50, 60), -6.0),
    "18": Signal(lambda: _sine(1 / 8, 0.50, 67.5), -6.0),
    "19": Signal(lambda: _sine(1 / 4, 1.41, 45), 3.0),
    **{str(20 + offset): Signal(partial(_burst, offset), 0.0) for offset in range(4)},
}
"""Tech 3341, 15 to 23: the true peak, +0.2 to -0.4 dB."""
