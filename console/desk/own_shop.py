"""The embedded shop and the sale, joined: have the shop running, then sell through it, and never wait for it.

Loop thread. The shop is a process of its own (console.shop); the sale (console.commerce) talks to it as to any other.
"""

import asyncio
from typing import Final

from console.commerce.reach import look
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.tasks import tell_of_a_bug
from console.core.alarms import Alarms, Rank
from console.core.errors import UserError
from console.shop.adopt import ShopKeeper

LONGEST_WAIT_S: Final = 10.0
LOOK_EVERY_S: Final = 30.0


class OwnShop:
    """Keeps the embedded shop for a sale. `shop` is the client that the sale talks through."""

    def __init__(self, keeper: ShopKeeper, commerce: Commerce, shop: EventsShop, alarms: Alarms) -> None:
        self._keeper = keeper
        self.commerce = commerce
        self._shop = shop
        self._alarms = alarms
        self._undo = keeper.state.watch(lambda keeping: commerce.show_books(keeping.books))
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Returns when the shop runs and the sale has started; the sale starts all the same when no shop comes."""
        is_started, wait_s = False, 0.5
        while not await self._have_it():
            if not is_started:
                await self.commerce.start()
                is_started = True
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        if not is_started:
            await self.commerce.start()
        self._looking = asyncio.create_task(self._look_at_reach(), name="looking at the reach")
        self._looking.add_done_callback(tell_of_a_bug)

    async def close(self) -> None:
        """Let the shop go; it stays while something is on sale."""
        self._undo()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._keeper.close()

    async def _look_at_reach(self) -> None:
        """Ask again and again whether the shop answers where buyers are sent to: tunnels come and go."""
        while True:
            self.commerce.show_reach(await look(self._shop.public_url))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _have_it(self) -> bool:
        try:
            address = await self._keeper.start()
        except UserError as error:
            self._alarms.raise_("shop.process", "shop.down", error.what, fix=error.fix, rank=Rank.MONEY)
            return False
        self._alarms.clear("shop.process")
        self._shop.url, self._shop.public_url = address.url, address.public_url
        return True
