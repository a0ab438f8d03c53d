"""How long a disk lasts, from how fast it fills, whoever fills it: OBS records too. Pure: bytes, seconds, minutes."""

from collections import deque
from typing import Final

_WINDOW_S: Final = 60.0
_TELLING_S: Final = 15.0  # what is shorter says more about the moment than about the hour


class DiskLeft:
    """Looks at the free space of one disk, about once a second."""

    def __init__(self, least_bytes_per_s: float) -> None:
        """least_bytes_per_s: what it is filled with for certain, as soon as somebody speaks; more than 0."""
        self._least = least_bytes_per_s
        self._looks: deque[tuple[float, int]] = deque()

    def minutes(self, free_bytes: int, now_s: float) -> float:
        """Minutes until `free_bytes` are used up at the rate of the last minute; 0 when there are none."""
        self._looks.append((now_s, free_bytes))
        while now_s - self._looks[0][0] > _WINDOW_S:
            self._looks.popleft()
        since_s, before = self._looks[0]
        rate = self._least
        if now_s - since_s >= _TELLING_S:
            rate = max(rate, (before - free_bytes) / (now_s - since_s))
        return max(0.0, free_bytes / rate / 60)
