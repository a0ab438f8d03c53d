"""Orders on disk, each once, with the mark behind which the shop's stream resumes. Loop thread only."""

import asyncio
from collections.abc import Sequence

from console.commerce.disk import Disk
from console.commerce.outbox import KeptOrder, Outbox


class OrderKeeper:
    """Keeps a show run's orders; what the disk refuses is owed, and the mark on disk stays before it."""

    def __init__(self, disk: Disk, show_run: str) -> None:
        self._disk = disk
        self._show_run = show_run
        self._turn = asyncio.Lock()
        self._owed: list[KeptOrder] = []
        self._mark = ""

    async def keep(self, rows: Sequence[KeptOrder], mark: str) -> Sequence[str | None]:
        """The show run of each that is new or changed (else None), once they and all that is owed are on disk.

        Raises UserError; then they are owed.
        """
        async with self._turn:
            owed = len(self._owed)
            self._owed += rows
            self._mark = mark
            fresh = await self._disk.do(Outbox.keep_orders, self._show_run, tuple(self._owed), mark=mark)
            self._owed.clear()
            return fresh[owed:]

    async def settle(self) -> None:
        """Keep what is owed. Raises UserError when the disk refuses it again."""
        if self._owed:
            await self.keep([], self._mark)
