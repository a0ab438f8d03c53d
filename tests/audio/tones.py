"""Tones, and how clean they are after something was done to them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def tone(hz: float, frames: int, *, rate_hz: float = 48_000, start: int = 0) -> Samples:
    """A sine at full scale, shape (frames, 1)."""
    at = np.arange(start, start + frames) / rate_hz
    return np.sin(2 * np.pi * hz * at).astype(np.float32)[:, np.newaxis]


def cleanness_db(sound: NDArray[Any], turns_per_frame: float, *, within_ppm: float) -> tuple[float, float]:
    """As `residual_db`, of a sine whose frequency is off by up to so much."""
    best, width_ppm = 0.0, within_ppm
    while width_ppm > 0.05:
        near = np.linspace(best - width_ppm, best + width_ppm, 21)
        best = min(near, key=lambda ppm: residual_db(sound, turns_per_frame * (1 + ppm * 1e-6))[1])
        width_ppm /= 8
    return residual_db(sound, turns_per_frame * (1 + best * 1e-6))


def residual_db(sound: NDArray[Any], turns_per_frame: float) -> tuple[float, float]:
    """The level of a sine in `sound`, and everything else against it, both in dB."""
    phase = 2 * np.pi * turns_per_frame * np.arange(len(sound))
    parts = np.stack((np.cos(phase), np.sin(phase)), axis=1)
    fit, *_ = np.linalg.lstsq(parts, sound.astype(np.float64), rcond=None)
    rest = sound - parts @ fit
    return float(20 * np.log10(np.hypot(*fit))), float(10 * np.log10(np.mean(rest**2) / np.mean((parts @ fit) ** 2)))
