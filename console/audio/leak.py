"""What the test of a return has found. Values only; how it is found is console.audio.leak_watch's."""

from dataclasses import dataclass

from console.audio.state import Leak


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test found, and in words.

    leak_db: the gain of the own voice in the return, or of the return in the microphone; delay_ms: how much later it
    comes; floor_db: a leak below this would not have been found; every_s: how seldom the return is tested, when that is
    more seldom than it should be. None: not measured.
    """

    leak: Leak
    detail: str
    leak_db: float | None = None
    delay_ms: float | None = None
    floor_db: float | None = None
    every_s: float | None = None
