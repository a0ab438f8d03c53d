"""The waiting line as a buyer meets it, in a real Chromium at a phone's size."""

import asyncio
from pathlib import Path

import pytest

from tests.rigs.browser import browser
from tests.shop.served import served
from tests.shop.test_http import order
from tests.shop.test_line import Gated
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


async def test_a_buyer_in_the_line_sees_where_they_stand_and_is_served_even_after_a_reload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.shop.till.PATIENCE_S", 0.05)
    store = Gated(tmp_path / "shop.sqlite")
    async with served(lambda: store) as hand:
        with browser(tmp_path) as page:
            await hand.put_on_sale(stock=10)
            await asyncio.to_thread(page.open, f"{hand.address.url}/d/cap-01")
            await asyncio.to_thread(page.wait_text, "#pay", "Buy")
            store.gate.clear()
            others = [await order(hand, {"quantity": 1}) for _ in range(2)]
            assert [answer.status_code for answer in others] == [202, 202]
            await asyncio.to_thread(page.click, "#pay")
            await asyncio.to_thread(page.wait_text, "#place", "You are number 3 of 3 in the line.")
            await asyncio.to_thread(page.wait_text, "#pay", "In the line")
            await asyncio.to_thread(page.picture, tmp_path / "line.png")
            await asyncio.to_thread(page.reload)
            await asyncio.to_thread(page.wait_text, "#place", "You are number 3 of 3 in the line.")
            store.gate.set()
            await asyncio.to_thread(page.wait_text, ".ticket", "1 × Linen cap")
            await until(lambda: page.text("#place") == "", what="the answer")
            assert (await hand.state())["sold"] == 3
            assert await asyncio.to_thread(page.complaints) == []
