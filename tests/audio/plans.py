"""Plans and noise that the tests of the engine's numbers share."""

import numpy as np
from numpy.typing import NDArray

from console.audio.plan import Plan, plan_of
from console.settings.sound import Audio

Samples = NDArray[np.float32]


def studio(**more: object) -> Plan:
    """Host, Guest, stereo Music, Director; a mono return for the guest, a stereo one for the host."""
    return plan_of(
        Audio.model_validate(
            {
                "channels": [
                    {"name": "Host", "inputs": [1]},
                    {"name": "Guest", "inputs": [2]},
                    {"name": "Music", "inputs": [3, 4]},
                    {"name": "Director", "inputs": [5]},
                ],
                "returns": [
                    {"name": "Guest", "listener": ["Guest"], "outputs": [1]},
                    {"name": "Host", "listener": ["Host"], "outputs": [3, 4], "gains_db": {"Music": -6.0}},
                ],
                **more,
            }
        )
    )


def noise(frames: int, inputs: int, seed: int = 1) -> Samples:
    """White noise up to full scale."""
    return np.random.default_rng(seed).uniform(-1, 1, (frames, inputs)).astype(np.float32)
