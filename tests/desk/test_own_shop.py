"""The embedded shop and the sale, joined: the director sees whether buyers can reach it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.commerce.reach import ReachState
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.desk.own_shop import OwnShop
from console.settings.show import Show
from console.shop.adopt import ShopKeeper
from console.shop.place import Reach
from tests.waiting import until

DROP = {"id": "cap", "title": "Cap", "price": "19.00 EUR", "stock": 5, "duration_s": 60}


@pytest.mark.slow
@pytest.mark.parametrize(("public_url", "state"), [(None, ReachState.HERE), ("http://127.0.0.1:1", ReachState.SILENT)])
async def test_the_address_that_buyers_get_is_asked_as_soon_as_the_shop_runs(
    tmp_path: Path, public_url: str | None, state: ReachState
) -> None:
    clock, journal = SystemClock(), MemoryJournal()
    keeper = ShopKeeper(tmp_path, Reach(public_url=public_url), practice=True)

    async def secret() -> str | None:
        address = keeper.state.value.address
        return address.secret if address else None

    shop = EventsShop("http://127.0.0.1:1", secret=secret, clock=clock, kind="embedded")
    alarms = Alarms(clock, journal)
    with ThreadPoolExecutor(1) as writer:
        sale = Commerce(
            Show.model_validate({"name": "Reach", "drops": [DROP]}),
            data_dir=tmp_path,
            shop=shop,
            clock=clock,
            journal=journal,
            alarms=alarms,
            writer=writer,
        )
        own = OwnShop(keeper, sale, shop, alarms)
        await own.open()
        try:
            await until(lambda: sale.state.value.reach is not None, what="how far the address reaches")
            reached = sale.state.value.reach
            assert reached is not None
            assert reached.state is state
            assert sale.state.value.public_url in reached.says
            assert reached.fix
        finally:
            await sale.close()
            await own.close()
