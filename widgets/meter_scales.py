"""Scales of meters as broadcast engineers know them, one per ballistics: marks, colours, where a level lies. Pure.

Every scale is of dBFS, in which all ballistics read a steady sine at its peak. Deflection: digital peak and OBS are
linear in dB; PPM type II has 4 dB from mark to mark; PPM type I goes with the fourth root of the voltage, VU with the
voltage itself, as those instruments do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor

from console.settings.sound import Meters
from widgets import theme

PPM1_ZERO_DBFS: Final = -9.0  # permitted maximum of DIN and EBU
PPM2_TEST_DBFS: Final = -18.0  # BBC 4, EBU TEST
STEPS_PER_DB: Final = 20  # of a scale's table of pixels
FLOOR_DBFS: Final = -120.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A line on the scale; Figures of `rank` 0 come first, then 1, where there is no room for all."""

    dbfs: float
    figure: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale. `bands`: colours with the level where each begins, from the bottom; the last ends at the top."""

    name: str
    unit: str
    bottom_dbfs: float
    top_dbfs: float
    marks: tuple[Mark, ...]
    bands: tuple[tuple[float, QColor], ...]
    root: float = 0.0  # deflection goes with this root of the voltage; 0: with the decibels
    has_peaks: bool = True  # RMS and hold are drawn in it

    def share(self, dbfs: float) -> float:
        """Where a level lies, 0.0 (at the bottom and below) to 1.0 (at the top and above)."""
        if dbfs <= self.bottom_dbfs:
            return 0.0
        if not self.root:
            return min(1.0, (dbfs - self.bottom_dbfs) / (self.top_dbfs - self.bottom_dbfs))
        bottom, here = (10 ** ((one - self.top_dbfs) / 20 / self.root) for one in (self.bottom_dbfs, dbfs))
        return min(1.0, (here - bottom) / (1 - bottom))

    def __hash__(self) -> int:
        return hash((self.name, self.bottom_dbfs, self.top_dbfs, self.marks))


@lru_cache(maxsize=64)
def pixels_of(scale: Scale, width: int) -> tuple[int, ...]:
    """Where each level from 0 dBFS down to the floor, in steps of 1/20 dB, lies on a bar of `width` pixels."""
    count = round(-FLOOR_DBFS * STEPS_PER_DB) + 1
    return tuple(int(scale.share(-step / STEPS_PER_DB) * width) for step in range(count))


def scale_of(meters: Meters) -> Scale:
    """The scale that goes with the ballistics, thresholds and marks of a show."""
    return _SCALES[meters.ballistics](meters)


def _digital(meters: Meters) -> Scale:
    marks = tuple(Mark(db, f"{db:g}", 2 if db == -60 else 0 if db in (-40, -20, 0) else 1) for db in range(-60, 1, 10))
    bands = ((-60.0, theme.GREEN), (meters.amber_from_dbfs, theme.AMBER), (meters.red_from_dbfs, theme.RED))
    return Scale("digital peak, dBFS", "dBFS", -60.0, 0.0, marks, bands)


def _obs(meters: Meters) -> Scale:
    ranks = {-60: 2, -50: 2, -40: 1, -30: 2, -20: 0, -9: 1, 0: 0}
    marks = tuple(Mark(db, f"{db:g}", rank) for db, rank in ranks.items())
    return Scale(
        "as OBS, dBFS", "OBS dBFS", -60.0, 0.0, marks,
        ((-60.0, theme.GREEN), (-20.0, theme.AMBER), (-9.0, theme.RED)),
    )  # fmt: skip


def _ppm1(meters: Meters) -> Scale:
    zero = PPM1_ZERO_DBFS
    marks = tuple(
        Mark(zero + db, f"{db:+g}" if db else "0", 0 if db in (-20, 0) else 1 if db in (-40, -10, 5) else 2)
        for db in (-50, -40, -30, -20, -10, -5, 0, 5)
    )
    bands = ((zero - 50, theme.GREEN), (zero, theme.RED))
    return Scale("PPM type I (DIN), 0 = -9 dBFS", "PPM DIN", zero - 50, zero + 5, marks, bands, root=4.0)


def _ppm2(meters: Meters) -> Scale:
    marks = tuple(_ppm2_mark(place, meters.ppm2_marks == "ebu") for place in range(1, 8))
    is_ebu = meters.ppm2_marks == "ebu"
    highest = PPM1_ZERO_DBFS if is_ebu else PPM2_TEST_DBFS + 8  # what a programme may reach: +9, or 6
    bands = ((-32.0, theme.GREEN), (highest, theme.RED))
    name = "PPM type II (EBU), TEST = -18 dBFS" if is_ebu else "PPM type II (BBC), 4 = -18 dBFS"
    return Scale(name, "PPM EBU" if is_ebu else "PPM BBC", -32.0, -4.0, marks, bands)


def _ppm2_mark(place: int, is_ebu: bool) -> Mark:
    """BBC counts 1 to 7; EBU says the decibels from the test level."""
    db = 4 * (place - 4)
    words = ("TEST" if db == 0 else f"{db:+d}") if is_ebu else str(place)
    return Mark(PPM2_TEST_DBFS + db, words, 0 if place in (1, 4, 7) else 1)


def _vu(meters: Meters) -> Scale:
    zero = meters.vu_zero_dbfs
    marks = tuple(
        Mark(zero + vu, f"{vu:+d}" if vu else "0", 0 if vu in (-20, -5, 0, 3) else 1 if vu in (-10, -7, -3) else 2)
        for vu in (-20, -10, -7, -5, -3, -2, -1, 0, 1, 2, 3)
    )
    bands = ((zero - 60, theme.GREEN), (zero, theme.RED))
    return Scale(f"VU, 0 = {zero:g} dBFS", "VU", zero - 60, zero + 3, marks, bands, root=1.0, has_peaks=False)


_SCALES: Final[dict[str, Callable[[Meters], Scale]]] = {
    "digital": _digital, "obs": _obs, "ppm1": _ppm1, "ppm2": _ppm2, "vu": _vu,
}  # fmt: skip
DIGITAL: Final = _digital(Meters())
OBS: Final = _obs(Meters())
