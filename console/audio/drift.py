"""How much quicker one clock runs than another, from how far they are apart. Pure; no clock of its own.

A second-order loop on a low-passed distance, as in F. Adriaensen, "Controlling adaptive resampling" (LAC 2012): the
distance is steered to where it should be, slowly enough that the single callback's lateness is not heard.
"""

import math
from typing import Final

MOST_DRIFT: Final = 1e-3  # beyond the nominal ratio; crystals are off by a tenth of that
_QUICK_HZ: Final = 0.3  # the loop's bandwidth at first
_SLOW_HZ: Final = 0.02  # and when it has settled
_SETTLES_S: Final = 8.0
_SMOOTHER: Final = 5.0  # the low-pass lies so many times above the loop
_LONGEST_STEP_S: Final = 0.25


class DriftLoop:
    """Gives the part by which to read quicker (above 0) or slower, from how much too far behind the reader is."""

    def __init__(self) -> None:
        self.drift = 0.0
        self._age_s = 0.0
        self._smooth_s = 0.0
        self._sum = 0.0  # what the clocks differ by, as far as known

    def update(self, behind_s: float, passed_s: float) -> float:
        """behind_s: how much more than wanted the reader is behind; passed_s: since the update before."""
        passed_s = min(passed_s, _LONGEST_STEP_S)
        self._age_s += passed_s
        bandwidth = _SLOW_HZ if self._age_s > _SETTLES_S else _QUICK_HZ
        turn = 2 * math.pi * bandwidth
        self._smooth_s += (behind_s - self._smooth_s) * (1 - math.exp(-_SMOOTHER * turn * passed_s))
        wanted = 2 * turn * self._smooth_s + self._sum
        # a loop that cannot do what it wants does not go on summing up that it wants it
        if abs(wanted) < MOST_DRIFT:
            self._sum += turn * turn * self._smooth_s * passed_s
        self.drift = max(-MOST_DRIFT, min(MOST_DRIFT, wanted))
        return self.drift

    def jumped(self) -> None:
        """The distance was set anew: forget what it was; the clocks are as they were."""
        self._smooth_s = 0.0
