"""K-weighting and the weights of the channels, after ITU-R BS.1770-5. Pure numpy, float64 inside."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.blocks import Numbers, Samples, finite
from console.audio.recursive import Recursive

SURROUND: Final = 1.41  # BS.1770-5, table 3; the LFE channel counts nothing
LAYOUTS: Final[dict[int, tuple[tuple[str, float], ...]]] = {
    1: (("mono", 1.0),),
    2: (("L", 1.0), ("R", 1.0)),
    3: (("L", 1.0), ("R", 1.0), ("C", 1.0)),
    4: (("L", 1.0), ("R", 1.0), ("Ls", SURROUND), ("Rs", SURROUND)),
    5: (("L", 1.0), ("R", 1.0), ("C", 1.0), ("Ls", SURROUND), ("Rs", SURROUND)),
    6: (("L", 1.0), ("R", 1.0), ("C", 1.0), ("LFE", 0.0), ("Ls", SURROUND), ("Rs", SURROUND)),
}
"""Names and weights of the channels by their number, in the order of WAV and FLAC files."""

_PASSED: Final = 1.0049948987146884  # the high-pass of the standard raises what it passes a little, at 48 kHz


def k_weighting(sample_rate_hz: float) -> NDArray[np.float64]:
    """The two stages as second-order sections, shape (2, 6), with the response of BS.1770-5's own at 48 kHz.

    The standard gives coefficients for 48 kHz alone. These are the analogue filters behind them (a shelf of 4 dB at
    1.7 kHz, a high-pass at 38 Hz), taken to the rate by the bilinear transform: the same numbers at 48 kHz, within
    0.1 dB of it from 16 kHz on, 0.3 dB at 8 kHz.
    """
    tangent = math.tan(math.pi * 1681.974450955533 / sample_rate_hz)
    quality, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    scale = 1 + tangent / quality + tangent**2
    shelf = [
        (high + middle * tangent / quality + tangent**2) / scale,
        2 * (tangent**2 - high) / scale,
        (high - middle * tangent / quality + tangent**2) / scale,
        1.0,
        2 * (tangent**2 - 1) / scale,
        (1 - tangent / quality + tangent**2) / scale,
    ]
    tangent, quality = math.tan(math.pi * 38.13547087602444 / sample_rate_hz), 0.5003270373238773
    scale = 1 + tangent / quality + tangent**2
    gain = _PASSED / scale
    high_pass = [gain, -2 * gain, gain, 1.0, 2 * (tangent**2 - 1) / scale, (1 - tangent / quality + tangent**2) / scale]
    return np.array([shelf, high_pass])


class KWeighting:
    """The filter, running over many columns."""

    def __init__(self, columns: int, *, sample_rate_hz: float) -> None:
        self._filter = Recursive(k_weighting(sample_rate_hz), columns)

    def feed(self, block: Samples) -> Numbers:
        """The block, shape (frames, columns), weighted: shape (columns, frames)."""
        return self._filter.feed(finite(block).T.astype(np.float64, order="C"))
