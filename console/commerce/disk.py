"""The outbox from the loop's side: every call goes to the writer thread, in order. Loop thread only."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from console.commerce.outbox import Outbox
from console.core.errors import UserError

P = ParamSpec("P")
T = TypeVar("T")


class Disk:
    """Awaits methods of one Outbox; `writer` must be a single thread, so that calls stay in order."""

    def __init__(self, path: Path, writer: Executor) -> None:
        self._path = path
        self._writer = writer
        self._outbox: Outbox | None = None

    async def open(self) -> None:
        """Open the file. Raises UserError."""
        self._outbox = await asyncio.get_running_loop().run_in_executor(self._writer, Outbox, self._path)

    async def do(self, method: Callable[Concatenate[Outbox, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of one method of the Outbox; it is finished even when the waiting is cancelled.

        Raises UserError as the method does.
        """
        outbox = self._outbox
        if outbox is None:
            raise UserError("The outbox is not open.", fix="Check the data folder and start again.")
        call = asyncio.get_running_loop().run_in_executor(self._writer, lambda: method(outbox, *args, **kwargs))
        call.add_done_callback(lambda done: done.cancelled() or done.exception())  # its waiter may be gone
        return await asyncio.shield(call)

    async def close(self) -> None:
        """Close the file, after everything that was asked for before."""
        if self._outbox is not None:
            outbox, self._outbox = self._outbox, None
            await asyncio.get_running_loop().run_in_executor(self._writer, outbox.close)
