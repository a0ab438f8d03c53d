"""Watches the shop: its orders stream, and each drop's state as often as it is worth. Loop thread only."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final

from console.commerce.shops.port import ShopClient, ShopTrouble, StreamedOrder
from console.commerce.tasks import tell_of_a_bug
from console.contract.orders import DropStatus
from console.core.links import Link, LinkState

RECONNECT_S: Final = 0.3
LONGEST_RECONNECT_S: Final = 3.0
MOST_ORDERS_AT_ONCE: Final = 500
GATHER_S: Final = 0.25  # the next batch: a crowd costs four writes and repaints each second, not hundreds

OnStatus = Callable[[str, DropStatus | None, int], None]
OnOrders = Callable[[list[StreamedOrder]], Awaitable[None]]


class Watcher:
    """`on_status(drop, status, version)` hears each answer with the version that the drop had when it was asked.

    `checkout` is the name under which ask_within asks for the checkout; `on_checkout` hears of that.
    """

    def __init__(
        self,
        shop: ShopClient,
        *,
        checkout: str,
        on_checkout: Callable[[bool | None, int], None],
        on_status: OnStatus,
        on_orders: OnOrders,
        on_link: Callable[[Link], None],
        version_of: Callable[[str], int],
    ) -> None:
        self._shop = shop
        self._checkout = checkout
        self._on_checkout = on_checkout
        self._on_status = on_status
        self._on_orders = on_orders
        self._on_link = on_link
        self._version_of = version_of
        self._due: dict[str, float] = {}
        self._wake = asyncio.Event()
        self._received: asyncio.Queue[StreamedOrder] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, mark: str) -> None:
        """Begin; orders behind `mark`."""
        for name, work in (
            ("asking the shop", self._ask_for_ever()),
            ("orders stream", self._listen_for_ever(mark)),
            ("keeping orders", self._keep_for_ever()),
        ):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(tell_of_a_bug)
            self._tasks.append(task)

    async def close(self) -> None:
        """End all watching."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ask_within(self, drop: str, seconds: float) -> None:
        """Ask for the drop's state in `seconds` at the latest."""
        due = asyncio.get_running_loop().time() + seconds
        if due < self._due.get(drop, float("inf")):
            self._due[drop] = due
            self._wake.set()

    async def _ask_for_ever(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            self._wake.clear()
            wait_s = min(self._due.values(), default=now() + 3600.0) - now()
            if wait_s > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):  # wait_for may swallow a cancellation on Python 3.11
                        await self._wake.wait()
            due = [drop for drop, at in self._due.items() if at <= now()]
            for drop in due:
                del self._due[drop]
            await asyncio.gather(*(self._ask(drop) for drop in due))

    async def _ask(self, drop: str) -> None:
        version = self._version_of(drop)
        try:
            if drop == self._checkout:
                self._on_checkout(await self._shop.ask_checkout(), version)
                return
            status = await self._shop.ask(drop)
        except ShopTrouble as trouble:
            self._on_link(Link(LinkState.DOWN, trouble.why, trouble.fix))
            self.ask_within(drop, random.uniform(0.7, 1.5))
            return
        self._on_link(Link(LinkState.UP))
        self._on_status(drop, status, version)

    async def _listen_for_ever(self, mark: str) -> None:
        failures = 0
        while True:
            was_connected = False
            try:
                async for item in self._shop.orders(mark):
                    if not was_connected:
                        was_connected, failures = True, 0
                        self._on_link(Link(LinkState.UP))
                    mark = item.mark
                    if item.order is not None:
                        self._received.put_nowait(item)
            except ShopTrouble as trouble:
                failures += 1
                if not was_connected:  # a stream that only ended is opened again first
                    self._on_link(Link(LinkState.DOWN, trouble.why, trouble.fix))
            pause_s = min(RECONNECT_S * 2.0 ** min(failures, 10), LONGEST_RECONNECT_S)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))

    async def _keep_for_ever(self) -> None:
        while True:
            batch = [await self._received.get()]
            while not self._received.empty() and len(batch) < MOST_ORDERS_AT_ONCE:
                batch.append(self._received.get_nowait())
            await self._on_orders(batch)
            await asyncio.sleep(GATHER_S)
