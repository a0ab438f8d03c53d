"""What the analyst has measured, shared with the console: true peak and bar of every column, loudness of every group.

One writer (the analyst), any number of readers. Levels are dBFS, loudness is LUFS; group 0 is the programme, then come
the returns in the show's order.
"""

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.state import FLOOR_DBFS, Loudness
from console.workers.rings import Counter, MeterBlock

Numbers = NDArray[np.float64]

_TRUE_PEAK, _BAR, _LOUDNESS = 0, 1, 2
_VALUES: Final = len(dataclasses.fields(Loudness))
_POSITION, _MEASURED_MS = 6, 7  # words of the header that the engine's counters leave free
_ROWS: Final = _LOUDNESS + _VALUES


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One reading. `true_peak_dbtp` and `bar_dbfs` have shape (columns,); `at_ns` is monotonic, 0 before the first.

    `measured_s`: how long the integrated loudness was measured.
    """

    true_peak_dbtp: NDArray[np.float32]
    bar_dbfs: NDArray[np.float32]
    groups: tuple[Loudness, ...]
    at_ns: int
    measured_s: float

    def level(self, columns: tuple[int, ...]) -> tuple[float, float]:
        """The highest true peak and the highest bar of some columns; no columns read floor."""
        if not columns:
            return FLOOR_DBFS, FLOOR_DBFS
        some = list(columns)
        return float(self.true_peak_dbtp[some].max()), float(self.bar_dbfs[some].max())


class ReadingsBlock:
    """The newest reading in a shared buffer of `size` bytes."""

    def __init__(self, buffer: memoryview, *, columns: int, groups: int) -> None:
        self._columns, self._groups = columns, groups
        width = max(columns, groups)
        self._shared = MeterBlock(buffer, rows=_ROWS, columns=width)
        self._rows = np.full((_ROWS, width), FLOOR_DBFS, dtype=np.float32)

    @staticmethod
    def size(*, columns: int, groups: int) -> int:
        """Bytes of shared memory that one needs."""
        return MeterBlock.size(rows=_ROWS, columns=max(columns, groups))

    @property
    def position(self) -> int:
        """The frame of the ring up to which all is measured, 0 before the first; it outlives the analyst."""
        return int(self._shared.counters[_POSITION])

    def write(
        self,
        *,
        true_peak_dbtp: Numbers,
        bar_dbfs: Numbers,
        loudness: Numbers,
        measured_s: float,
        position: int,
        at_ns: int,
    ) -> None:
        """Publish a reading; loudness has a row per field of Loudness, in their order, shape (fields, groups)."""
        self._rows[_TRUE_PEAK, : self._columns] = true_peak_dbtp
        self._rows[_BAR, : self._columns] = bar_dbfs
        self._rows[_LOUDNESS:, : self._groups] = loudness
        self._shared.counters[Counter.AT_NS] = at_ns
        self._shared.counters[_POSITION] = position
        self._shared.counters[_MEASURED_MS] = round(measured_s * 1000)
        self._shared.write(self._rows)

    def read(self) -> Reading:
        """The newest reading."""
        shared = self._shared.read()
        rows = shared.rows
        groups = rows[_LOUDNESS:, : self._groups].T
        return Reading(
            rows[_TRUE_PEAK, : self._columns],
            rows[_BAR, : self._columns],
            tuple(Loudness(*(float(value) for value in group)) for group in groups),
            shared[Counter.AT_NS],
            shared.counters[_MEASURED_MS] / 1000,
        )
