"""How late a loop is through its own fault: a timer's lateness, less the time the thread waited for a processor.

Linux tells that wait (/proc/thread-self/schedstat, second figure), so that a busy machine is no stall of ours.
"""

import asyncio
import contextlib
import time
from pathlib import Path

EVERY_S = 0.01
STALL_MS = 50.0
_SCHED = Path("/proc/thread-self/schedstat")


class LoopWatch:
    """Measures the running loop between `start` and `stop`; `stalls` are in milliseconds."""

    def __init__(self) -> None:
        self.worst_ms = 0.0
        self.ticks = 0
        self.stalls: list[float] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure, on the loop's thread."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End measuring; the figures stay."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            due_ns, waited_ns = time.monotonic_ns() + int(EVERY_S * 1e9), _waited_ns()
            await asyncio.sleep(EVERY_S)
            late_ms = (time.monotonic_ns() - due_ns - (_waited_ns() - waited_ns)) / 1e6
            self.ticks += 1
            self.worst_ms = max(self.worst_ms, late_ms)
            if late_ms > STALL_MS:
                self.stalls.append(round(late_ms))


def _waited_ns() -> int:
    """How long this thread was ready to run and had no processor, since it began."""
    return int(_SCHED.read_text().split()[1])
