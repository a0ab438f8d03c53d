"""The selling side of one run: the shop that the show names, its secret, and the sale. Loop thread."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.shops.manual import ManualShop
from console.commerce.shops.port import ShopClient
from console.commerce.state import ON_SALE, DropState
from console.core.alarms import Alarms
from console.core.clock import Clock
from console.core.journal import Journal
from console.desk.own_shop import OwnShop
from console.desk.shop_files import ShopFiles
from console.settings.secrets import need_secret
from console.settings.show import Show
from console.shop.adopt import ShopKeeper
from console.shop.place import Place, Reach


class Selling:
    """The shop, whoever runs it, and the sale on it."""

    def __init__(
        self,
        show: Show,
        data_dir: Path,
        *,
        run: str,
        is_practice: bool,
        clock: Clock,
        journal: Journal,
        alarms: Alarms,
        writer: ThreadPoolExecutor,
        beside: Path | None = None,
    ) -> None:
        """`beside`: the folder of the show file, where its pictures are."""
        self._show = show
        self._clock = clock
        shop = show.shop
        self.keeper: ShopKeeper | None = None
        if shop.kind == "embedded":
            self.keeper = ShopKeeper(
                data_dir, Reach(shop.listen, shop.public_url, shop.buyers_kbps, shop.keep_days), practice=is_practice
            )
        self.shop = self._client()
        self.commerce = Commerce(
            show,
            data_dir=data_dir,
            shop=self.shop,
            clock=clock,
            journal=journal,
            alarms=alarms,
            writer=writer,
            show_run=run,
            open_within_s=shop.open_within_s,
        )
        self._own: OwnShop | None = None
        if self.keeper is not None and isinstance(self.shop, EventsShop):
            self._own = OwnShop(self.keeper, self.commerce, self.shop, alarms)
            place = Place.below(data_dir, practice=is_practice)
            self.commerce.porter = ShopFiles(place, beside)

    async def start(self) -> None:
        """Reach the shop, or start our own."""
        if self._own is None:
            await self.commerce.start()
        else:
            await self._own.open()

    async def sell_anew(self) -> None:
        """Make the drops that an earlier show has closed drafts again, each its run one higher."""
        for drop in self.commerce.state.value.drops:
            if drop.state is DropState.CLOSED:
                await self.commerce.renew(drop.id)

    async def close_shop(self) -> None:
        """Let our own shop go; while it sells it stays, for the next console."""
        if self._own is not None:
            await self._own.close()

    def is_open(self) -> bool:
        """A drop is on sale, or may be."""
        return any(drop.state in ON_SALE for drop in self.commerce.state.value.drops)

    def _client(self) -> ShopClient:
        shop = self._show.shop
        if shop.kind == "manual":
            return ManualShop(self._show)
        url = f"http://{shop.listen}" if shop.kind == "embedded" else shop.url or ""
        return EventsShop(url, secret=self.key, clock=self._clock, public_url=shop.public_url or "", kind=shop.kind)

    async def key(self) -> str | None:
        """What the shop and we share; None while there is none. Raises UserError: how to keep it on this machine."""
        if self._show.shop.kind == "manual":
            return None
        if self.keeper is None:
            return await need_secret(self._show.shop.secret)
        address = self.keeper.state.value.address
        return address.secret if address else None
