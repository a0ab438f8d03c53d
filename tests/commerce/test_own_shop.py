"""The sale against the shop that ships with the console, over its real HTTP: the same contract, the same lamps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.state import AS_IT_IS, Checkout, DropState, Lamp, Wanted
from console.contract import signing
from console.core.clock import SystemClock
from console.core.ids import new_id
from console.shop.adopt import ensure_shop
from console.shop.place import Reach
from tests.commerce.conftest import Begin, drop
from tests.shop.standing import end_shop
from tests.waiting import until


@asynccontextmanager
async def embedded(begin: Begin, tmp_path: Path) -> AsyncIterator[tuple[Commerce, str]]:
    """A sale with its shop in a process of its own, which ends with the block; and the shop's address."""
    address = await ensure_shop(tmp_path, Reach(), practice=True)

    async def secret() -> str:
        return address.secret

    try:
        sale = await begin(EventsShop(address.url, secret=secret, clock=SystemClock(), kind="embedded"))
        await until(lambda: sale.state.value.checkout is not Checkout.UNKNOWN, what="the checkout's state")
        yield sale, address.url
    finally:
        await asyncio.to_thread(end_shop, address.pid)


@pytest.mark.slow
async def test_the_embedded_shop_takes_a_whole_sale(begin: Begin, tmp_path: Path) -> None:
    async with embedded(begin, tmp_path) as (sale, _):
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


async def buy(url: str, quantity: int, seen_minor: int) -> httpx.Response:
    """What a buyer's page sends: the pieces, and the price that it shows."""
    async with httpx.AsyncClient(base_url=url, verify=False, trust_env=False) as buyer:
        return await buyer.post(
            "/v1/drops/mug-01/orders",
            json={"quantity": quantity, "expect_price_minor": seen_minor},
            headers={"Idempotency-Key": signing.idempotency_key(new_id())},
        )


@pytest.mark.slow
async def test_the_embedded_shop_changes_an_open_drop_and_charges_the_price_in_force(
    begin: Begin, tmp_path: Path
) -> None:
    async with embedded(begin, tmp_path) as (sale, url):
        for press in (sale.arm, sale.fire):
            assert (await press("mug-01")).is_done
        ends = drop(sale, "mug-01").closes_at
        assert ends is not None
        assert (await buy(url, 1, 950)).json()["amount_minor"] == 950
        assert (await sale.change("mug-01", Wanted(price_minor=700))).is_done
        old = await buy(url, 1, 950)
        assert (old.status_code, old.json()["detail"]) == (409, "The price has changed.")
        assert (await buy(url, 1, 700)).json()["amount_minor"] == 700
        below = await sale.change("mug-01", Wanted(stock=1))  # whether or not the console knows of the sales yet
        assert "sold already: the stock cannot be 1" in below.why
        assert drop(sale, "mug-01").stock == 5
        assert (await sale.change("mug-01", Wanted(stock=2))).is_done
        assert drop(sale, "mug-01").state is DropState.SOLD_OUT
        assert (await buy(url, 1, 700)).json()["reason"] == "sold_out"
        assert (await sale.change("mug-01", Wanted(stock=6))).is_done
        assert (drop(sale, "mug-01").state, drop(sale, "mug-01").stock_left) == (DropState.OPEN, 4)
        assert (await sale.extend("mug-01", 60)).is_done
        assert drop(sale, "mug-01").closes_at == ends + timedelta(seconds=60)
        assert (await sale.change("mug-01", Wanted(sold_out=True))).is_done
        assert (await buy(url, 1, 700)).json()["reason"] == "sold_out"
        assert (await sale.change("mug-01", Wanted(sold_out=False))).is_done
        assert (await buy(url, 1, 700)).status_code == 201
        await until(lambda: drop(sale, "mug-01").sold == 3, what="the figures")
        mug = drop(sale, "mug-01")
        assert (mug.state, mug.stock, mug.stock_left, mug.price_minor) == (DropState.OPEN, 6, 3, 700)
        assert (mug.lamp, mug.wanted) == (Lamp.CONFIRMED, AS_IT_IS)
        assert (await sale.stop_sale()).is_done
