"""A platform without an API: the director does it there by hand and says so here. No I/O at all."""

import asyncio
from collections.abc import AsyncIterator

from console.commerce.shops.port import Answer, ShopTrouble, StreamedOrder, Verdict
from console.contract.orders import DropStatus


class ManualShop:
    """Answers nothing by itself: every event waits for the director's hand, every lamp says so."""

    kind = "manual"
    url = ""
    timeout_s = 0.0

    def __init__(self, *, public_url: str = "") -> None:
        self.public_url = public_url

    async def post(self, event_id: str, body: bytes) -> Answer:
        """Always: by hand."""
        return Answer(
            Verdict.BY_HAND, why="Nothing answers for this shop.", fix="Do it on the platform, then confirm it by hand."
        )

    async def ask(self, drop_id: str) -> DropStatus | None:
        """Never known. Raises ShopTrouble."""
        raise ShopTrouble("Nothing answers for this shop.", fix="Look at the platform.")

    async def ask_checkout(self) -> bool | None:
        """It cannot be asked."""
        return None

    async def orders(self, mark: str) -> AsyncIterator[StreamedOrder]:
        """No orders, for ever."""
        await asyncio.Event().wait()
        yield StreamedOrder(mark, None)

    async def close(self) -> None:
        """Nothing to let go of."""
