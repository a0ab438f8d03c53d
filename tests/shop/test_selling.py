"""Selling over real HTTP, against the shop as a process of its own."""

import asyncio
import os
import signal
import sqlite3
from functools import partial
from pathlib import Path

import httpx
import pytest

from console.contract import signing
from console.core.ids import new_id
from console.shop.adopt import ShopKeeper
from tests.shop.standing import armed, closed, now, opened, orders_until, shop
from tests.waiting import until

pytestmark = pytest.mark.slow


def pid_of(keeper: ShopKeeper) -> int:
    address = keeper.state.value.address
    assert address is not None
    return address.pid


def is_another(keeper: ShopKeeper, pid: int) -> bool:
    return pid_of(keeper) != pid


def has(things: dict[str, str], count: int) -> bool:
    return len(things) >= count


async def test_forty_buyers_at_once_buy_exactly_the_five_pieces_that_there_are(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=5)
        answers = await asyncio.gather(*(hand.buy() for _ in range(40)))
        assert sorted(a.status_code for a in answers) == [201] * 5 + [409] * 35
        assert {a.json()["reason"] for a in answers if a.status_code == 409} == {"sold_out"}
        state = await hand.state()
        assert (state["state"], state["sold"], state["stock_left"]) == ("sold_out", 5, 0)


async def test_a_shop_killed_in_mid_sale_loses_no_confirmed_order_and_doubles_none(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, keeper):
        await hand.put_on_sale(stock=200)
        confirmed: dict[str, str] = {}

        async def buyer() -> None:
            key = new_id()  # the same on every try, as the buyer's page does
            while key not in confirmed:
                try:
                    answer = await hand.buy(key=key)
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
                    continue
                if answer.status_code == 201:
                    confirmed[key] = answer.json()["id"]

        buying = asyncio.gather(*(buyer() for _ in range(60)))
        for sold in (10, 35):
            await until(partial(has, confirmed, sold), within_s=30, what=f"{sold} orders")
            killed = pid_of(keeper)
            os.kill(killed, signal.SIGKILL)
            await until(partial(is_another, keeper, killed), what="the next shop")
        await asyncio.wait_for(buying, 60)
        state = await hand.state()
        assert state["sold"] == 60
        orders = await orders_until(hand.address.url, 60)
        assert sorted(o["id"] for _, o in orders) == sorted(confirmed.values())
        assert len(set(confirmed.values())) == 60


async def test_a_killed_shop_is_back_at_the_same_address_with_the_same_key(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, keeper):
        pid = hand.address.pid
        os.kill(pid, signal.SIGKILL)
        await until(partial(is_another, keeper, pid), what="the next shop")
        again = keeper.state.value.address
        assert again is not None
        assert (again.url, again.secret) == (hand.address.url, hand.address.secret)


async def test_the_orders_stream_gives_each_order_once_over_many_reconnects(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=100)

        async def read() -> list[str]:
            seen: list[str] = []
            last = ""
            while len(seen) < 60:
                batch = await orders_until(hand.address.url, min(7, 60 - len(seen)), after=last)
                seen += [order["id"] for _, order in batch]
                last = batch[-1][0]
            return seen

        async def sell() -> list[str]:
            return [(await hand.buy()).json()["id"] for _ in range(60)]

        seen, sold = await asyncio.gather(read(), sell())
        assert seen == sold


async def test_the_shop_closes_by_itself_when_the_time_is_over(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale()
        await hand.send(closed())
        await hand.send(armed(run=2))
        assert (await hand.send(opened(run=2, for_s=0.6))).json()["state"] == "open"
        deadline = now()

        async def is_closed() -> bool:
            return bool((await hand.state())["state"] == "closed")

        while not await is_closed():
            assert (now() - deadline).total_seconds() < 10
        assert (await hand.buy()).json()["reason"] == "closed"


async def test_what_is_sold_and_what_is_left_make_the_stock_in_the_file_too(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=9, per_buyer=3)
        await asyncio.gather(*(hand.buy(quantity=q % 4 + 1) for q in range(20)))
    with sqlite3.connect(tmp_path / "shop.sqlite") as file:
        stock, left, sold = file.execute("SELECT allotted, left, sold FROM shelves").fetchone()
        assert (stock, left + sold) == (9, 9)
        assert file.execute("SELECT SUM(quantity) FROM orders").fetchone()[0] == sold
    file.close()


async def test_a_console_elsewhere_reads_the_orders_by_signing_for_them(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale()
        sold = (await hand.buy()).json()
        signed = signing.sign(hand.address.secret, new_id(), b"", now())
        got = await orders_until(hand.address.url, 1, headers={**signed, "Host": "shop.example"})
        assert [order["id"] for _, order in got] == [sold["id"]]
        assert "pickup" not in got[0][1]
        assert "buyer" not in got[0][1]
