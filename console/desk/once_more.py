"""What is done only when it is asked for twice: the first time it is said what it costs. Pure but for the clock."""

from typing import Final

from console.core.clock import Clock

AGAIN_S: Final = 10.0
"""How long the same, asked for again, is meant."""

_DOUBLE_S: Final = 0.4  # sooner than anybody can have read the answer


class OnceMore:
    """Remembers what was asked for last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: object = None
        self._at_ns = 0

    def is_second(self, what: object) -> bool:
        """Whether just this was asked for before, not too long ago, and long enough to have read the answer."""
        now_ns = self._clock.mono_ns()
        since_s = (now_ns - self._at_ns) / 1e9
        if what == self._asked and since_s < _DOUBLE_S:
            return False
        is_second = what == self._asked and since_s < AGAIN_S
        self._asked, self._at_ns = None if is_second else what, now_ns
        return is_second
