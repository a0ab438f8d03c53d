"""How late a loop is through its own process's fault: a timer's lateness, less the time it waited for a processor.

Linux tells that wait of each thread (schedstat, second figure), so that a busy machine is no stall of ours: the loop's
own, and the longest of another thread's, which may hold Python's lock. What the host of a virtual machine took
looks like work of whoever ran, and is told of all processors together (steal).
"""

import asyncio
import contextlib
import os
import threading
import time
from pathlib import Path

EVERY_S = 0.01
STALL_MS = 50.0
_TASKS = Path("/proc/self/task")
_STAT = Path("/proc/stat")


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
        own = threading.get_native_id()
        while True:
            waited, stolen, due_ns = _waited_ns(), stolen_ms(), time.monotonic_ns() + int(EVERY_S * 1e9)
            await asyncio.sleep(EVERY_S)
            late_ns = time.monotonic_ns() - due_ns
            since = {thread: ns - waited.get(thread, ns) for thread, ns in _waited_ns().items()}
            late_ms = (late_ns - since.pop(own) - max(since.values(), default=0)) / 1e6
            late_ms -= stolen_ms() - stolen
            self.ticks += 1
            self.worst_ms = max(self.worst_ms, late_ms)
            if late_ms > STALL_MS:
                self.stalls.append(round(late_ms))


def stolen_ms() -> int:
    """How long a virtual machine's processors were given to others, all together, since it began."""
    return 1000 * int(_STAT.read_text().split(maxsplit=9)[8]) // os.sysconf("SC_CLK_TCK")


def _waited_ns() -> dict[int, int]:
    """How long each thread of this process was ready to run and had no processor, since it began."""
    waits = {}
    for task in _TASKS.iterdir():
        with contextlib.suppress(OSError):  # ended meanwhile
            waits[int(task.name)] = int((task / "schedstat").read_text().split()[1])
    return waits
