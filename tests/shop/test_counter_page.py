"""The counter's page in a real Chromium, against the real shop: a phone and a tablet."""

import asyncio
from pathlib import Path

import pytest

from console.contract.events import Hold
from console.shop.place import Place
from tests.rigs.browser import Browser, browser
from tests.shop.counter_rig import goods, stocked
from tests.shop.standing import Hand, armed, checkout_opened, opened, shop
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]
FITS = "return document.documentElement.scrollWidth <= window.innerWidth"
TARGETS = """return [...document.querySelectorAll('button, input, a')].filter((e) => e.getClientRects().length)
    .map((e) => [e.innerText || e.id, Math.round(e.getBoundingClientRect().height)]).filter(([, h]) => h < 44)"""


async def enter(page: Browser, hand: Hand, folder: Path) -> None:
    address = Place(folder).read()
    assert address is not None
    page.open(f"{hand.address.url}/counter")
    await asyncio.to_thread(page.wait_text, "#door", "PIN")
    page.type("#pin", f"{address.pin[:3]} {address.pin[3:]}")  # as the console shows it
    page.click("#enter .go")
    await asyncio.to_thread(page.wait_text, "nav", "Sell")


async def test_pieces_are_sold_and_refunded_on_a_phone(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.send(stocked(goods(stock=5), goods("mug", 1, title="Mug <b>& co</b>", price_minor=900)))
        with browser(tmp_path) as page:
            page.open(f"{hand.address.url}/counter")
            await asyncio.to_thread(page.wait_text, "#door", "PIN")
            page.run("document.getElementById('pin').value = '12'")
            page.click("#enter .go")
            await asyncio.to_thread(page.wait_text, "#door-message", "That is not the PIN.")
            await enter(page, hand, tmp_path)
            page.click(".good")
            page.click("#more-of-it")
            page.wait_text("#total", "38.00 €")
            assert page.run(TARGETS) == []
            page.click("#sale [data-by=cash]")
            await asyncio.to_thread(page.wait_text, "#message.is-good", "2 × Linen cap · 38.00 €. Paid by cash")
            await asyncio.to_thread(page.wait_text, ".good", "3 left")
            page.click("[data-tab=orders]")
            page.click("#found .keys button:last-child")
            await asyncio.to_thread(page.wait_text, "#refund", "Refund 38.00 €")
            page.click("#refund [data-returns=yes]")
            await asyncio.to_thread(page.wait_text, "#found", "Refunded")
            page.click("[data-tab=takings]")
            await asyncio.to_thread(page.wait_text, "#takings-rows", "0.00 €")
            page.click("[data-tab=sell]")
            await asyncio.to_thread(page.wait_text, ".good", "5 left")
            assert page.run(FITS)
            assert page.run(TARGETS) == []
            assert [line for line in page.complaints() if "401" not in line] == []


async def test_an_order_is_found_paid_and_handed_over_on_a_tablet_and_a_lost_answer_changes_nothing(
    tmp_path: Path,
) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.send(stocked(goods()))
        for event in (armed(stock=9, hold=Hold.RESERVE, hold_s=900), checkout_opened(), opened()):
            assert (await hand.send(event)).status_code == 200
        order = (await hand.buy()).json()
        with browser(tmp_path, size=(1024, 768)) as page:
            await enter(page, hand, tmp_path)
            page.click("[data-tab=orders]")
            await asyncio.to_thread(page.wait_text, "#unpaid .time", "Held for 14:")
            page.run(
                "const real = window.fetch; let lost = 2; window.fetch = async (...a) => {"
                " const answer = await real(...a);"
                " if (String(a[0]).endsWith('/press') && lost-- > 0) throw new Error(); return answer; };"
            )
            page.click("#unpaid .keys button")
            await asyncio.to_thread(page.wait_text, "#message.is-good", "Paid by cash")
            await asyncio.to_thread(page.wait_text, "#paid", order["pickup"])
            assert page.run("return sessionStorage.length") == 0
            page.run("document.getElementById('number').value = '" + order["pickup"] + "'")
            page.click("#find button")
            await asyncio.to_thread(page.wait_text, "#found .words", "Paid by cash")
            page.click("#found .go")
            await asyncio.to_thread(page.wait_text, "#found .words", "handed over at")
            assert page.run(FITS)
            assert page.run(TARGETS) == []


async def test_a_press_under_way_when_the_page_is_loaded_again_is_asked_about_and_done_once(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.send(stocked(goods()))
        with browser(tmp_path) as page:
            await enter(page, hand, tmp_path)
            page.run(
                "const real = window.fetch; window.fetch = async (...a) => { const answer = await real(...a);"
                " if (String(a[0]).endsWith('/press')) throw new Error(); return answer; };"
            )
            page.click(".good")
            page.click("#sale [data-by=card]")
            await asyncio.to_thread(page.wait_text, "#message", "it is done once")
            page.reload()
            await asyncio.to_thread(page.wait_text, "#message.is-good", "Paid by card")
            await until(lambda: page.run("return sessionStorage.length") == 0, what="the answer")
            await asyncio.to_thread(page.wait_text, ".good", "4 left")
