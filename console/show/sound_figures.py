"""What a show's journal says of its sound: how loud it was, who heard themselves, what was missed. Pure.

Loudness is LUFS, true peaks are dBTP. A field that is unknown or missing costs nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from console.show.entries import Entry
from console.show.fields import number, text

_LEVELS: Final = (-119.0, 100.0)  # outside of these nothing was measured


@dataclass(slots=True)
class Stretch:
    """Loudness of the programme from a reset, or a start of the console, to the last word on it."""

    start: datetime
    end: datetime
    boot: int
    number: float | None = None  # within a boot
    measured_s: float = 0.0
    integrated_lufs: float | None = None
    range_lu: float | None = None
    short_term_max_lufs: float | None = None
    true_peak_dbtp: float | None = None
    target_lufs: float | None = None
    max_true_peak_dbtp: float | None = None
    returns: dict[str, float] = field(default_factory=dict)

    @property
    def off_target_lu(self) -> float | None:
        """How much it was louder than the target."""
        if self.integrated_lufs is None or self.target_lufs is None:
            return None
        return self.integrated_lufs - self.target_lufs

    @property
    def is_over(self) -> bool:
        """Whether the true peak was higher than it may be."""
        is_known = self.true_peak_dbtp is not None and self.max_true_peak_dbtp is not None
        return is_known and (self.true_peak_dbtp or 0.0) > (self.max_true_peak_dbtp or 0.0)


@dataclass(slots=True)
class InReturn:
    """A listener who was found in their own return, or the return in their microphone; `until` None: to the end."""

    at: datetime
    returned: str
    leak: str
    detail: str
    until: datetime | None = None


_CAUSES: Final = {
    "machine busy": "while the machine was busy",
    "own work": "by our own work",
    "slept": "while the machine slept",
    "device": "by the device",
}


@dataclass(slots=True)
class Missed:
    """How often a device was away, how much sound it missed, and whose fault that was."""

    downs: int = 0
    xruns: int = 0
    _before: tuple[int, float] = (0, 0.0)  # the boot, and the count that was told last
    _causes: Counter[str] = field(default_factory=Counter)

    @property
    def why(self) -> str:
        """Whose fault, as far as it is known: "9 while the machine was busy, 1 by the device"."""
        return ", ".join(f"{many} {_CAUSES[cause]}" for cause, many in self._causes.most_common() if cause in _CAUSES)

    def add(self, entry: Entry) -> None:
        """The count goes on over engines of one opened sound; it begins anew with the next, and with the console."""
        boot, told = self._before
        total = number(entry.fields, "total") or 0.0
        more = round(total - told if boot == entry.boot and total >= told else total)
        self.xruns += more
        self._causes[text(entry.fields, "cause")] += more
        self._before = entry.boot, total


@dataclass(slots=True)
class SoundFigures:
    """The sound of a show, each list in the order of time."""

    stretches: list[Stretch] = field(default_factory=list)
    leaks: list[InReturn] = field(default_factory=list)
    proved: set[str] = field(default_factory=set)  # returns that were clean at some time
    skipped_s: float = 0.0
    main: Missed = field(default_factory=Missed)
    interfaces: defaultdict[str, Missed] = field(default_factory=lambda: defaultdict(Missed))  # those that missed any

    @property
    def is_known(self) -> bool:
        """Whether there is anything to tell."""
        is_missed = self.main.xruns or self.main.downs or self.interfaces
        return bool(self.stretches or self.leaks or self.proved or is_missed)

    @property
    def integrated_lufs(self) -> float | None:
        """The programme's loudness over the whole show: the mean power of its stretches, by how long they are."""
        known = [one for one in self.stretches if one.integrated_lufs is not None and one.measured_s > 0]
        total_s = sum(one.measured_s for one in known)
        if not total_s:
            return None
        power = sum(one.measured_s * 10 ** ((one.integrated_lufs or 0.0) / 10) for one in known) / total_s
        return 10 * math.log10(power)

    def add(self, entry: Entry) -> None:
        """Take in an entry of the families "sound", "return" and "interface"."""
        fields = entry.fields
        match entry.kind:
            case "sound.loudness":
                self._add_loudness(entry)
            case "sound.xruns":
                self.main.add(entry)
            case "interface.xruns":
                self.interfaces[text(fields, "interface")].add(entry)
            case "sound.skipped":
                self.skipped_s += number(fields, "seconds") or 0.0
            case "sound.down":
                self.main.downs += 1
            case "interface.down":
                self.interfaces[text(fields, "interface")].downs += 1
            case "return.found" | "return.tested":
                self._add_finding(entry, text(fields, "returned"), text(fields, "leak"))

    def _add_loudness(self, entry: Entry) -> None:
        fields = entry.fields
        measured_s = number(fields, "measured_s") or 0.0
        last = self.stretches[-1] if self.stretches else None
        this = entry.boot, number(fields, "stretch")
        if last is None or (last.boot, last.number) != this or measured_s < last.measured_s:
            last = Stretch(entry.at, entry.at, *this)
            self.stretches.append(last)
        last.end, last.measured_s = entry.at, measured_s
        for name in ("integrated_lufs", "short_term_max_lufs", "true_peak_dbtp"):
            setattr(last, name, _measured(fields, name))
        for name in ("range_lu", "target_lufs", "max_true_peak_dbtp"):
            setattr(last, name, number(fields, name))
        returns = fields.get("returns")
        if isinstance(returns, Mapping):
            heard = {str(name): _measured(returns, name) for name in returns}
            last.returns = {name: lufs for name, lufs in heard.items() if lufs is not None}

    def _add_finding(self, entry: Entry, returned: str, leak: str) -> None:
        running = next((one for one in self.leaks if one.returned == returned and one.until is None), None)
        if leak == "clean":
            self.proved.add(returned)
        if leak in ("leak", "echo") and (running is None or running.leak != leak):
            self.leaks.append(InReturn(entry.at, returned, leak, text(entry.fields, "detail")))
        elif leak != "clean":
            return  # silence proves nothing
        if running is not None:
            running.until = entry.at


def _measured(fields: Mapping[str, Any], name: str) -> float | None:
    value = number(fields, name)
    lowest, highest = _LEVELS
    return value if value is not None and lowest < value < highest else None
