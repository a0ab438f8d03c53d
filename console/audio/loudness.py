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
from console.audio.weighting import KWeighting

HOP_S: Final = 0.01
_MOMENTARY_HOPS: Final = 40
_SHORT_TERM_HOPS: Final = 300
_STEP_HOPS: Final = 10

SILENCE_LUFS: Final = -70.0  # the absolute gate
INTEGRATED_GATE: Final = 10 ** (-10 / 10)  # relative to the mean power of what passes the absolute one
RANGE_GATE: Final = 10 ** (-20 / 10)
RANGE_FROM, RANGE_TO = 0.10, 0.95
RANGE_STABLE_S: Final = 60.0  # EBU Tech 3342: before that the range still wanders

_BIN_LU: Final = 0.1
_BINS: Final = 1000  # -70 to +30 LUFS


def lufs(power: Numbers) -> Numbers:
    """Weighted mean squares in LUFS, silence as NO_LOUDNESS_LUFS (BS.1770-5, formula 2)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(-0.691 + 10 * np.log10(power), NO_LOUDNESS_LUFS))


class Loudness:
    """Momentary, short-term and integrated loudness, range and maxima of groups; all readings have shape (groups,).

    A reading that has nothing to go by is NO_LOUDNESS_LUFS. At rates that are no multiple of 100 Hz the hop is the
    nearest whole number of frames.
    """

    def __init__(
        self, groups: Sequence[Mapping[int, float]], *, sample_rate_hz: float, kept: Numbers | None = None
    ) -> None:
        """groups: the columns of each, with their weights (`weighting.LAYOUTS`).

        kept: `size` values that hold all that was counted since the last reset, at first zeros. Whoever gives them
        again goes on counting: what is in shared memory outlives a process.
        """
        self._columns = sorted({column for group in groups for column, weight in group.items() if weight})
        self._weights = np.array([[group.get(column, 0.0) for column in self._columns] for group in groups])
        self._hop_frames = max(1, round(sample_rate_hz * HOP_S))
        self._sample_rate_hz = sample_rate_hz
        self._is_paused = False
        self._kept = np.zeros(self.size(len(groups))) if kept is None else kept
        self._measured_s, self._maxima, totals = np.split(self._kept, (1, 1 + 2 * len(groups)))
        self._maxima = self._maxima.reshape(2, len(groups))  # powers
        self._gated, self._short_terms = map(_Distribution, totals.reshape(2, 2, len(groups), _BINS))
        self._begin_anew()

    @staticmethod
    def size(groups: int) -> int:
        """How many float64 values are kept of so many groups."""
        return 1 + groups * (2 + 4 * _BINS)

    def reset(self) -> None:
        """Begin anew: every reading, so that no window holds sound from before."""
        self._kept.fill(0.0)
        self._begin_anew()

    def skip(self) -> None:
        """Say that what comes next does not follow on what came last: no window is to hold both."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._filter = KWeighting(len(self._columns), sample_rate_hz=self._sample_rate_hz)
        self._begin_windows()

    def pause(self, is_paused: bool) -> None:
        """Stop or go on with all but the momentary and the short-term loudness; what is said meanwhile never counts."""
        if self._is_paused and not is_paused:
            self._begin_windows()
        self._is_paused = is_paused

    def _begin_windows(self) -> None:
        groups = len(self._weights)
        self._slots = Slots(self._hop_frames, np.add)
        self._last = np.zeros((groups, _SHORT_TERM_HOPS))
        self._hops = 0  # since the windows were empty
        self.momentary_lufs = np.full(groups, NO_LOUDNESS_LUFS)
        self.short_term_lufs = np.full(groups, NO_LOUDNESS_LUFS)

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns) with any number of frames from 1."""
        weighted = self._filter.feed(block[:, self._columns])
        sums = self._slots.feed(np.square(weighted, out=weighted))
        if sums.shape[1]:
            self._take(self._weights @ sums / self._hop_frames)

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
            self._measured_s += new * self._hop_frames / self._sample_rate_hz
            self._count(momentary, short_term, count)

    def _count(self, momentary: Numbers, short_term: Numbers, count: NDArray[np.int64]) -> None:
        highest = np.stack((momentary.max(axis=1), short_term.max(axis=1)))
        np.maximum(self._maxima, highest, out=self._maxima)
        is_step = count % _STEP_HOPS == 0
        self._gated.add(momentary[:, is_step & (count >= _MOMENTARY_HOPS)])
        self._short_terms.add(short_term[:, is_step & (count >= _SHORT_TERM_HOPS)])

    @property
    def measured_s(self) -> float:
        """How long was measured since the last reset, without pauses; the range is stable from RANGE_STABLE_S."""
        return float(self._measured_s[0])

    @property
    def momentary_max_lufs(self) -> Numbers:
        """The highest momentary loudness since the last reset."""
        return lufs(self._maxima[0])

    @property
    def short_term_max_lufs(self) -> Numbers:
        """The highest short-term loudness since the last reset."""
        return lufs(self._maxima[1])

    def integrated_lufs(self) -> Numbers:
        """The integrated loudness since the last reset, gated."""
        return lufs(self._gated.mean(self._gated.above(INTEGRATED_GATE)))

    def range_lu(self) -> Numbers:
        """The loudness range since the last reset, in LU; 0 where nothing was heard."""
        return self._short_terms.spread(self._short_terms.above(RANGE_GATE))


def _means(running: Numbers, window: int, new: int) -> Numbers:
    """The means of the windows that end with each of the last `new` values; `running` is their running sum."""
    total = running.shape[1]
    sums = running[:, total - new :] - running[:, total - new - window : total - window]
    return np.maximum(sums, 0.0) / window


class _Distribution:
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
