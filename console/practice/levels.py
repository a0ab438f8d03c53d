"""Meters of the practice OBS: speaking-like and music-like levels as a function of time. Pure."""

import math
from typing import Any

from console.practice.model import Studio
from console.practice.values import Input


def levels_mul(studio: Studio, t_s: float) -> list[dict[str, Any]]:
    """InputVolumeMeters' `inputs`: those with sound that are active, each with two channels of
    [magnitude x volume, peak x volume, peak before the fader], linear."""
    active = studio.active_inputs()
    sounding = [input for name, input in studio.inputs.items() if input.has_audio and name in active]
    return [{"inputName": input.name, "inputLevelsMul": [_channel(input, t_s)] * 2} for input in sounding]


def _channel(input: Input, t_s: float) -> list[float]:
    peak = peak_mul(input, t_s)
    factor = 0.0 if input.is_muted else input.volume_mul
    return [peak * factor * 0.35, peak * factor, peak]


def peak_mul(input: Input, t_s: float) -> float:
    """The peak of an input at a time, 0..1: syllables for a microphone, an even level for music, a quiet room else."""
    if input.special.startswith("desktop"):
        return 0.12 + 0.05 * abs(math.sin(2 * math.pi * 1.5 * t_s))
    if not input.special:
        return 0.008 + 0.002 * math.sin(2 * math.pi * 3.1 * t_s)
    shift = 5.0 if input.special == "mic2" else 0.0
    is_speaking = (t_s + shift) % 10 < 6.5  # the two take turns, with a little overlap
    syllable = max(0.0, math.sin(2 * math.pi * 3.7 * t_s)) ** 0.7
    return 0.01 + (0.4 * syllable * (0.7 + 0.3 * math.sin(1.3 * t_s)) if is_speaking else 0.0)
