"""The buyer's page in a real Chromium at a phone's size, against the real shop."""

import asyncio
from pathlib import Path

import pytest

from console.contract import events
from console.core.ids import new_id
from tests.rigs.browser import browser
from tests.shop.standing import SHOW, armed, checkout_closed, checkout_opened, closed, now, opened, shop
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


async def test_a_buyer_on_a_phone_sees_the_sale_open_buys_and_keeps_the_number(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        with browser(tmp_path) as page:
            await hand.send(armed(stock=10, title="Cap <b>& co</b>"))
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#state", "Opens soon")
            assert page.text("h1") == "Cap <b>& co</b>"
            assert page.text("#pay") == ""
            await hand.send(checkout_opened())
            await hand.send(opened())
            await asyncio.to_thread(page.wait_text, "#pay", "19.00 €")
            page.click("#more")
            page.wait_text("#pay", "38.00 €")
            page.click("#pay")
            number = (await asyncio.to_thread(page.wait_text, ".ticket", "pick-up number")) and page.text(".number")
            assert number.isdigit()
            assert (await hand.state())["sold"] == 2
            page.wait_text("#hint", "You have all 2 pieces")
            page.reload()
            assert page.wait_text(".number", number)
            fits = page.run("return document.documentElement.scrollWidth <= window.innerWidth")
            assert fits
            await hand.send(checkout_closed())
            await asyncio.to_thread(page.wait_text, "#hint", "takes no orders right now")
            await hand.send(closed())
            await asyncio.to_thread(page.wait_text, "#state", "The sale is over")
            assert page.complaints() == []


async def test_buying_over_a_line_that_breaks_is_one_order(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        with browser(tmp_path) as page:
            await hand.put_on_sale(stock=10)
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#pay", "Buy")
            # The shop takes the order, the answer is lost: three times, and then a reload in the middle.
            page.run(
                "const real = window.fetch; window.fetch = async (...a) => { await real(...a); throw new Error(); };"
            )
            page.click("#pay")
            await asyncio.to_thread(page.wait_text, "#message", "you will not buy twice")
            assert (await hand.state())["sold"] == 1
            page.reload()
            await asyncio.to_thread(page.wait_text, ".ticket", "1 × Linen cap")
            await until(lambda: page.run("return sessionStorage.length") == 0, what="the answer")
            assert page.run("return document.querySelectorAll('.ticket').length") == 1
            assert (await hand.state())["sold"] == 1


async def test_a_buyer_is_told_in_plain_words_why_not(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        with browser(tmp_path) as page:
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("h1", "This is not on sale")
            await hand.put_on_sale(stock=2)
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#pay", "Buy")
            assert (await hand.buy(quantity=2)).status_code == 201
            await asyncio.to_thread(page.wait_text, "#state", "Sold out")
            page.wait_text("#hint", "Every piece is gone")
            more = events.Changed(drop="cap-01", run=1, stock=3)
            await hand.send(events.drop_changed(SHOW, more, id=new_id(), at=now()))
            await asyncio.to_thread(page.wait_text, "#pay", "Buy")


async def test_a_new_price_is_on_the_page_at_once_and_an_order_at_the_old_one_is_refused(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale()
        with browser(tmp_path) as page:
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#pay", "19.00")
            cheaper = events.Changed(drop="cap-01", run=1, price_minor=1500)
            await hand.send(events.drop_changed(SHOW, cheaper, id=new_id(), at=now()))
            late = await hand.buy(expect_price_minor=1900)  # pressed before the news came
            assert (late.status_code, late.json()["detail"]) == (409, "The price has changed.")
            await asyncio.to_thread(page.wait_text, "#pay", "15.00")
            page.wait_text("#price", "15.00")
