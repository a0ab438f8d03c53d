"""What the console and the sound analyst say to each other. Values only; Routing goes to the analyst as well."""

from dataclasses import dataclass

from console.audio.leak import Finding
from console.audio.plan import Plan
from console.audio.sound_alarms import Limits, Trouble


@dataclass(frozen=True, slots=True)
class Order:
    """What an analyst is to do: which sound, in which ring, with which meters, and where its readings go."""

    plan: Plan
    ballistics: str
    limits: Limits
    ring_path: str
    ring_frames: int
    readings_path: str
    kept_path: str  # the totals of the loudness


@dataclass(frozen=True, slots=True)
class Begin:
    """An engine runs at this rate; what comes now does not follow on what came before."""

    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class Present:
    """These troubles are alarms already."""

    troubles: frozenset[Trouble]


@dataclass(frozen=True, slots=True)
class SetMeters:
    """Go by other ballistics and limits from now on."""

    ballistics: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class ResetLoudness:
    """Measure the loudness from now on; with it go the true peaks of what it is measured of."""


@dataclass(frozen=True, slots=True)
class PauseLoudness:
    """Leave out what comes now, or go on."""

    on: bool


@dataclass(frozen=True, slots=True)
class ResetPeaks:
    """Forget the true peaks of all channels."""


@dataclass(frozen=True, slots=True)
class Prove:
    """Say what is found in this return once all of it was heard after this moment."""

    made_for: str


@dataclass(frozen=True, slots=True)
class Found:
    """From the analyst: what is found in a return now, when it changed; `is_tested`: in answer to Prove."""

    made_for: str
    finding: Finding
    is_tested: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """From the analyst: all that is wrong now, when it changed."""

    troubles: frozenset[Trouble]


@dataclass(frozen=True, slots=True)
class Skipped:
    """From the analyst: it was too late for so many seconds of sound; no reading and no test holds them."""

    seconds: float
