"""A call for the leak test to judge: people who talk at once, a return with what a line does to it, and a leak.

Sound at 8 kHz, as the leak test sees it after narrowing; columns: 0 the listener, then the others, then the return.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from scipy.signal import lfilter

from console.audio.narrowband import Past
from tests.rigs.voices import PEOPLE, Sound, speech

RATE_HZ: Final = 8000
SAID_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Line:
    """What happens to the return.

    leak_db, leak_s: the listener's own voice in it, None = none; late_s: the others come so much later (made
    elsewhere); noise_db: a codec's noise, relative to the return, `is_noise_steady` or as the voice goes (MNRU);
    ratio: of a compressor over all of it; echo_db, echo_s: the return in the listener's microphone.
    """

    leak_db: float | None = None
    leak_s: float = 0.24
    late_s: float = 0.0
    noise_db: float | None = -30.0
    is_noise_steady: bool = True
    ratio: float = 1.0
    echo_db: float | None = None
    echo_s: float = 0.3


@cache
def said(person: int) -> Sound:
    """Two minutes of a person at RATE_HZ."""
    return speech(person, seconds=SAID_S, rate_hz=RATE_HZ)


def talkers(chance: np.random.Generator, count: int, seconds: float) -> Sound:
    """Some of different people at once, each within 3 dB of the others: shape (frames, count)."""
    frames = round(seconds * RATE_HZ)
    people = chance.permutation(len(PEOPLE))[:count]
    starts = chance.integers(0, round(SAID_S * RATE_HZ) - frames, count)
    gains = 10 ** (chance.uniform(-3, 3, count) / 20)
    voices = [said(int(who))[at : at + frames] * gain for who, at, gain in zip(people, starts, gains, strict=True)]
    return np.stack(voices, axis=1).astype(np.float32)


def call(chance: np.random.Generator, voices: Sound, line: Line) -> Sound:
    """What Cuedrop hears of a call: the voices' columns (the listener's first), then the return."""
    own = voices[:, 0]
    heard = delayed(voices[:, 1:].sum(axis=1), line.late_s)
    if line.leak_db is not None:
        heard = heard + delayed(own, line.leak_s) * 10 ** (line.leak_db / 20)
    if line.ratio > 1:
        heard = compressed(heard, line.ratio)
    if line.noise_db is not None:
        noise = chance.standard_normal(len(heard)) * 10 ** (line.noise_db / 20)
        size = np.sqrt(np.mean(heard**2)) if line.is_noise_steady else heard
        heard = (heard + noise * size).astype(np.float32)
    if line.echo_db is not None:
        own = own + delayed(heard, line.echo_s) * 10 ** (line.echo_db / 20)
    return np.column_stack((own, voices[:, 1:], heard)).astype(np.float32)


def past_of(sound: Sound, *, seconds: float = 4.5) -> Past:
    """A Past that has heard all of a sound."""
    past = Past(RATE_HZ, sound.shape[1], seconds=seconds)
    past.feed(sound)
    return past


def delayed(sound: Sound, seconds: float) -> Sound:
    """A sound later, to fractions of a frame; silence before."""
    if seconds == 0.0:
        return sound
    length = 2 * len(sound)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length) * seconds * RATE_HZ)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, length) * turn, length)[: len(sound)], dtype=np.float32)


def compressed(sound: Sound, ratio: float, *, from_dbfs: float = -35.0) -> Sound:
    """A sound through a compressor that follows the size of its samples: 5 ms up, 100 ms down."""
    size = np.abs(sound)
    up, down = (_followed(size, seconds) for seconds in (0.005, 0.1))
    over_db = np.maximum(0.0, 20 * np.log10(np.maximum(up, down) + 1e-9) - from_dbfs)
    return np.asarray(sound * 10 ** (-over_db * (1 - 1 / ratio) / 20), dtype=np.float32)


def _followed(size: Sound, seconds: float) -> Sound:
    keep = float(np.exp(-1 / (seconds * RATE_HZ)))
    return np.asarray(lfilter([1 - keep], [1, -keep], size), dtype=np.float32)
