"""Loudness of groups of columns after ITU-R BS.1770-5, EBU R 128 and EBU Tech 3341 and 3342. Pure numpy.

Windows move on by 10 ms: on a grid of 100 ms a short sound reads up to 0.45 LU too little. Gating blocks and the
range's short-term values are taken every 100 ms, into distributions of fixed size: hours cost no more than a minute.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.blocks import Numbers, Samples, Slots
from console.audio.state import NO_LOUDNESS_LUFS
from console.audio.totals import Totals, lufs
from console.audio.weighting import KWeighting

HOP_S: Final = 0.01
_MOMENTARY_HOPS: Final = 40
_SHORT_TERM_HOPS: Final = 300
_STEP_HOPS: Final = 10

INTEGRATED_GATE: Final = 10 ** (-10 / 10)  # relative to the mean power of what passes the absolute one
RANGE_GATE: Final = 10 ** (-20 / 10)
RANGE_STABLE_S: Final = 60.0  # EBU Tech 3342: before that the range still wanders


class Loudness:
    """Momentary, short-term and integrated loudness, range and maxima of groups; all readings have shape (groups,).

    A reading that has nothing to go by is NO_LOUDNESS_LUFS. At rates that are no multiple of 100 Hz the hop is the
    nearest whole number of frames.
    """

    def __init__(
        self, groups: Sequence[Mapping[int, float]], *, sample_rate_hz: float, kept: Numbers | None = None
    ) -> None:
        """groups: the columns of each, with their weights (`weighting.LAYOUTS`).

        kept: `Totals.size` values that hold all that was counted since the last reset, at first zeros. Whoever gives
        them again goes on counting: what is in shared memory outlives a process.
        """
        self._columns = sorted({column for group in groups for column, weight in group.items() if weight})
        self._weights = np.array([[group.get(column, 0.0) for column in self._columns] for group in groups])
        self._hop_frames = max(1, round(sample_rate_hz * HOP_S))
        self._sample_rate_hz = sample_rate_hz
        self._is_paused = False
        self._totals = Totals(len(groups), kept)
        self.skip()

    def reset(self) -> None:
        """Begin anew: every reading, so that no window holds sound from before."""
        self._totals.reset()
        self.skip()

    def skip(self) -> None:
        """Say that what comes next does not follow on what came last: no window is to hold both."""
        self._filter = KWeighting(len(self._columns), sample_rate_hz=self._sample_rate_hz)
        self._begin_windows()

    def pause(self, is_paused: bool) -> None:
        """Stop or go on with all but the momentary and the short-term loudness; what is said meanwhile never counts."""
        if self._is_paused and not is_paused:
            self._begin_windows()
        self._is_paused = is_paused

    def _begin_windows(self) -> None:
        groups = len(self._weights)
        self._slots = Slots(self._hop_frames, len(self._columns))
        self._last = np.zeros((groups, _SHORT_TERM_HOPS))
        self._hops = 0  # since the windows were empty
        self.momentary_lufs = np.full(groups, NO_LOUDNESS_LUFS)
        self.short_term_lufs = np.full(groups, NO_LOUDNESS_LUFS)

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns) with any number of frames from 1."""
        hops = self._slots.feed(block[:, self._columns])
        if len(hops):
            weighted = self._filter.feed(hops.reshape(-1, len(self._columns)))
            power = np.square(weighted, out=weighted).reshape(len(weighted), -1, self._hop_frames).mean(axis=2)
            self._take(self._weights @ power)

    def _take(self, hops: Numbers) -> None:
        """New hops of mean power, shape (groups, hops >= 1)."""
        new = hops.shape[1]
        joined = np.concatenate((self._last, hops), axis=1)
        self._last = joined[:, -_SHORT_TERM_HOPS:]
        running = np.cumsum(joined, axis=1)
        momentary = _means(running, _MOMENTARY_HOPS, new)
        short_term = _means(running, _SHORT_TERM_HOPS, new)
        self.momentary_lufs, self.short_term_lufs = lufs(momentary[:, -1]), lufs(short_term[:, -1])
        count = self._hops + 1 + np.arange(new)
        self._hops += new
        if not self._is_paused:
            self._totals.measured_s += new * self._hop_frames / self._sample_rate_hz
            self._count(momentary, short_term, count)

    def _count(self, momentary: Numbers, short_term: Numbers, count: NDArray[np.int64]) -> None:
        highest = np.stack((momentary.max(axis=1), short_term.max(axis=1)))
        np.maximum(self._totals.maxima, highest, out=self._totals.maxima)
        is_step = count % _STEP_HOPS == 0
        self._totals.gated.add(momentary[:, is_step & (count >= _MOMENTARY_HOPS)])
        self._totals.short_terms.add(short_term[:, is_step & (count >= _SHORT_TERM_HOPS)])

    @property
    def has_short_term(self) -> bool:
        """Whether the short-term loudness is that of 3 s that belong together, and not of less."""
        return self._hops >= _SHORT_TERM_HOPS

    @property
    def measured_s(self) -> float:
        """How long was measured since the last reset, without pauses; the range is stable from RANGE_STABLE_S."""
        return float(self._totals.measured_s[0])

    @property
    def momentary_max_lufs(self) -> Numbers:
        """The highest momentary loudness since the last reset."""
        return lufs(self._totals.maxima[0])

    @property
    def short_term_max_lufs(self) -> Numbers:
        """The highest short-term loudness since the last reset."""
        return lufs(self._totals.maxima[1])

    def integrated_lufs(self) -> Numbers:
        """The integrated loudness since the last reset, gated."""
        return lufs(self._totals.gated.mean(self._totals.gated.above(INTEGRATED_GATE)))

    def range_lu(self) -> Numbers:
        """The loudness range since the last reset, in LU; 0 where nothing was heard."""
        return self._totals.short_terms.spread(self._totals.short_terms.above(RANGE_GATE))


def _means(running: Numbers, window: int, new: int) -> Numbers:
    """The means of the windows that end with each of the last `new` values; `running` is their running sum."""
    total = running.shape[1]
    sums = running[:, total - new :] - running[:, total - new - window : total - window]
    return np.maximum(sums, 0.0) / window
