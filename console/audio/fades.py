"""Fades from what was to what is, so that no change of the sound clicks. Pure numpy; allocates only when built.

Here and in all that runs in the callback: numpy makes itself buffers, of 32 KB each, for arrays that are not of one
shape and in one piece. So blocks are, and what is to be spread over their columns is copied there first.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
T = TypeVar("T")

FADE_S: Final = 0.01
"""How long a change takes: short enough for a mute, long enough that its edge is not heard."""

RAMP_IN_S: Final = 0.2
"""How long the sound takes to come, at the start and when a device is back."""


class Fade:
    """A way from 0 to 1 over a fixed time, however it is cut into blocks; it stands at its end until started."""

    def __init__(self, seconds: float, *, columns: int, sample_rate_hz: float, block_frames: int) -> None:
        self._frames = max(1, round(seconds * sample_rate_hz))
        way = np.minimum(np.arange(1, self._frames + block_frames + 1) / self._frames, 1.0)
        self._way = ((1.0 - np.cos(np.pi * way)) / 2.0).astype(np.float32).reshape(-1, 1)
        self._spread: Samples = np.zeros((block_frames, columns), dtype=np.float32)
        self._at = self._frames

    @property
    def is_running(self) -> bool:
        """True from `start` until the end was reached."""
        return self._at < self._frames

    def start(self) -> None:
        """Begin at 0."""
        self._at = 0

    def scale(self, sound: Samples) -> None:
        """Multiply the next block, shape (frames, columns), by the way through it."""
        frames = len(sound)
        spread = self._spread[:frames]
        np.copyto(spread, self._way[self._at : self._at + frames])
        np.multiply(sound, spread, out=sound)
        self._at = min(self._frames, self._at + frames)


class Faded(Generic[T]):
    """A setting that anybody may replace (`target`, one reference) and that one thread follows without a click.

    A target that comes during a fade waits for its end; of several the last one counts.
    """

    def __init__(self, first: T, *, columns: int, sample_rate_hz: float, block_frames: int) -> None:
        self.target = first
        self.present = first
        self._before = first
        self._fade = Fade(FADE_S, columns=columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._old: Samples = np.zeros((block_frames, columns), dtype=np.float32)

    @property
    def is_settled(self) -> bool:
        """True while the present value is the target, and no fade runs."""
        return self.target is self.present and not self._fade.is_running

    def apply(self, work: Callable[[T, Samples], None], sound: Samples) -> None:
        """Have `work` do to a block (in place, shape (frames, columns)) what the setting says, faded if it is new."""
        target = self.target
        if target is not self.present and not self._fade.is_running:
            self._before, self.present = self.present, target
            self._fade.start()
        if not self._fade.is_running:
            work(self.present, sound)
            return
        old = self._old[: len(sound)]
        np.copyto(old, sound)
        work(self._before, old)
        work(self.present, sound)
        # old + (new - old) * way
        np.subtract(sound, old, out=sound)
        self._fade.scale(sound)
        np.add(sound, old, out=sound)


class FadeOut:
    """The way to silence for good, at the end; nothing until it is started."""

    def __init__(self, sample_rate_hz: float) -> None:
        frames = max(1, round(FADE_S * sample_rate_hz))
        way = (1.0 + np.cos(np.pi * np.arange(1, frames + 1) / frames)) / 2.0
        self._way: Samples = way.astype(np.float32).reshape(-1, 1)
        self._at = 0
        self._blocks = 0
        self._has_started = False

    @property
    def is_over(self) -> bool:
        """Whether a whole block of silence has followed."""
        return self._blocks > 1

    def start(self) -> None:
        """Begin with the next block."""
        self._has_started = True

    def apply(self, sound: Samples) -> None:
        """Turn down the next block, shape (frames, columns), in place."""
        if not self._has_started:
            return
        way = self._way[self._at : self._at + len(sound)]
        self._at += len(way)
        sound[: len(way)] *= way
        sound[len(way) :] = 0
        self._blocks += len(way) < len(sound)
