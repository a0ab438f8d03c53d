"""A sound that is played into one bus, once: the line test's sweep. Runs in the real-time callback.

Built beside it; allocates nothing but views, and no bus but its own changes.
"""

import numpy as np

from console.audio.fades import Samples


class Played:
    """What of a sound is still to be played into some neighbouring columns."""

    def __init__(self, sound: Samples, columns: slice) -> None:
        """sound: shape (frames,); columns: of what is mixed."""
        self._sound = np.array(sound, dtype=np.float32).reshape(-1, 1)
        self._columns = columns
        self._next = 0

    @property
    def is_over(self) -> bool:
        """True when all of it was played."""
        return self._next >= len(self._sound)

    def add_to(self, mixed: Samples) -> None:
        """Play as much as the block holds. mixed: shape (frames, columns)."""
        part = self._sound[self._next : self._next + len(mixed)]
        heard = mixed[: len(part), self._columns]
        np.add(heard, part, out=heard)
        self._next += len(part)
