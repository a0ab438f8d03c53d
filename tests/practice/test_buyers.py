"""Simulated buyers against a shop that answers as the contract says."""

import json
import random

import httpx
import pytest

from console.practice import buyers
from console.practice.rehearsal import STEPS


@pytest.fixture(autouse=True)
def _quick_buyers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buyers, "THINK_S", (0.0, 0.01))
    monkeypatch.setattr(buyers, "TRY_AGAIN_S", 0.01)
    monkeypatch.setattr(buyers, "LOOK_S", 0.02)


class Shop:
    """A drop with a stock, in memory; closes itself when nothing is left."""

    def __init__(self, stock: int) -> None:
        self.left = stock
        self.keys: list[str] = []
        self.cookies: list[str] = []
        self.busy = 0  # how many calls are answered with 503, or with a place in the line, first
        self.busy_with = 503

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"state": "open" if self.left else "sold_out"})
        if self.busy:
            self.busy -= 1
            return httpx.Response(self.busy_with, json={})
        self.cookies.append(request.headers.get("cookie", ""))
        self.keys.append(request.headers["idempotency-key"])
        quantity = json.loads(request.content)["quantity"]
        if quantity > self.left:
            return httpx.Response(409, json={"reason": "sold_out"})
        self.left -= quantity
        return httpx.Response(201, json={}, headers={"set-cookie": "buyer=x"})


async def crowd(shop: Shop, **more: object) -> buyers.Counts:
    client = httpx.AsyncClient(transport=httpx.MockTransport(shop), cookies=buyers.no_cookies())
    rng = random.Random(3)
    return await buyers.run("http://shop", drop="cap-01", rate_per_s=60, rng=rng, client=client, **more)  # type: ignore[arg-type]


async def test_buyers_buy_until_it_is_sold_out() -> None:
    shop = Shop(10)
    counts = await crowd(shop)
    assert shop.left == 0
    assert counts.pieces == 10
    assert counts.errors == 0


async def test_every_buyer_is_somebody_else() -> None:
    shop = Shop(8)
    await crowd(shop)
    assert len(set(shop.keys)) == len(shop.keys)
    assert set(shop.cookies) == {""}
    assert all(key.startswith('"') and key.endswith('"') for key in shop.keys)


@pytest.mark.parametrize("answer", [202, 429, 503])
async def test_buyers_try_again_when_the_shop_is_busy(answer: int) -> None:
    shop = Shop(3)
    shop.busy, shop.busy_with = 1, answer
    counts = await crowd(shop)
    assert counts.pieces == 3


async def test_buyers_leave_when_they_are_told_to() -> None:
    counts = await crowd(Shop(1000), until=lambda: True)
    assert counts == buyers.Counts()


async def test_a_shop_that_is_away_is_counted_not_raised() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)

    calls = iter([False] * 3 + [True] * 100)
    client = httpx.AsyncClient(transport=httpx.MockTransport(away))
    counts = await buyers.run(
        "http://shop", drop="x", until=lambda: next(calls), rate_per_s=60, rng=random.Random(1), client=client
    )
    assert counts.bought == 0
    assert counts.errors + counts.gave_up >= 1


def test_the_rehearsal_is_in_order_and_ends_within_a_minute() -> None:
    times = [step.at_s for step in STEPS]
    assert times == sorted(times)
    assert times[-1] <= 60


def test_each_order_is_asked_for_money_once_and_some_never_pay() -> None:
    asked: set[str] = set()
    rng = random.Random(1)
    orders = [f"o{number}" for number in range(1_000)]
    first = buyers.payers(orders[:500], asked, rng)
    second = buyers.payers(orders, asked, rng)
    assert not set(first) & set(second)
    assert set(second) <= set(orders[500:])
    assert 700 < len(first) + len(second) < 900
    assert buyers.payers(orders, asked, rng) == []
