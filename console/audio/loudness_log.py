"""How loud it was, in the journal for the report: once a minute, and at the end of each stretch. Loop thread only."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from console.audio.readings import ReadingsBlock
from console.core.journal import Journal, Origin
from console.settings.sound import Meters

NOTE_S: Final = 60.0


class LoudnessLog:
    """Writes what the analyst's readings say, with the target and the returns' names as they are then."""

    def __init__(self, journal: Journal, *, returns: Callable[[], list[str]]) -> None:
        self._journal = journal
        self._returns = returns
        self._readings: ReadingsBlock | None = None
        self._meters = Meters()
        self._next: asyncio.TimerHandle | None = None
        self._stretch = 0  # from a start or a reset to the next one
        self._stretch_from_ns = 0

    def open(self, readings: ReadingsBlock, meters: Meters) -> None:
        """Write down what is read from now on."""
        self._readings, self._meters = readings, meters
        self._next = asyncio.get_running_loop().call_later(NOTE_S, self._go_on)

    def close(self) -> None:
        """Write down the last of it, and let go of the readings."""
        if self._next is not None:
            self._next.cancel()
        self.write()
        self._readings = None

    def set_meters(self, meters: Meters) -> None:
        """Measured against these from now on."""
        self._meters = meters

    def begin_stretch(self) -> None:
        """What is measured from now on has nothing to do with what was before."""
        self._stretch += 1
        self._stretch_from_ns = time.monotonic_ns()

    def write(self) -> None:
        """Note how loud it was since the last reset, as far as anything was measured."""
        reading = self._readings.read() if self._readings is not None else None
        if reading is None or not reading.measured_s or reading.at_ns < self._stretch_from_ns:
            return
        programme, *returns = reading.groups
        self._journal.write(
            "sound.loudness",
            Origin.CONSOLE,
            stretch=self._stretch,
            measured_s=round(reading.measured_s, 1),
            integrated_lufs=round(programme.integrated_lufs, 1),
            range_lu=round(programme.range_lu, 1),
            short_term_max_lufs=round(programme.short_term_max_lufs, 1),
            true_peak_dbtp=round(programme.true_peak_dbtp, 1),
            target_lufs=self._meters.target_lufs,
            max_true_peak_dbtp=self._meters.max_true_peak_dbtp,
            returns={
                name: round(loudness.integrated_lufs, 1)
                for name, loudness in zip(self._returns(), returns, strict=False)
            },
        )

    def _go_on(self) -> None:
        self.write()
        self._next = asyncio.get_running_loop().call_later(NOTE_S, self._go_on)
