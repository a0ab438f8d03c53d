"""What the console and the sound engine say to each other. Values only; Routing goes the other way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.workers.rings import Samples


@dataclass(frozen=True, slots=True)
class EngineUp:
    """Sound runs. `why` and `fix` speak when it runs with less than the show asked for."""

    device: str
    sample_rate_hz: int
    block_frames: int
    inputs: int
    outputs: int
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class EngineDown:
    """No sound, and it is tried again: why, and what to do now."""

    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class InterfaceUp:
    """An interface beside the main device runs, and adds `delay_ms`. `why` and `fix`: with less than asked for."""

    device: str
    sample_rate_hz: int
    inputs: int
    outputs: int
    delay_ms: float
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """How much quicker the clock of an interface runs than the main device's."""

    ppm: int


@dataclass(frozen=True, slots=True)
class Xruns:
    """How many blocks were missed since the sound was opened, over restarts; sent at most once a second.

    cause: whose fault the last ones were, by `blame.Cause`; why: in words.
    """

    total: int
    cause: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ResetClips:
    """Forget every clip flag."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound into a return, once. sound: shape (frames,), at the engine's rate."""

    made_for: str
    sound: "Samples"
