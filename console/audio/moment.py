"""The last seconds as they were at one moment: what the looks at several returns have in common, worked out once.

Reads from a `Past` that goes on meanwhile; the past must still hold the moment's (`held_for_s`). Pure numpy.
"""

from functools import cached_property
from typing import Final

import numpy as np

from console.audio.narrowband import Past, Samples
from console.audio.separation import InStep
from console.audio.state import FLOOR_DBFS
from console.audio.strips import LONGEST_DELAY_S
from console.audio.voice import Voice

WINDOW_S: Final = 3.0
"""What is judged."""
LATEST_S: Final = 0.5
LATEST_ECHO_S: Final = 1.0
"""There and back through two networks takes longer than through a studio."""


class Moment:
    """All columns of a past as they are now; `ago_s`: as they were so long ago."""

    def __init__(self, past: Past, *, ago_s: float = 0.0) -> None:
        self._past = past
        self._end = past.frames - round(ago_s * past.rate_hz)
        self.heard_s = past.heard_s
        """How much had been heard then, all in all."""
        self._levels: dict[tuple[int, float], float] = {}
        self._voices: dict[int, Voice] = {}
        self._in_step: tuple[tuple[int, ...], InStep] | None = None

    @cached_property
    def lead(self) -> int:
        """By how many frames a voice is longer than a window."""
        return round(LATEST_S * self._past.rate_hz)

    @property
    def age_s(self) -> float:
        """How long ago it was, in seconds of sound."""
        return (self._past.frames - self._end) / self._past.rate_hz

    @property
    def held_for_s(self) -> float:
        """How much longer the past will hold this moment."""
        return self._past.seconds - WINDOW_S - LATEST_ECHO_S - LONGEST_DELAY_S - self.age_s

    def window(self, column: int) -> Samples:
        """The last WINDOW_S: shape (frames,). A view, right until the past goes on."""
        return self._last(column, WINDOW_S)

    def sent(self, column: int) -> Voice:
        """What was sent in the last WINDOW_S, and LATEST_ECHO_S before."""
        return Voice(self._last(column, WINDOW_S + LATEST_ECHO_S), round(LATEST_ECHO_S * self._past.rate_hz))

    def voice(self, column: int) -> Voice:
        """What a channel said in the last WINDOW_S, and LATEST_S before."""
        if column not in self._voices:
            self._voices[column] = Voice(self._last(column, WINDOW_S + LATEST_S).copy(), self.lead)
        return self._voices[column]

    def dbfs(self, column: int, *, but_last_s: float = 0.0) -> float:
        """A column's RMS in the last WINDOW_S, without the very last."""
        if (column, but_last_s) not in self._levels:
            window = self.window(column)
            level = _dbfs(window[: len(window) - round(but_last_s * self._past.rate_hz)])
            self._levels[column, but_last_s] = level
        return self._levels[column, but_last_s]

    def in_step(self, columns: tuple[int, ...]) -> InStep:
        """What these columns hold, to be taken out as Cuedrop mixes it."""
        if self._in_step is None or self._in_step[0] != columns:
            self._in_step = columns, InStep(np.stack([self.window(column) for column in columns]))
        return self._in_step[1]

    def _last(self, column: int, seconds: float) -> Samples:
        return self._past.last(column, seconds, until=self._end)


def _dbfs(sound: Samples) -> float:
    return max(FLOOR_DBFS, 10 * float(np.log10(np.mean(np.square(sound), dtype=np.float64) + 1e-30)))
