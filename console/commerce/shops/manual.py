"""A platform without an API: the director does it there by hand and says so here. No I/O at all."""

import asyncio
from collections.abc import AsyncIterator

from console.commerce.shops import platforms
from console.commerce.shops.port import Answer, ShopTrouble, StreamedOrder, Verdict
from console.contract import events
from console.contract.orders import DropStatus
from console.settings import show as settings


class ManualShop:
    """Answers nothing by itself: every event waits for the director's hand, every lamp says so."""

    kind = "manual"
    url = ""
    timeout_s = 0.0

    def __init__(self, show: settings.Show | None = None) -> None:
        """`show` says what the platform is called, what is done there in its own words, and the drops' titles."""
        shop = settings.Shop() if show is None else show.shop
        self.public_url = shop.public_url or ""
        self._platform = shop.platform
        self._own = {} if shop.steps is None else shop.steps.model_dump(exclude_none=True)
        self._drops = {d.id: platforms.Named(d.title, d.price.currency) for d in (show.drops if show else ())}

    async def post(self, event_id: str, body: bytes) -> Answer:
        """Always: by hand, and what is to be done."""
        event = events.from_json(body)
        if isinstance(event.data, events.Armed):  # it may have come into the show, or been renamed, since
            self._drops[event.data.drop] = platforms.Named(event.data.title, event.data.currency)
        named = self._drops.get(event.drop or "", platforms.Named(event.drop or ""))
        why = platforms.words(event, named, platform=self._platform, own=self._own)
        return Answer(Verdict.BY_HAND, why=why, fix="Then press CONFIRM here.")

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

    async def tickets(self, drop_id: str, count: int) -> tuple[str, ...]:
        """Nobody would check them. Raises ShopTrouble."""
        raise ShopTrouble("This platform cannot check Cuedrop's tickets.", fix="Sell the drop there without tickets.")

    async def close(self) -> None:
        """Nothing to let go of."""
