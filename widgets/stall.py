"""How late the Qt loop is: a stall over 50 ms is a bug (law 7). One timer, a fixed histogram, no allocation."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

STALL_MS = 50.0
_INTERVAL_MS = 20
_BINS = 2_000  # one a millisecond; longer stalls land in the last


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the loop was, milliseconds, since the watch began."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    count: int


class StallWatch(QObject):
    """Measures how late a 20 ms timer comes; calls `on_stall(ms)` whenever that is more than 50."""

    def __init__(self, on_stall: Callable[[float], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_stall = on_stall
        self._bins = [0] * _BINS
        self._count = 0
        self._max_ms = 0.0
        self._last_ns = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to measure; earlier figures are kept."""
        self._last_ns = time.monotonic_ns()
        self._timer.start(_INTERVAL_MS)

    def stop(self) -> None:
        """End measuring; the figures stay."""
        self._timer.stop()

    def note(self, late_ms: float) -> None:
        """Take one measured lateness into the figures and say it when it is a stall."""
        self._count += 1
        self._bins[min(_BINS - 1, int(late_ms))] += 1
        self._max_ms = max(self._max_ms, late_ms)
        if late_ms > STALL_MS:
            self._on_stall(late_ms)

    def lateness(self) -> Lateness:
        """The figures so far; percentiles are exact to one millisecond, rounded up."""
        return Lateness(self._percentile(0.50), self._percentile(0.99), self._max_ms, self._count)

    def _percentile(self, share: float) -> float:
        wanted = share * self._count
        seen = 0
        for index, count in enumerate(self._bins):
            seen += count
            if count and seen >= wanted:
                return float(index + 1)
        return 0.0

    def _tick(self) -> None:
        now_ns = time.monotonic_ns()
        late_ms = (now_ns - self._last_ns) / 1e6 - _INTERVAL_MS
        self._last_ns = now_ns
        self.note(max(0.0, late_ms))
