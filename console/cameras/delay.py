"""How late a camera is, while it sees the clock page: the time code in its pictures against the time they came.

For one tile, wherever its pictures are at hand: in its worker, or in the thread that decodes OBS's. It looks twice a
second, and ten times while a code is in sight: 0.3 to 3.5 ms each.
"""

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.cameras.timecode import delay_ms, times_ms

IDLE_LOOK_S: Final = 0.5
BUSY_LOOK_S: Final = 0.1
KEPT_S: Final = 3.0  # a reading counts for so long
FEWEST: Final = 3  # readings that make a figure
TELL_EVERY_S: Final = 1.0  # a figure that changes more often cannot be read

Seen = tuple[int, NDArray[np.uint8]]  # when a picture came (monotonic nanoseconds), and its brightness


class DelayWatch:
    """Follows one tile's pictures; `delay_ms` is the figure, None while no code is in sight."""

    def __init__(self) -> None:
        self.delay_ms: float | None = None  # median of the last readings, whole milliseconds
        self._readings: deque[tuple[float, float]] = deque(maxlen=int(KEPT_S / BUSY_LOOK_S))  # at (s), delay (ms)
        self._looked_s = -IDLE_LOOK_S
        self._told_s = -TELL_EVERY_S
        self._seen_ns = 0  # when the picture came that was looked at
        self._last_ms: int | None = None  # the newest code that was read

    def look(self, newest: Callable[[], Seen | None], now_s: float) -> float | None:
        """Look into the newest picture when it is time to; returns `delay_ms`."""
        if self.is_due(now_s):
            seen = newest()
            if seen is not None and seen[0] != self._seen_ns:
                self._seen_ns, grey = seen
                self.see(times_ms(grey), self._seen_ns)
            self.settle(now_s)
        return self.delay_ms

    def is_due(self, now_s: float) -> bool:
        """True when it is time to look again; then it counts as done."""
        every_s = BUSY_LOOK_S if self._readings else IDLE_LOOK_S
        if now_s - self._looked_s < every_s * 0.9:  # the caller's own turn is not exact
            return False
        self._looked_s = now_s
        return True

    def see(self, times: list[int], seen_ns: int) -> None:
        """Note the codes of a picture that came at `seen_ns`: the newest counts, and only once.

        A picture shows two codes, the one drawn last and the one before; a photograph of the page, or a camera that is
        frozen, shows the same ones for ever.
        """
        late = {time: delay for time in times if (delay := delay_ms(time, seen_ns)) is not None}
        if not late:
            return
        newest = min(late, key=lambda time: late[time])
        if newest != self._last_ms:
            self._last_ms = newest
            self._readings.append((seen_ns / 1e9, late[newest]))

    def settle(self, now_s: float) -> None:
        """Forget old readings, and tell a new figure once a second."""
        while self._readings and now_s - self._readings[0][0] > KEPT_S:
            self._readings.popleft()
        if len(self._readings) < FEWEST:
            if not self._readings:
                self.delay_ms = None
            return
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self.delay_ms = float(round(median(delay for _, delay in self._readings)))
