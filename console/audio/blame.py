"""Why blocks of sound were missed, as far as it is known. Pure: nanoseconds in, words for people out.

The callback's thread notes, the engine's main thread judges. A missed block is noticed a second or two later: so what
made blocks late counts for three.
"""

import contextlib
import os
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

_COUNTS_S: Final = 3.0
_LATE: Final = 0.5  # of a block's time: what comes no later than that is on time
_SLEPT_S: Final = 0.1
_STAT: Final = Path("/proc/stat")


class Cause(StrEnum):
    """Whose fault it is."""

    SLEPT = "slept"
    OWN_WORK = "own work"
    BUSY = "machine busy"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Worst:
    """The longest times of some blocks, in nanoseconds.

    own_ns: of the processor's time that one took; busy_ns: that one took all in all, waits for a processor included;
    between_ns: from one's beginning to the next one's.
    """

    own_ns: int = 0
    busy_ns: int = 0
    between_ns: int = 0


@dataclass(frozen=True, slots=True)
class Away:
    """How long the machine has not been ours since it was turned on, in seconds.

    asleep_s: it slept; stolen_s: the host of a virtual machine gave its processors to others, all of them together,
    which looks like work of whoever ran.
    """

    asleep_s: float = 0.0
    stolen_s: float = 0.0


class Worsts:
    """Kept by the callback's thread; another one takes what has come since it last did."""

    def __init__(self) -> None:
        self._own_ns = self._busy_ns = self._between_ns = 0

    def note(self, *, own_ns: int, busy_ns: int, between_ns: int) -> None:
        """Take in one block."""
        self._own_ns = max(self._own_ns, own_ns)
        self._busy_ns = max(self._busy_ns, busy_ns)
        self._between_ns = max(self._between_ns, between_ns)

    def take(self) -> Worst:
        """The longest since the last call."""
        worst = Worst(self._own_ns, self._busy_ns, self._between_ns)
        self._own_ns = self._busy_ns = self._between_ns = 0
        return worst


class Blame:
    """Says why blocks were missed, from the worst of the last seconds. block_ns: how long a block lasts."""

    def __init__(self, block_ns: float) -> None:
        self._block_ns = block_ns
        self._worst: deque[tuple[float, Worst, float]] = deque()  # each with what was stolen meanwhile
        self._slept_at_s = -float("inf")
        self._away: Away | None = None

    def note(self, now_s: float, worst: Worst, away: Away) -> None:
        """Take in the worst of the last moment, and how long the machine has been away all in all."""
        before = self._away or away
        self._away = away
        if away.asleep_s - before.asleep_s > _SLEPT_S:
            self._slept_at_s = now_s
        self._worst.append((now_s, worst, away.stolen_s - before.stolen_s))
        while self._worst[0][0] < now_s - _COUNTS_S:
            self._worst.popleft()

    def judge(self, now_s: float) -> tuple[Cause, str]:
        """The likeliest cause of what was missed just now, and in words."""
        own_ns, busy_ns, between_ns = (
            max((getattr(worst, name) for _, worst, _ in self._worst), default=0)
            for name in ("own_ns", "busy_ns", "between_ns")
        )
        if now_s - self._slept_at_s <= _COUNTS_S:
            return Cause.SLEPT, "the machine slept"
        over_ns, held_ns = own_ns - self._block_ns, busy_ns - max(own_ns, self._block_ns)
        late_ns = between_ns - max(busy_ns, self._block_ns)
        if max(over_ns, held_ns, late_ns - _LATE * self._block_ns) <= 0:
            return Cause.DEVICE, "the device lost time"
        if over_ns >= max(held_ns, late_ns):
            stolen_ns = 1e9 * sum(stolen_s for _, _, stolen_s in self._worst)
            if stolen_ns >= over_ns:
                return Cause.BUSY, f"the machine was busy: its host gave its processors away for {_ms(stolen_ns)} ms"
            return Cause.OWN_WORK, f"our own work took {_ms(own_ns)} ms of {_ms(self._block_ns)}"
        if held_ns >= late_ns:
            return Cause.BUSY, f"the machine was busy: it held our work up for {_ms(busy_ns - own_ns)} ms"
        return Cause.BUSY, f"the machine was busy: the callback came {_ms(between_ns - self._block_ns)} ms late"


def away() -> Away:
    """How long the machine has not been ours, as far as it says so."""
    return Away(_asleep_s(), _stolen_s())


def _asleep_s() -> float:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    return time.time() - time.monotonic()


def _stolen_s() -> float:
    """Linux says it: the eighth figure of all processors together."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_STAT.read_text().split(maxsplit=9)[8]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _ms(ns: float) -> str:
    return f"{ns / 1e6:.1f}"
