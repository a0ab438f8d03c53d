"""Work that is asked for more often than it is worth doing. Loop thread only."""

import asyncio
from collections.abc import Callable


class Paced:
    """Does its work at once when it has rested for `every_s`, else once when it has; however often it is asked."""

    def __init__(self, work: Callable[[], None], every_s: float) -> None:
        self._work = work
        self._every_s = every_s
        self._done_at = float("-inf")  # the loop's time
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for the work."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        rest_s = self._done_at + self._every_s - loop.time()
        if rest_s <= 0:
            self._do()
        else:
            self._timer = loop.call_later(rest_s, self._do)

    def close(self) -> None:
        """Do nothing any more that was asked for before."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _do(self) -> None:
        self._timer = None
        self._done_at = asyncio.get_running_loop().time()
        self._work()
