"""HOT: while it is latched, a number cuts straight to its scene. It lets go by itself. Loop thread only."""

import asyncio
from collections.abc import Callable
from typing import Final

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable

LOOK_S: Final = 0.1


class Heat:
    """The latch of HOT. `latched` and `until_ns` (when it lets go; None while it is off) are for the views.

    on_let_go: told why it let go by itself.
    """

    def __init__(self, *, release_s: float, clock: Clock, journal: Journal, on_let_go: Callable[[str], None]) -> None:
        self.latched = Observable(False)
        self.until_ns: Observable[int | None] = Observable(None)
        self._release_ns = round(release_s * 1e9)
        self._clock = clock
        self._journal = journal
        self._on_let_go = on_let_go
        self._timer: asyncio.TimerHandle | None = None

    def latch(self, on: bool, origin: Origin) -> None:
        """Latch it, or let go by hand."""
        if not on:
            self._end("by hand", origin)
            return
        if not self.latched.value:
            self._journal.write("hot.latched", origin)
        self.until_ns.set(self._clock.mono_ns() + self._release_ns)
        self.latched.set(True)
        if self._timer is None:
            self._look()

    def used(self) -> None:
        """A hot cut was asked for: the time begins anew."""
        if self.latched.value:
            self.until_ns.set(self._clock.mono_ns() + self._release_ns)

    def let_go(self, why: str) -> None:
        """Let go by itself; `why` in the director's words."""
        if self.latched.value:
            self._end(why, Origin.CONSOLE)
            self._on_let_go(why)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, why: str, origin: Origin) -> None:
        self.close()
        if self.latched.value:
            self._journal.write("hot.released", origin, why=why)
        self.latched.set(False)
        self.until_ns.set(None)

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        until = self.until_ns.value
        if until is not None and self._clock.mono_ns() >= until:
            self.let_go(f"nothing was cut for {self._release_ns / 1e9:.0f} s")
