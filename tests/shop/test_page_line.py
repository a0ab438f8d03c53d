"""The waiting line as a buyer meets it, in a real Chromium at a phone's size."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from console.shop.goods import Order, Refused, Wish
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.rigs.browser import browser
from tests.shop.served import served
from tests.shop.test_http import order
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The line moves only while it is set. Pages are answered all the same: a store held up would keep them waiting."""
    gate, take = asyncio.Event(), Till._take

    async def held_up(till: Till, wishes: Sequence[Wish]) -> Sequence[Order | Refused | BaseException]:
        async with asyncio.timeout(20):
            await gate.wait()
        return await take(till, wishes)

    monkeypatch.setattr(Till, "_take", held_up)
    return gate


async def test_a_buyer_in_the_line_sees_where_they_stand_and_is_served_even_after_a_reload(
    tmp_path: Path, gate: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.shop.till.PATIENCE_S", 0.05)
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        with browser(tmp_path) as page:
            await hand.put_on_sale(stock=10)
            await asyncio.to_thread(page.open, f"{hand.address.url}/d/cap-01")
            await asyncio.to_thread(page.wait_text, "#pay", "Buy")
            others = [await order(hand, {"quantity": 1}) for _ in range(2)]
            assert [answer.status_code for answer in others] == [202, 202]
            await asyncio.to_thread(page.click, "#pay")
            await asyncio.to_thread(page.wait_text, "#place", "You are number 3 of 3 in the line.")
            await asyncio.to_thread(page.wait_text, "#pay", "In the line")
            await asyncio.to_thread(page.picture, tmp_path / "line.png")
            await asyncio.to_thread(page.reload)
            await asyncio.to_thread(page.wait_text, "#place", "You are number 3 of 3 in the line.")
            gate.set()
            await asyncio.to_thread(page.wait_text, ".ticket", "1 × Linen cap")
            await until(lambda: page.text("#place") == "", what="the answer")
            assert (await hand.state())["sold"] == 3
            assert await asyncio.to_thread(page.complaints) == []
