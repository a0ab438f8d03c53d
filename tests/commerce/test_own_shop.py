"""The sale against the shop that ships with the console, over its real HTTP: the same contract, the same lamps."""

import os
import signal
from pathlib import Path

import pytest

from console.commerce.shops.events import EventsShop
from console.commerce.state import Checkout, DropState
from console.core.clock import SystemClock
from console.shop.adopt import ensure_shop
from console.shop.place import Reach
from tests.commerce.conftest import Begin, drop
from tests.waiting import until


@pytest.mark.slow
async def test_the_embedded_shop_takes_a_whole_sale(begin: Begin, tmp_path: Path) -> None:
    address = await ensure_shop(tmp_path, Reach(), practice=True)

    async def secret() -> str:
        return address.secret

    try:
        sale = await begin(EventsShop(address.url, secret=secret, clock=SystemClock(), kind="embedded"))
        await until(lambda: sale.state.value.checkout is not Checkout.UNKNOWN, what="the checkout's state")
        for press, state in (
            (sale.arm, DropState.ARMED),
            (sale.disarm, DropState.DRAFT),
            (sale.arm, DropState.ARMED),
            (sale.fire, DropState.OPEN),
            (sale.close_drop, DropState.CLOSED),
            (sale.renew, DropState.DRAFT),
            (sale.arm, DropState.ARMED),
            (sale.fire, DropState.OPEN),
        ):
            outcome = await press("cap-01")
            assert outcome.is_done, outcome
            assert drop(sale).state is state
        assert (await sale.stop_sale()).is_done
        assert (drop(sale).state, drop(sale).run) == (DropState.CLOSED, 2)
        assert sale.state.value.checkout is Checkout.CLOSED
    finally:
        os.kill(address.pid, signal.SIGTERM)
