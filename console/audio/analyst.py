"""The analyst's process: takes every column from the engine's ring and measures it. Nobody waits for it.

It shares its readings through memory, and says what changes: findings in the returns, and what is wrong. Killed, the
next one goes on with the frame after the last that was measured; the totals of the loudness are in shared memory, too.
"""

import importlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from console.audio.analyst_messages import (
    Begin,
    Found,
    Order,
    PauseLoudness,
    Present,
    Prove,
    ResetLoudness,
    ResetPeaks,
    SetMeters,
    Skipped,
    Wrong,
)
from console.audio.layout import Layout, Routing
from console.audio.plan import Plan
from console.workers.port import WorkerPort

if TYPE_CHECKING:
    from console.audio.analysis import Analysis
    from console.audio.leak import Finding
    from console.audio.readings import ReadingsBlock
    from console.workers.rings import CaptureRing

HEARTBEAT_S: Final = 10.0  # it starves first on a machine that is too busy
TEST_S: Final = 3.0
"""How much new sound the test of a return goes by."""

_BEAT_S: Final = 0.5
_TURN_S: Final = 0.02
_CHUNK_FRAMES: Final = 4_096
_TURN_FRAMES: Final = 4 * _CHUNK_FRAMES
_TOLD_DB: Final = 2.0  # a level that moves by less is no news
_TOLD_MS: Final = 10.0
_TOLD_S: Final = 2.0  # how seldom a return is tested


def main(port: WorkerPort, order: Order) -> None:
    """Measure until told to stop."""
    # before all that takes time: the sound may be closed again meanwhile
    ring_file, readings_file, kept_file = map(port.shared, (order.ring_path, order.readings_path, order.kept_path))
    # before numpy is loaded: it would take the cores that pictures and sound need
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import numpy as np

    from console.audio.readings import ReadingsBlock
    from console.workers.rings import CaptureRing

    # before the first beat, though it is needed later: on a busy laptop it takes its time
    importlib.import_module("console.audio.analysis")

    layout = Layout(order.plan)
    analyst = Analyst(
        port,
        order,
        ring=CaptureRing(ring_file.buffer, frames=order.ring_frames, columns=layout.columns),
        readings=ReadingsBlock(readings_file.buffer, columns=layout.columns, groups=1 + len(order.plan.returns)),
        kept=np.frombuffer(kept_file.buffer, np.float64),
    )
    while True:
        analyst.turn(port.receive(_TURN_S))


class Analyst:
    """Follows one ring, turn by turn."""

    def __init__(
        self, port: WorkerPort, order: Order, *, ring: "CaptureRing", readings: "ReadingsBlock", kept: Any
    ) -> None:
        self._port, self._order = port, order
        self._ring, self._readings, self._kept = ring, readings, kept
        self._layout = Layout(order.plan)
        self._routing = Routing()
        self._analysis: Analysis | None = None
        self._rate_hz = 0
        self._position = 0
        self._is_paused = False
        self._tests: dict[str, int] = {}  # by return: the frame from which its sound counts
        self._said: dict[str, Finding] = {}
        self._wrong: frozenset[Any] = frozenset()
        self._beat_s = 0.0
        self._look_from_s = 0.0

    def turn(self, message: object) -> None:
        """Obey a message (None: there is none), then measure what came since the last turn."""
        self._beat()
        self._obey(message)
        if self._analysis is None or self._ring.end == self._position:
            return
        self._measure(self._analysis)
        self._look(self._analysis)
        self._tell(self._analysis)

    def _beat(self) -> None:
        now_s = time.monotonic()
        if now_s - self._beat_s > _BEAT_S:
            self._beat_s = now_s
            self._port.beat()

    def _obey(self, message: object) -> None:
        match message:
            case Routing():
                self._routing = message
                self._go_on_as(message.plan)
            case Begin():
                self._begin(message.sample_rate_hz)
            case Present():
                self._wrong = message.troubles
            case SetMeters():
                self._order = replace(self._order, ballistics=message.ballistics, limits=message.limits)
            case PauseLoudness():
                self._is_paused = message.on
            case Prove():
                self._tests[message.made_for] = self._ring.end
        if self._analysis is not None:
            _hand_on(message, self._analysis)

    def _go_on_as(self, plan: Plan | None) -> None:
        """The same sound by other names, listeners and gains: its loudness goes on, what was found in it does not."""
        if plan is None or plan == self._layout.plan:
            return
        self._layout, self._wrong = Layout(plan), frozenset()  # the console says what stands, by the new names
        self._tests.clear()
        if self._analysis is not None:
            self._analysis, rate_hz = None, self._rate_hz
            self._begin(rate_hz)

    def _begin(self, rate_hz: int) -> None:
        """Measure what an engine makes from now on; the first time go on where an analyst before this one ended."""
        from console.audio.analysis import Analysis

        is_first = self._analysis is None
        self._said.clear()
        self._position = (self._readings.position if is_first else 0) or self._ring.end
        if self._analysis is not None and rate_hz == self._rate_hz:
            self._analysis.skip()
            return
        self._rate_hz = rate_hz
        self._analysis = Analysis(
            self._layout,
            self._order.limits,
            ballistics=self._order.ballistics,
            sample_rate_hz=rate_hz,
            kept=self._kept,
        )
        self._analysis.pause_loudness(self._is_paused)
        self._analysis.take_over(self._wrong)
        if (before := self._readings.read()).at_ns:
            self._analysis.take_over_peaks(before.true_peak_dbtp)

    def _measure(self, analysis: "Analysis") -> None:
        ring = self._ring
        until = self._position + _TURN_FRAMES
        while (behind := ring.end - self._position) > 0 and self._position < until:
            frames = min(behind, _CHUNK_FRAMES)
            is_late = behind > ring.frames * 7 // 8
            block = None if is_late else ring.read(self._position + frames, frames)
            if block is None:
                self._skip(analysis, behind)
                return
            analysis.feed(block)
            self._position += frames
            analysis.watch(self._routing)
        self._readings.write(
            true_peak_dbtp=analysis.true_peak_dbtp,
            bar_dbfs=analysis.bar_dbfs,
            loudness=analysis.loudness_rows(),
            measured_s=analysis.loudness.measured_s,
            position=self._position,
            at_ns=time.monotonic_ns(),
        )

    def _skip(self, analysis: "Analysis", behind: int) -> None:
        """Go on with what comes now, and say that something is missing."""
        self._position += behind
        analysis.skip()
        self._port.send(Skipped(behind / self._rate_hz))

    def _look(self, analysis: "Analysis") -> None:
        """One leak test at most: none while there is much to measure, and never more than half of the time."""
        started_s = time.monotonic()
        if self._ring.end - self._position > _TURN_FRAMES or started_s < self._look_from_s:
            return
        self._look_at_one(analysis)
        now_s = time.monotonic()
        self._look_from_s = now_s + (now_s - started_s)

    def _look_at_one(self, analysis: "Analysis") -> None:
        for name, since in self._tests.items():
            heard = min(self._position - since, analysis.heard_s * self._rate_hz)
            if heard >= TEST_S * self._rate_hz:
                del self._tests[name]
                self._port.send(Found(name, analysis.look(name, self._routing), is_tested=True))
                return
        looked = analysis.next_look(self._routing)
        if looked is not None and _is_news(self._said.get(looked[0]), looked[1]):
            name, self._said[name] = looked[0], looked[1]
            self._port.send(Found(name, self._said[name]))

    def _tell(self, analysis: "Analysis") -> None:
        if analysis.troubles != self._wrong:
            self._wrong = analysis.troubles
            self._port.send(Wrong(self._wrong))


def _hand_on(message: object, analysis: "Analysis") -> None:
    match message:
        case Present():
            analysis.take_over(message.troubles)
        case SetMeters():
            analysis.set_meters(message.ballistics, message.limits)
        case PauseLoudness():
            analysis.pause_loudness(message.on)
        case ResetLoudness():
            analysis.reset_loudness()
        case ResetPeaks():
            analysis.reset_peaks()


def _is_news(said: "Finding | None", now: "Finding") -> bool:
    """Whether a finding differs from what was said last by more than levels that wander."""
    if said is None or said.leak is not now.leak:
        return True
    if abs((said.every_s or 0.0) - (now.every_s or 0.0)) >= _TOLD_S:
        return True
    pairs = (
        (said.leak_db, now.leak_db, _TOLD_DB),
        (said.delay_ms, now.delay_ms, _TOLD_MS),
        (said.floor_db, now.floor_db, _TOLD_DB),
    )
    if any((one is None) is not (two is None) for one, two, _ in pairs):
        return True
    if all(two is None for _, two, _ in pairs):
        return said.detail != now.detail  # words that hold no figure that wanders
    return any(one is not None and two is not None and abs(one - two) >= step for one, two, step in pairs)
