"""How often a view shows a new picture, how many it missed, and how old what it shows is. Pure; times in ns."""

from typing import Final

WINDOW_NS: Final = 1_000_000_000
_JUMP: Final = 240  # more than can come in a moment: another source begins


class Rates:
    """Counts what one view took of a source's numbered pictures; figures change once a second."""

    def __init__(self) -> None:
        self.shown_fps = 0.0  # pictures shown in the last second
        self.came_fps = 0.0  # pictures that the source had in that second
        self._sequence: int | None = None
        self._made_ns = 0
        self._from_ns = 0
        self._shown = self._came = 0
        self._oldest_ns = self._oldest_before_ns = 0

    def took(self, sequence: int, now_ns: int, made_ns: int = 0) -> None:
        """The view shows picture `sequence` from `now_ns` on; `made_ns`: when it was made, 0 where nobody knows."""
        came = 1 if self._sequence is None else sequence - self._sequence
        if self._made_ns:
            self._oldest_ns = max(self._oldest_ns, now_ns - self._made_ns)
        self._sequence, self._made_ns = sequence, made_ns
        if 0 < came < _JUMP:
            self._shown += 1
            self._came += came
        self._go_on(now_ns)

    def age_s(self, now_ns: int) -> float | None:
        """How old the picture on the screen was at most within the last second; None where nobody knows."""
        if not self._made_ns:
            return None
        self._go_on(now_ns)
        return max(now_ns - self._made_ns, self._oldest_ns, self._oldest_before_ns) / 1e9

    def _go_on(self, now_ns: int) -> None:
        span_ns = now_ns - self._from_ns
        if span_ns < WINDOW_NS:
            return
        if self._from_ns and span_ns < 2 * WINDOW_NS:
            self.shown_fps, self.came_fps = (round(count * 1e9 / span_ns, 1) for count in (self._shown, self._came))
        else:
            self.shown_fps = self.came_fps = 0.0
        self._oldest_before_ns, self._oldest_ns = self._oldest_ns, 0
        self._from_ns, self._shown, self._came = now_ns, 0, 0
