"""How a meter's bar moves: digital peak, PPM type I and II, VU, OBS's own. Pure numpy, many columns at once.

All of them show a steady sine at its peak in dBFS, so that a line-up tone is one mark on every scale. Signals are taken
in slots of 0.25 ms, which is what makes charging a PPM's capacitor affordable. Fall times and the VU's swing are those
of IEC 60268-10, -17 and -18 as secondary sources tell them; the PPMs' bursts read what these give, within tolerance.
"""

import math
from typing import Final, Literal, Protocol

import numpy as np

from console.audio.blocks import Numbers, Samples, Slots, finite, settle
from console.audio.recursive import Recursive
from console.audio.state import FLOOR_DBFS

Kind = Literal["digital", "ppm1", "ppm2", "vu", "obs"]

SLOT_S: Final = 0.000_25

PPM_I_FALL_DB_PER_S: Final = 20 / 1.7
PPM_II_FALL_DB_PER_S: Final = 24 / 2.8
OBS_FALL_DB_PER_S: Final = 20 / 0.85  # its "fast", which is its default
# Two capacitors each, of equal weight: 10, 5, 3 and 0.4 ms of tone read -1, -2, -4 and -15 dB; type II: 10, 5, 1.5 and
# 0.5 ms read -2.5, -4, -9 and -17 dB.
PPM_I_CHARGE_S: Final = (0.001_62, 0.006_11)
PPM_II_CHARGE_S: Final = (0.001_87, 0.014)
# 99 % after 300 ms and 1.25 % too far after that: damping and natural frequency of a swing of second order.
VU_DAMPING: Final = 0.8127
VU_RAD_PER_S: Final = 13.51


class Ballistics:
    """The bars of many columns."""

    def __init__(self, kind: Kind, columns: int, *, sample_rate_hz: float) -> None:
        slot_frames = max(1, round(sample_rate_hz * SLOT_S))
        self._slots = Slots(slot_frames, columns)
        self._bar = _bar(kind, columns, slot_frames / sample_rate_hz)
        self._level = np.zeros(columns)

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns) with any number of frames from 1."""
        slots = self._slots.feed(np.abs(finite(block)))
        if len(slots):
            self._level = self._bar.move(slots)

    @property
    def level_dbfs(self) -> Numbers:
        """Where the bars are now, shape (columns,)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.maximum(20 * np.log10(self._level), FLOOR_DBFS))


class _Bar(Protocol):
    """One way to move."""

    def move(self, slots: Samples) -> Numbers:
        """Where the bars are after some slots of rectified sound, linear.

        slots: shape (slots >= 1, frames, columns).
        """


class _PeakBar:
    """Up at once, down at a steady rate."""

    def __init__(self, columns: int, fall: float) -> None:
        self._fall = fall  # factor per slot
        self._level = np.zeros(columns)

    def move(self, slots: Samples) -> Numbers:
        peaks = slots.max(axis=1)
        still_to_fall = self._fall ** np.arange(len(peaks) - 1, -1, -1)[:, None]
        fallen = self._level * self._fall ** len(peaks)
        self._level = np.maximum((peaks * still_to_fall).max(axis=0), fallen)
        return self._level


class _PpmBar:
    """Charged through a diode as long as the signal is above it, discharged at a steady rate."""

    def __init__(self, columns: int, fall: float, charge_s: tuple[float, float], slot_s: float) -> None:
        self._fall = fall
        self._charge = 1 - np.exp(-slot_s / np.array(charge_s))[:, None]
        self._charged = np.zeros((2, columns))

    def move(self, slots: Samples) -> Numbers:
        charged, more = self._charged, np.empty_like(self._charged)
        for peaks in slots.max(axis=1):
            np.subtract(peaks, charged, out=more)
            np.maximum(more, 0.0, out=more)
            more *= self._charge
            charged *= self._fall
            charged += more
        settle(charged)
        return np.asarray(charged.mean(axis=0))


class _VuBar:
    """A needle: the mean of the rectified signal, swung by a filter of second order."""

    def __init__(self, columns: int, slot_s: float) -> None:
        self._swing = Recursive(_swing(slot_s), columns)

    def move(self, slots: Samples) -> Numbers:
        peak_of_a_sine = math.pi / 2 * slots.mean(axis=1, dtype=np.float64)
        needle = self._swing.feed(np.ascontiguousarray(peak_of_a_sine.T))
        return np.maximum(needle[:, -1], 0.0)


def _bar(kind: Kind, columns: int, slot_s: float) -> _Bar:
    def fall(db_per_s: float) -> float:
        return float(10 ** (-db_per_s * slot_s / 20))

    match kind:
        case "digital":
            return _PeakBar(columns, fall(PPM_I_FALL_DB_PER_S))
        case "obs":
            return _PeakBar(columns, fall(OBS_FALL_DB_PER_S))
        case "ppm1":
            return _PpmBar(columns, fall(PPM_I_FALL_DB_PER_S), PPM_I_CHARGE_S, slot_s)
        case "ppm2":
            return _PpmBar(columns, fall(PPM_II_FALL_DB_PER_S), PPM_II_CHARGE_S, slot_s)
        case "vu":
            return _VuBar(columns, slot_s)


def _swing(slot_s: float) -> Numbers:
    """The needle's low-pass as one second-order section, by the bilinear transform."""
    per_slot = 2 / (slot_s * VU_RAD_PER_S)
    scale = per_slot**2 + 2 * VU_DAMPING * per_slot + 1
    down = [2 * (1 - per_slot**2) / scale, (per_slot**2 - 2 * VU_DAMPING * per_slot + 1) / scale]
    return np.array([[1 / scale, 2 / scale, 1 / scale, 1.0, *down]])
