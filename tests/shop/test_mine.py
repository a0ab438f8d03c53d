"""A buyer's own orders over HTTP: seen and given back by the browser that made them, and by nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.contract.codes import digest_of
from console.contract.events import Access, Hold, Variant
from console.core.clock import SystemClock
from console.shop.goods import Order, Wish
from console.shop.rules import needs_code
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import PLAIN, Hand, armed, checkout_opened, closed, opened, shop
from tests.shop.test_http import in_process, is_problem, order
from tests.waiting import until

MINE, OTHER = {"Cookie": "buyer=" + "m" * 24}, {"Cookie": "buyer=" + "o" * 24}
NOBODY: list[dict[str, str]] = [{}, {"Cookie": "buyer="}, {"Cookie": "buyer=' OR 1=1 --"}, {"Cookie": "buyer=%00"}]
RESERVED: dict[str, Any] = {"stock": 1, "hold": Hold.RESERVE, "hold_s": 300}


@pytest.fixture
async def hand(tmp_path: Path) -> AsyncIterator[Hand]:
    async with in_process(lambda: SqliteStore(tmp_path / "shop.sqlite")) as made:
        yield made


async def mine(hand: Hand, headers: dict[str, str], drop: str = "cap-01") -> list[dict[str, Any]]:
    hand.client.cookies.clear()
    answer = await hand.client.get(f"/v1/drops/{drop}/mine", headers=headers)
    assert answer.status_code == 200
    orders: list[dict[str, Any]] = answer.json()["orders"]
    return orders


async def give_back(hand: Hand, id: str, headers: dict[str, str]) -> httpx.Response:
    hand.client.cookies.clear()
    return await hand.client.delete(f"/v1/mine/{id}", headers=headers)


async def test_a_buyer_sees_their_own_orders_with_what_they_need_to_pay_and_nobody_elses(hand: Hand) -> None:
    kinds = (Variant(sku="s", name="Small", stock=1), Variant(sku="l", name="Large", stock=1, price_minor=2100))
    link = "https://pay.example/{order}/{amount}"
    await hand.put_on_sale(**{**RESERVED, "stock": 2}, variants=kinds, pay_url=link)
    bought = (await order(hand, {"quantity": 1, "sku": "l"}, **MINE)).json()
    await order(hand, {"quantity": 1, "sku": "s"}, **OTHER)
    [seen] = await mine(hand, MINE)
    assert (seen["id"], seen["kind"], seen["state"]) == (bought["id"], "Large", "held")
    assert seen["pay_url"] == f"https://pay.example/{bought['id']}/21.00"
    assert 290 < seen["expires_in_s"] <= 300
    assert await mine(hand, MINE, "another") == []
    for nobody in NOBODY:
        assert await mine(hand, nobody) == []


async def test_an_order_of_an_earlier_run_stays_as_it_was_sold(hand: Hand) -> None:
    kinds = (Variant(sku="s", name="Small", stock=1),)
    await hand.put_on_sale(**RESERVED, variants=kinds, pay_url="https://pay.example/{order}")
    bought = (await order(hand, {"quantity": 1, "sku": "s"}, **MINE)).json()
    await hand.send(closed())
    await hand.send(armed(run=2, title="Woollen cap", stock=1))
    for said in ("kind", "title", "hold", "pay_url"):
        assert (await mine(hand, MINE))[0][said] == bought[said], said


async def test_what_is_not_ones_own_is_as_if_it_did_not_exist(hand: Hand) -> None:
    await hand.put_on_sale(**RESERVED)
    id = (await order(hand, {"quantity": 1}, **MINE)).json()["id"]
    for other in (OTHER, *NOBODY):
        assert is_problem(await give_back(hand, id, other), 404).detail == "There is no such order of yours."
    assert is_problem(await give_back(hand, "0" * 32, MINE), 404).detail == "There is no such order of yours."
    assert (await mine(hand, MINE))[0]["state"] == "held"
    named = (await order(hand, {"quantity": 1, "buyer": "m" * 24, "waits": True})).json()["id"]
    is_problem(await give_back(hand, named, MINE), 404)


async def test_a_reservation_given_back_is_the_next_ones_at_once(hand: Hand) -> None:
    await hand.put_on_sale(**RESERVED)
    id = (await order(hand, {"quantity": 1}, **MINE)).json()["id"]
    waiting = (await order(hand, {"quantity": 1, "waits": True}, **OTHER)).json()
    assert (waiting["state"], waiting["ahead"]) == ("waiting", 0)
    for _ in range(2):  # the answer may be lost: the same again is the same
        assert (await give_back(hand, id, MINE)).json()["state"] == "void"
    assert (await mine(hand, OTHER))[0]["state"] == "held"
    state = await hand.state()
    assert (state["sold"], state["held"], state["stock_left"]) == (0, 1, 0)


async def test_an_order_that_stands_cannot_be_given_back_from_the_page(hand: Hand) -> None:
    await hand.put_on_sale()
    id = (await order(hand, {"quantity": 1}, **MINE)).json()["id"]
    assert is_problem(await give_back(hand, id, MINE), 409).reason == "moved"
    assert (await hand.state())["sold"] == 1


async def test_the_list_shows_a_buyers_orders_of_all_drops_and_hands_the_links_tag_on(hand: Hand) -> None:
    for drop in ("cap-01", "mug"):
        await hand.put_on_sale(drop, title=f"The {drop}")
        await order(hand, {"quantity": 1}, drop=drop, **MINE)
    hand.client.cookies.clear()
    html = (await hand.client.get("/?from=instagram", headers=MINE)).text
    assert html.count("number ") == 2
    assert "1 × The mug" in html
    assert 'href="/d/mug?from=instagram"' in html
    hand.client.cookies.clear()
    html = (await hand.client.get('/?from="><script>', headers=OTHER)).text
    assert "Your orders" not in html
    assert 'href="/d/mug"' in html
    assert "<script>" not in html


async def test_a_wrong_code_and_a_used_one_are_told_apart_from_none(hand: Hand) -> None:
    access = Access(digests=(digest_of("T-1"), digest_of("T-2")), is_once=True)
    await hand.put_on_sale(access=access)
    assert (await hand.state())["needs_code"] is True
    words = []
    for code in ({}, {"code": "T-9"}, {"code": "t1"}, {"code": "T-1"}):
        answer = await order(hand, {"quantity": 1, **code})
        words.append(answer.json().get("detail", "taken"))
    assert words == [
        "This sale is for those who have a code. Type yours in as it was given to you.",
        "This code is not good for this sale. Type yours in as it was given to you.",
        "taken",
        "This code was used already: it is good for one order.",
    ]


async def test_a_shop_stays_for_who_holds_a_piece_of_an_earlier_run() -> None:
    till = Till(lambda: SqliteStore(Path(":memory:")), SystemClock())
    await till.start()
    for event in (armed(**RESERVED), checkout_opened(), opened()):
        await till.apply(event, "d")
    held = await till.order(Wish("cap-01", "k", "f", "buyer", 1))
    assert isinstance(held, Order)
    for event in (closed(), armed(run=2)):
        await till.apply(event, "d")
    before = till.is_selling
    await till.pay(held.id, "link")
    assert (before, till.is_selling) == (True, False)
    await till.close()


async def test_early_access_ends_by_itself_and_every_page_is_told() -> None:
    till = Till(lambda: SqliteStore(Path(":memory:")), SystemClock())
    await till.start()
    access = Access(digests=(digest_of("LINEN24"),), early_s=1)
    for event in (armed(access=access), checkout_opened(), opened()):
        await till.apply(event, "d")
    early, change = till.face("cap-01"), till.next_change()
    await until(change.is_set, what="the end of early access")
    assert till.face("cap-01") != early
    assert not needs_code(till.drops["cap-01"], till.now())
    await till.close()


@pytest.mark.slow
async def test_the_stream_tells_a_buyer_of_their_own_orders_and_others_nothing_of_them(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(**RESERVED)
        told: dict[str, list[dict[str, Any]]] = {"m": [], "o": []}
        listening = [asyncio.create_task(_listen(hand.address.url, buyer, told[buyer])) for buyer in told]
        id = (await order(hand, {"quantity": 1}, **MINE)).json()["id"]
        waiting = (await order(hand, {"quantity": 1, "waits": True}, **OTHER)).json()["id"]
        await until(lambda: any(news["ahead"] == {waiting: 0} for news in told["o"]), what="a place")
        await give_back(hand, id, MINE)
        await until(lambda: told["o"][-1]["ahead"] == {}, what="the turn")
        await until(lambda: told["m"][-1]["changed"] == 3, what="the end of the own order")
        assert all(id not in json.dumps(news) for news in told["o"])
        assert all(waiting not in json.dumps(news) for news in told["m"])
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


async def _listen(url: str, buyer: str, told: list[dict[str, Any]]) -> None:
    headers = {"Cookie": "buyer=" + buyer * 24}
    async with (
        httpx.AsyncClient(**PLAIN, headers=headers) as client,
        client.stream("GET", f"{url}/v1/drops/cap-01/stream") as lines,
    ):
        name = ""
        async for line in lines.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name == "mine":
                told.append(json.loads(line[6:]))
