"""Frozen and black pictures, found on a sparse grid of samples. Pure: bytes in, a word out."""

from typing import Final

import numpy as np

from console.cameras.messages import Look

BLACK_MEAN: Final = 16  # of 255: the black of video range, seen as full range
FROZEN_S: Final = 2.0
SAMPLES: Final = 2_000
SAME_WITHIN: Final = 8  # of 255: what an encoder makes of one and the same picture
CHANGED_SHARE: Final = 0.001  # of the samples: a talking head or a running clock is more


def samples_of(pixels: bytes | memoryview, stride: int) -> bytes:
    """The luma of about SAMPLES pixels spread over BGRX `pixels` (ITU-R BT.601): a deep blue slide is not black."""
    count = len(pixels) // 4
    step = max(1, count // SAMPLES)
    while step > 1 and (stride // 4) % step == 0:  # a step that divides the row would sample columns only
        step -= 1
    blue, green, red = (bytes(pixels[channel :: 4 * step]) for channel in range(3))
    return bytes((29 * b + 150 * g + 77 * r) >> 8 for b, g, r in zip(blue, green, red, strict=False))


def is_same(one: bytes, other: bytes) -> bool:
    """True when two sets of samples are the same picture but for an encoder's noise."""
    if len(one) != len(other):
        return False
    if one == other:
        return True
    before, now = (np.frombuffer(samples, np.uint8).astype(np.int16) for samples in (one, other))
    return bool(np.count_nonzero(np.abs(now - before) > SAME_WITHIN) <= len(one) * CHANGED_SHARE)


def is_black(samples: bytes) -> bool:
    """True when the samples of a picture are black on the whole; no samples are no picture."""
    return bool(samples) and sum(samples) < BLACK_MEAN * len(samples)


class Looks:
    """Follows the pictures of one source; `see` says what they look like now."""

    def __init__(self) -> None:
        self._reference = b""
        self._since_s = 0.0

    def see(self, samples: bytes, at_s: float) -> Look:
        """The look at `at_s` (monotonic seconds), given the newest picture's samples; call it some times a second."""
        if not self._reference or not is_same(samples, self._reference):
            self._reference, self._since_s = samples, at_s
        if is_black(samples):
            return Look.BLACK
        return Look.FROZEN if at_s - self._since_s >= FROZEN_S else Look.MOVING
