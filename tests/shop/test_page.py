"""The buyer's page in a real Chromium at a phone's size, against the real shop."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.contract import events
from console.contract.codes import digest_of
from console.contract.events import Access, Hold, Listed, Variant
from console.core.ids import new_id
from tests.rigs.browser import Browser, browser
from tests.shop.standing import SHOW, armed, checkout_closed, checkout_opened, closed, now, opened, orders_until, shop
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]
FITS = """const wide = (e) => e.getBoundingClientRect().right > innerWidth + 1 && e.className !== 'unseen';
return innerWidth <= screen.width && ![...document.querySelectorAll('main *')].some(wide);"""
NAMELESS = """const name = (e) => e.innerText || e.ariaLabel || e.labels?.[0]?.innerText;
const controls = [...document.querySelectorAll('button, a, input')].filter((e) => e.checkVisibility());
return controls.filter((e) => !name(e)).map((e) => e.outerHTML)"""
UNCOVERED = """const seen = document.activeElement.getBoundingClientRect();
return seen.top >= 0 && seen.bottom <= document.getElementById('buy').getBoundingClientRect().top;"""
ZOOMED = {"width": 195, "height": 422, "screenWidth": 195, "screenHeight": 422, "deviceScaleFactor": 4, "mobile": True}


@pytest.fixture(scope="module")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests here: it takes longer to start than most of them."""
    with browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def page(_browser: Browser) -> Browser:
    """A browser that nobody knows yet."""
    _browser.open("about:blank")
    _browser.protocol("Network.clearBrowserCookies")
    _browser.complaints()
    return _browser


def listed(order: str) -> Listed:
    return Listed(drop="cap-01", run=1, orders=(order,))


async def test_a_buyer_on_a_phone_sees_the_sale_open_buys_and_keeps_the_number(tmp_path: Path, page: Browser) -> None:
    async with shop(tmp_path) as (hand, _):
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


async def test_buying_over_a_line_that_breaks_is_one_order(tmp_path: Path, page: Browser) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=10)
        page.open(f"{hand.address.url}/d/cap-01")
        page.wait_text("#pay", "Buy")
        # The shop takes the order, the answer is lost: three times, and then a reload in the middle.
        page.run("const real = window.fetch; window.fetch = async (...a) => { await real(...a); throw new Error(); };")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, "#message", "you will not buy twice")
        assert (await hand.state())["sold"] == 1
        page.reload()
        await asyncio.to_thread(page.wait_text, ".ticket", "1 × Linen cap")
        await until(lambda: page.run("return localStorage.getItem('buy:cap-01')") is None, what="the answer")
        assert page.run("return document.querySelectorAll('.ticket').length") == 1
        assert (await hand.state())["sold"] == 1


async def test_a_buyer_is_told_in_plain_words_why_not(tmp_path: Path, page: Browser) -> None:
    async with shop(tmp_path) as (hand, _):
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


async def test_a_new_price_is_on_the_page_at_once_and_an_order_at_the_old_one_is_refused(
    tmp_path: Path, page: Browser
) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale()
        page.open(f"{hand.address.url}/d/cap-01")
        page.wait_text("#pay", "19.00")
        cheaper = events.Changed(drop="cap-01", run=1, price_minor=1500)
        await hand.send(events.drop_changed(SHOW, cheaper, id=new_id(), at=now()))
        late = await hand.buy(expect_price_minor=1900)  # pressed before the news came
        assert (late.status_code, late.json()["detail"]) == (409, "The price has changed.")
        await asyncio.to_thread(page.wait_text, "#pay", "15.00")
        page.wait_text("#price", "15.00")


async def test_a_buyer_chooses_a_kind_reserves_it_and_sees_it_paid(tmp_path: Path, page: Browser) -> None:
    kinds = (Variant(sku="s", name="Small", stock=1), Variant(sku="l", name="Large", stock=2, price_minor=2100))
    link = "https://pay.example/{order}?amount={amount}"
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=3, variants=kinds, hold=Hold.RESERVE, hold_s=300, pay_url=link)
        assert (await hand.buy(sku="s", buyer="another")).status_code == 201
        page.open(f"{hand.address.url}/d/cap-01?from=instagram")
        page.wait_text("#kinds", "All reserved: you can wait")
        page.wait_text("#price", "from 19.00")
        page.click("#pay")
        page.wait_text("#message", "Choose one first")
        page.click("#kinds [value=l]")
        page.wait_text("#pay", "21.00")
        page.click("#more")
        page.open(f"{hand.address.url}/d/cap-01")  # the choice and the tag outlive it
        page.wait_text("#pay", "42.00")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, ".until-clock", ":")
        id = page.run("return document.querySelector('.ticket').dataset.id")
        attributes = "return ['href', 'target', 'rel'].map((n) => document.querySelector('.ticket a').getAttribute(n))"
        assert page.run(attributes) == [f"https://pay.example/{id}?amount=42.00", "_blank", "noopener"]
        [*_, (_, told)] = await orders_until(hand.address.url, 2)
        assert (told["sku"], told["source"], told["state"]) == ("l", "instagram", "held")
        assert told["viewed_at"] < told["at"]
        await hand.send(events.orders_paid(SHOW, listed(id), id=new_id(), at=now()))
        await asyncio.to_thread(page.wait_text, ".ticket h2", "Paid")
        assert page.run("return document.querySelector('.ticket a').hidden")
        page.open(hand.address.url + page.run("return document.querySelector('.ticket .receipt').getAttribute('href')"))
        page.wait_text("h1", "Receipt")
        assert page.complaints() == []


async def test_who_waits_sees_their_place_is_called_and_may_give_the_piece_back(tmp_path: Path, page: Browser) -> None:
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=1, per_buyer=1, hold=Hold.RESERVE, hold_s=300)
        holder = (await hand.buy(buyer="holder")).json()["id"]
        before = (await hand.buy(buyer="before", waits=True)).json()["id"]
        page.open(f"{hand.address.url}/d/cap-01")
        page.wait_text("#state", "All reserved")
        page.wait_text("#hint", "1 waits already")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, ".rank", "Place 2")
        await hand.send(events.orders_voided(SHOW, listed(before), id=new_id(), at=now()))
        await asyncio.to_thread(page.wait_text, ".rank", "You are next")
        page.run("navigator.vibrate = () => { document.body.dataset.vibrated = 'yes'; };")
        await hand.send(events.orders_voided(SHOW, listed(holder), id=new_id(), at=now()))
        await asyncio.to_thread(page.wait_text, "[role=alert]", "It is your turn")
        assert page.run("return document.title").startswith("Your turn!")
        assert page.run("return document.body.dataset.vibrated") == "yes"
        page.wait_text(".ticket .how", "Pay at the counter")
        page.click(".ticket summary")
        page.click(".ticket details button")
        await asyncio.to_thread(page.wait_text, ".ticket h2", "Taken back")
        await asyncio.to_thread(page.wait_text, "#pay", "Buy")
        assert not page.text("#turn")
        assert (await hand.state())["stock_left"] == 1
        page.click("#pay")  # and once more: what is over makes room for it
        await asyncio.to_thread(page.wait_text, ".ticket h2", "Reserved for you")
        assert page.run("return document.querySelectorAll('.ticket').length") == 1


async def test_a_code_opens_the_sale_early_and_what_nobody_reserves_is_said_before(
    tmp_path: Path, page: Browser
) -> None:
    access = Access(digests=(digest_of("LINEN24"),), early_s=1)
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(hold=Hold.FIRST_PAID, access=access.model_copy(update={"early_s": 300}))
        page.open(f"{hand.address.url}/d/cap-01?code=linen-2")
        page.wait_text("#terms", "who pays first has it")
        page.wait_text("#code-hint", "Open to everybody in")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, "#message", "This code is not good for this sale.")
        assert page.run("return document.activeElement.id") == "code"
        page.open(f"{hand.address.url}/d/cap-01?ticket=linen-24")
        page.wait_text("#pay", "Buy")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, ".ticket", "Nothing is reserved: who pays first has it.")
        await hand.send(armed("mug", access=access))
        page.open(f"{hand.address.url}/d/mug")
        page.wait_text("#code-box", "This sale is for those who have a code.")
        await hand.send(opened("mug"))
        await asyncio.to_thread(page.wait_text, "#state", "On sale now")
        assert not page.text("#code-box")


async def test_an_order_without_an_answer_outlives_its_tab_but_not_its_run(tmp_path: Path, page: Browser) -> None:
    lose = "window.fetch = async () => { throw new Error(); };"
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=10)
        for is_same_run in (True, False):
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#pay", "Buy")
            page.run(lose)
            page.click("#pay")
            await asyncio.to_thread(page.wait_text, "#message", "you will not buy twice")
            if not is_same_run:
                for event in (closed(), armed(run=2, stock=10), opened(run=2)):
                    await hand.send(event)
            page.run("sessionStorage.clear();")  # what a closed tab takes along
            page.open(f"{hand.address.url}/d/cap-01")
            await asyncio.to_thread(page.wait_text, ".ticket", "It is yours.")
            await until(lambda: page.run("return localStorage.getItem('buy:cap-01')") is None, what="the answer")
            assert (await hand.state())["sold"] == (1 if is_same_run else 0)


async def test_at_twice_the_size_everything_is_still_within_reach_and_named(tmp_path: Path, page: Browser) -> None:
    """At 200 % a phone 390 wide shows a page 195 wide: nothing lies outside, and the bar covers nothing for good."""
    kinds = tuple(Variant(sku=f"k{n}", name=f"Kind number {n}", stock=1) for n in range(4))
    async with shop(tmp_path) as (hand, _):
        await hand.put_on_sale(stock=4, variants=kinds, hold=Hold.RESERVE, pay_url="https://pay.example/{order}")
        page.open(f"{hand.address.url}/d/cap-01")
        page.wait_text("#kinds", "Kind number 3")
        page.protocol("Emulation.setDeviceMetricsOverride", **ZOOMED)
        assert page.run(FITS)
        page.run("document.querySelector('[value=k3]').focus()")
        assert page.run(UNCOVERED)
        page.run("document.activeElement.click()")
        page.click("#pay")
        await asyncio.to_thread(page.wait_text, ".ticket", "Pay now")
        assert page.run(FITS)
        assert page.run(NAMELESS) == []
        page.protocol("Emulation.clearDeviceMetricsOverride")
