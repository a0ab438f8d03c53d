"""What of the loudness is counted for hours: how often each came, the maxima, and how long. Pure numpy.

All of it is one array of fixed size, that may lie in shared memory and outlive whoever counts.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.blocks import Numbers
from console.audio.state import NO_LOUDNESS_LUFS

SILENCE_LUFS: Final = -70.0  # the absolute gate
RANGE_FROM, RANGE_TO = 0.10, 0.95
_BIN_LU: Final = 0.1
_BINS: Final = 1000  # -70 to +30 LUFS


def lufs(power: Numbers) -> Numbers:
    """Weighted mean squares in LUFS, silence as NO_LOUDNESS_LUFS (BS.1770-5, formula 2)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(-0.691 + 10 * np.log10(power), NO_LOUDNESS_LUFS))


class Totals:
    """What was counted since the last reset, in views of one array.

    `measured_s`, shape (1,); `maxima` of the momentary and of the short-term power, shape (2, groups); `true_peaks`,
    linear, shape (groups,); `gated` and `short_terms`: how often each came.
    """

    def __init__(self, groups: int, kept: Numbers | None = None) -> None:
        """kept: `size` values, at first zeros; None: an array of its own."""
        self._kept = np.zeros(self.size(groups)) if kept is None else kept
        self.measured_s = self._kept[:1]
        self._by_group = self._kept[1:].reshape(groups, -1)
        self.maxima, self.true_peaks = self._by_group[:, :2].T, self._by_group[:, 2]
        counted = self._by_group[:, 3:].reshape(groups, 2, 2, _BINS)
        self.gated, self.short_terms = map(Distribution, np.moveaxis(counted, 0, 2))

    @staticmethod
    def size(groups: int) -> int:
        """How many float64 values are kept of so many groups."""
        return 1 + groups * (3 + 4 * _BINS)

    def reset(self) -> None:
        """Begin to count anew."""
        self._kept.fill(0.0)

    def take_over(self, before: "Totals", groups: Mapping[int, int]) -> None:
        """Go on from what others have counted; groups: theirs, by those that are the same here."""
        self.measured_s[:] = before.measured_s
        for here, there in groups.items():
            self._by_group[here] = before._by_group[there]


class Distribution:
    """How often each loudness above the absolute gate came, in bins of _BIN_LU that also keep their exact power."""

    def __init__(self, totals: Numbers) -> None:
        """totals: shape (2, groups, _BINS), zeros at first."""
        self._counts: Numbers = totals[0]
        self._powers: Numbers = totals[1]

    def add(self, powers: Numbers) -> None:
        """Count mean powers of shape (groups, any number)."""
        loudness = lufs(powers)
        group, which = np.nonzero(loudness > SILENCE_LUFS)
        bins = ((loudness[group, which] - SILENCE_LUFS) / _BIN_LU).astype(np.intp).clip(0, _BINS - 1)
        np.add.at(self._counts, (group, bins), 1.0)
        np.add.at(self._powers, (group, bins), powers[group, which])

    def above(self, gate: float) -> NDArray[np.bool_]:
        """Which bins pass a gate relative to the mean power of all; shape (groups, bins)."""
        everything = self.mean(np.ones_like(self._counts, dtype=np.bool_))
        return self._powers > self._counts * (everything * gate)[:, None]

    def mean(self, chosen: NDArray[np.bool_]) -> Numbers:
        """The mean power of the chosen bins of each group, 0 where there are none."""
        count, power = (np.sum(each, axis=1, where=chosen) for each in (self._counts, self._powers))
        return np.asarray(power / np.maximum(count, 1.0))

    def spread(self, chosen: NDArray[np.bool_]) -> Numbers:
        """The distance in LU from the 10th to the 95th percentile of the chosen bins."""
        running = np.cumsum(self._counts * chosen, axis=1)
        low, high = (self._percentile(running, part) for part in (RANGE_FROM, RANGE_TO))
        return high - low

    def _percentile(self, running: Numbers, part: float) -> Numbers:
        """EBU Tech 3342's own: the value at the nearest place in the sorted list."""
        place = np.round((running[:, -1:] - 1) * part)
        bins = np.sum(running <= place, axis=1).clip(0, _BINS - 1)
        at = np.arange(len(bins)), bins
        return lufs(self._powers[at] / np.maximum(self._counts[at], 1.0))
