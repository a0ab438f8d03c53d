"""An event loop on a stepped clock: it works at no time at all, and what is due comes at once, at its own second."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class SteppedLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and moves only where every task waits; for code that waits for its loop alone."""

    def __init__(self) -> None:
        self.at_s = 0.0
        super().__init__(_Stepping(self))

    def time(self) -> float:
        """The loop's seconds."""
        return self.at_s


class _Stepping(selectors.DefaultSelector):
    """Waiting for something to come is a step of the loop's clock."""

    def __init__(self, loop: SteppedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.at_s += max(0.0, timeout or 0.0)
        return super().select(0)


def run_stepped(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=SteppedLoop) as runner:
        runner.run(main)
