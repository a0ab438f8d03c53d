"""How often OBS is asked for pictures: as often as it can give them without being late with its own. Pure.

A screenshot stalls OBS's GPU for a moment, and takes long when OBS is busy: then fewer are asked for. What OBS says of
its render time and of frames that came late counts more than how long an answer took.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

FIRST_EVERY_S: Final = 0.2  # per source: program and preview
EVERY_S: Final = 0.25  # per source: tiles
HIDDEN_EVERY_S: Final = 1.0  # what nobody sees is still watched for black, and for OBS's silence
SHARE: Final = 4  # OBS is left alone for at least so many times as long as a request took
SLOW_S: Final = 0.06
SLOW_SHARE: Final = 12
HICCUPS: Final = 2  # slow answers in a row that say nothing about OBS yet
SHORTEST_GAP_S: Final = 1 / 20
LONGEST_GAP_S: Final = 2.0
FULL: Final = 0.7  # of the time that OBS has for a frame: beyond it the next hiccup costs one
MOST_STRAIN: Final = 4.0
EASES: Final = 0.75  # a second


@dataclass(frozen=True, slots=True)
class Work:
    """What OBS says of its own work, once a second."""

    at_mono_ns: int
    render_ms: float  # of a frame
    frame_ms: float  # what it has for one; 0: not known
    late_frames: int  # rendered too late or skipped, in that second

    @property
    def is_hard(self) -> bool:
        """OBS has no time to spare."""
        return self.late_frames > 0 or (self.frame_ms > 0 and self.render_ms > FULL * self.frame_ms)


class Pace:
    """Follows OBS's work: doubles what it is spared at once, and asks more again little by little."""

    def __init__(self) -> None:
        self.strain = 1.0
        self._heard_ns = 0
        self._took_s: deque[float] = deque(maxlen=HICCUPS + 1)

    def hear(self, work: Work) -> None:
        """What OBS said last; the same saying twice counts once."""
        if work.at_mono_ns <= self._heard_ns:
            return
        self._heard_ns = work.at_mono_ns
        self.strain = min(MOST_STRAIN, self.strain * 2) if work.is_hard else max(1.0, self.strain * EASES)

    def gap_s(self, took_s: float) -> float:
        """How long OBS is left alone after a request that took `took_s`; a single slow one is a hiccup."""
        self._took_s.append(took_s)
        took_s = min(self._took_s)
        share = SLOW_SHARE if took_s > SLOW_S else SHARE
        return min(LONGEST_GAP_S, max(SHORTEST_GAP_S * self.strain, took_s * share))

    def every_s(self, *, is_first: bool, is_hidden: bool) -> float:
        """How far apart the pictures of one source are asked for."""
        if is_hidden:
            return HIDDEN_EVERY_S
        return (FIRST_EVERY_S if is_first else EVERY_S) * self.strain
