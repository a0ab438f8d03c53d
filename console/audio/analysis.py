"""All that is measured of the sound, fed with the engine's blocks. Pure numpy: no device, no process, no log.

Levels of every column, loudness of the programme and of every return, the leak test of each return in its turn, and
what is wrong.
"""

from typing import Final, cast

import numpy as np

from console.audio.ballistics import Ballistics
from console.audio.ballistics import Kind as BallisticsKind
from console.audio.blocks import Numbers, Samples, finite
from console.audio.layout import Layout, Routing
from console.audio.leak import Finding
from console.audio.loudness import Loudness
from console.audio.narrowband import Past
from console.audio.proving import LOOK_S, Proving
from console.audio.sound_alarms import Check, Holds, Kind, Limits, Trouble
from console.audio.state import FLOOR_DBFS, NO_LOUDNESS_LUFS, RED_FROM_DB, Leak
from console.audio.totals import Totals
from console.audio.true_peak import TruePeak
from console.audio.watching import Watching

_SLOWLY_S: Final = 0.1
"""How often integrated loudness and range are worked out: nobody reads them quicker."""


class Analysis:
    """The analysis of one engine's sound, from the moment when its rate is known."""

    def __init__(
        self, layout: Layout, limits: Limits, *, ballistics: str, sample_rate_hz: float, kept: Numbers
    ) -> None:
        """kept: the totals of the loudness, as `Totals` has them; they may hold what another analysis has counted."""
        self._layout, self._limits, self._rate = layout, limits, sample_rate_hz
        self._groups = _groups(layout)
        self._totals = Totals(len(self._groups), kept)
        self.loudness = Loudness(
            [dict.fromkeys(group, 1.0) for group in self._groups], sample_rate_hz=sample_rate_hz, kept=kept
        )
        self._is_paused = False
        self._peaks = TruePeak(layout.columns, is_maximum_only=True)
        self._highest = np.zeros(layout.columns)
        self._set_bars(ballistics)
        self._slow = np.full((2, len(self._groups)), FLOOR_DBFS)
        self._holds = Holds()
        self._frames = 0
        self._slow_at = 0
        self._watching = Watching(layout, limits, sample_rate_hz=sample_rate_hz)
        self.skip()

    def skip(self) -> None:
        """Say that what comes next does not follow on what came last: nothing is judged by both."""
        layout = self._layout
        self.loudness.skip()
        self._watching.skip()
        self._past = Past(self._rate, layout.columns)
        self._proving = Proving(layout, self._past)

    def set_meters(self, ballistics: str, limits: Limits) -> None:
        """Let the bars move otherwise, and judge by other limits."""
        if ballistics != self._ballistics:
            self._set_bars(ballistics)
        if limits != self._limits:
            self._limits = limits
            self._watching.set_limits(limits)

    def _set_bars(self, ballistics: str) -> None:
        self._ballistics = ballistics
        self._bars = Ballistics(cast(BallisticsKind, ballistics), self._layout.columns, sample_rate_hz=self._rate)

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns) with any number of frames from 1."""
        block = finite(block)
        self._frames += len(block)
        self.loudness.feed(block)
        self._bars.feed(block)
        self._peaks.feed(block)
        self._watching.feed(block)
        self._past.feed(block)

    # --- readings ---

    @property
    def true_peak_dbtp(self) -> Numbers:
        """The highest true peak of each column since `reset_peaks`, shape (columns,)."""
        self._take_peaks()
        return _dbfs(self._highest)

    @property
    def bar_dbfs(self) -> Numbers:
        """Where each column's bar is, shape (columns,)."""
        return self._bars.level_dbfs

    def loudness_rows(self) -> Numbers:
        """A row per field of state.Loudness, in their order; shape (fields, groups)."""
        if self._frames >= self._slow_at:
            self._slow_at = self._frames + round(_SLOWLY_S * self._rate)
            self._slow = np.stack((self.loudness.integrated_lufs(), self.loudness.range_lu()))
        self._take_peaks()
        return np.stack(
            (
                self.loudness.momentary_lufs,
                self.loudness.short_term_lufs,
                *self._slow,
                self.loudness.momentary_max_lufs,
                self.loudness.short_term_max_lufs,
                _dbfs(self._totals.true_peaks),
            )
        )

    def reset_loudness(self) -> None:
        """Measure the programme and the returns anew, their true peaks too; what the meters have stays."""
        self._begin_peaks()
        self.loudness.reset()
        self._slow_at = 0

    def pause_loudness(self, on: bool) -> None:
        """Leave out what comes now, or go on; the meters never pause."""
        self._begin_peaks()
        self._is_paused = on
        self.loudness.pause(on)

    def reset_peaks(self) -> None:
        """Forget the meters' true peaks; what the loudness has stays."""
        self._begin_peaks()
        self._highest.fill(0.0)

    def take_over_peaks(self, true_peak_dbtp: Samples) -> None:
        """The meters had these before this analysis, shape (columns,)."""
        self._highest[:] = 10 ** (true_peak_dbtp / 20)

    def _take_peaks(self) -> None:
        """Count what came since the last beginning for both: the meters, and the loudness unless it is paused."""
        peaks = self._peaks.maximum
        np.maximum(self._highest, peaks, out=self._highest)
        if not self._is_paused:
            of_groups = [peaks[list(group)].max(initial=0.0) for group in self._groups]
            np.maximum(self._totals.true_peaks, of_groups, out=self._totals.true_peaks)

    def _begin_peaks(self) -> None:
        """What comes from now on counts apart from what came, for one of the two; what is under way is forgotten."""
        self._take_peaks()
        self._peaks = TruePeak(self._layout.columns, is_maximum_only=True)

    # --- what is wrong ---

    @property
    def troubles(self) -> frozenset[Trouble]:
        """All that is wrong now."""
        return self._holds.present

    def take_over(self, troubles: frozenset[Trouble]) -> None:
        """These were there before this analysis."""
        self._holds.take_over(troubles)
        self._watching.expect(trouble.name for trouble in troubles if trouble.kind is Kind.SILENT)

    def watch(self, routing: Routing) -> None:
        """Look for what goes wrong, if it is time to."""
        if self._watching.is_due:
            elapsed_s, checks = self._watching.look(routing, short_term_lufs=self._programme_lufs)
            for check in checks:
                self._holds.tell(check, elapsed_s)

    @property
    def _programme_lufs(self) -> float | None:
        """How loud the programme is; silence while its loudness is paused, None while too little was heard."""
        if self._is_paused:
            return NO_LOUDNESS_LUFS
        return float(self.loudness.short_term_lufs[0]) if self.loudness.has_short_term else None

    # --- leak tests ---

    @property
    def heard_s(self) -> float:
        """How much sound the next leak test may go by, at most; it starts anew with each gap."""
        return self._past.heard_s

    def next_look(self, routing: Routing) -> tuple[str, Finding] | None:
        """Test the return whose turn it is; None when it is nobody's, or there are none. Takes 10 to 60 ms."""
        self._proving.follow(routing)
        name = self._proving.whose_turn()
        return None if name is None else (name, self._look(name, *self._proving.look(name, routing)))

    def look(self, name: str, routing: Routing) -> Finding:
        """What a return holds in the last 3 s, whosever turn it is."""
        return self._look(name, *self._proving.look(name, routing, is_extra=True))

    def _look(self, name: str, finding: Finding, since_s: float) -> Finding:
        leak_db = FLOOR_DBFS if finding.leak_db is None else finding.leak_db
        is_wrong = {
            Kind.LEAK: finding.leak is Leak.LEAK and leak_db >= RED_FROM_DB,
            Kind.ECHO: finding.leak is Leak.ECHO,
            Kind.RETURN_SILENT: finding.leak is Leak.SILENT,
        }
        limits = self._limits
        for kind, is_so in is_wrong.items():
            # without evidence nothing is taken back; a return that is heard is not silent, whatever is in it
            is_open = finding.leak is Leak.NOT_VERIFIABLE and kind is not Kind.RETURN_SILENT
            value = None if is_open else float(is_so)
            hold_s = limits.return_silent_s if kind is Kind.RETURN_SILENT else limits.leak_s
            self._holds.tell(Check(kind, name, value, 0.5, 0.0, hold_s, finding.detail), max(LOOK_S, since_s))
        return finding


def _groups(layout: Layout) -> list[tuple[int, ...]]:
    """The columns of the programme, then those of each return; none where Cuedrop does not hear it."""
    returns = [layout.return_columns(made_for.name) for made_for in layout.plan.returns]
    return [layout.programme_columns, *returns]


def _dbfs(amplitude: Numbers) -> Numbers:
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(20 * np.log10(amplitude), FLOOR_DBFS), dtype=np.float64)
