"""Take the pictures of the shop's pages again: `.venv/bin/python packaging/make_buyer_pictures.py [FOLDER]`.

Needs Chromium with chromedriver and ImageMagick, as the tests do. It plays a sale in a shop of its own before a phone,
writes resources/pictures/buyers.png (the six states of STATES, side by side) and counter.png (selling, paying,
collecting, the day's takings), and with FOLDER every state there too, on a usual phone and on the smallest.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from console.contract import events  # noqa: E402 - the checkout's own
from console.contract.codes import digest_of  # noqa: E402
from console.contract.events import Access, Hold, Listed, Variant  # noqa: E402
from console.core.ids import new_id  # noqa: E402
from console.shop.place import Place  # noqa: E402
from tests.rigs.browser import PHONE, Browser, browser  # noqa: E402
from tests.shop.counter_rig import goods, stocked  # noqa: E402
from tests.shop.standing import SHOW, Hand, armed, checkout_opened, closed, now, opened, shop  # noqa: E402

SMALLEST: Final = (320, 568)
COUNTER: Final = ("counter-sell", "counter-sale", "counter-orders", "counter-takings")
STATES: Final = ("open", "reserved", "paid", "waiting", "turn", "code")
KINDS: Final = (
    Variant(sku="s", name="Small", stock=1),
    Variant(sku="m", name="Medium", stock=3),
    Variant(sku="l", name="Large", stock=2, price_minor=2100),
)
PAY: Final = "https://pay.example/{order}?amount={amount}"
MOST_BYTES: Final = 400_000


class Phone:
    """A buyer's phone before the shop, that is photographed."""

    def __init__(self, hand: Hand, page: Browser, folder: Path) -> None:
        self.hand = hand
        self._page = page
        self._folder = folder

    async def open(self, path: str, selector: str, wanted: str) -> None:
        """Open a page and wait for it."""
        self._page.open(f"{self.hand.address.url}{path}")
        await self.sees(selector, wanted)

    async def press(self, selector: str, then: str, wanted: str) -> None:
        """Press something and wait for what it does."""
        self._page.click(selector)
        await self.sees(then, wanted)

    async def sees(self, selector: str, wanted: str) -> None:
        """Wait for words, the loop free."""
        await asyncio.to_thread(self._page.wait_text, selector, wanted)

    async def shot(self, state: str) -> None:
        """Photograph the page as it is, once nothing moves."""
        await asyncio.sleep(0.5)
        self._page.picture(self._folder / f"{state}.png")

    def type(self, selector: str, text: str) -> None:
        """Write into a field."""
        self._page.run(f"document.querySelector('{selector}').value = '{text}'")

    def order(self) -> str:
        """The order of the first ticket."""
        return str(self._page.run("return document.querySelector('.ticket').dataset.id"))


async def reserve(phone: Phone) -> None:
    """Kinds, a reservation, paid."""
    await phone.hand.send(
        armed("cap", stock=6, variants=KINDS, hold=Hold.RESERVE, hold_s=300, pay_url=PAY, title="Linen cap")
    )
    await phone.open("/d/cap", "#state", "Opens soon")
    await phone.shot("armed")
    await phone.hand.send(checkout_opened())
    await phone.hand.send(opened("cap"))
    await phone.hand.buy("cap", sku="s", buyer="another")
    await phone.sees("#kinds", "you can wait")
    await phone.press("#kinds [value=m]", "#pay", "19.00")
    await phone.shot("open")
    await phone.press("#pay", ".ticket", "Pay now")
    await phone.shot("reserved")
    await say(phone.hand, "paid", "cap", phone.order())
    await phone.sees(".ticket", "Paid")
    await phone.shot("paid")


async def wait(phone: Phone) -> None:
    """All reserved, third in the waiting list, one's turn, too late."""
    await phone.hand.put_on_sale("jacket", stock=1, per_buyer=1, hold=Hold.RESERVE, hold_s=30, title="Waxed jacket")
    first = [(await phone.hand.buy("jacket", buyer=b, waits=True)).json()["id"] for b in "abc"]
    await phone.open("/d/jacket", "#pay", "Wait")
    await phone.shot("all-reserved")
    await phone.press("#pay", ".ticket", "Place 3")
    await phone.shot("waiting")
    for order in reversed(first):
        await say(phone.hand, "voided", "jacket", order)
    await phone.sees("#turn", "your turn")
    await phone.shot("turn")
    await phone.sees(".ticket", "ran out")
    await phone.shot("expired")


async def enter(phone: Phone) -> None:
    """A wrong code, a sale to whoever pays first, a firm order after the sale, the list."""
    access = Access(digests=(digest_of("LINEN24"),), early_s=90)
    await phone.hand.put_on_sale("tote", stock=5, title="Canvas tote", access=access)
    await phone.open("/d/tote?code=LINEN-2", "#pay", "Buy")
    await phone.press("#pay", "#message", "not good")
    await phone.shot("code")
    await phone.hand.put_on_sale("print", stock=2, title="Signed print", hold=Hold.FIRST_PAID, pay_url=PAY)
    await phone.open("/d/print", "#terms", "who pays first")
    await phone.shot("first-paid")
    await phone.press("#pay", ".ticket", "Not yours yet")
    await phone.shot("first-paid-ordered")
    await phone.hand.put_on_sale("mug", stock=2, title="Mug")
    await phone.open("/d/mug", "#pay", "Buy")
    await phone.press("#pay", ".ticket", "It is yours")
    await phone.shot("firm")
    await phone.hand.send(closed("mug"))
    await phone.open("/d/mug", "#state", "over")
    await phone.shot("closed")
    await phone.open("/", "h2", "Your orders")
    await phone.shot("list")


async def tend(phone: Phone, pin: str) -> None:
    """The counter: what it has, a sale, an order that is collected, what is in the drawer."""
    mug = goods("mug", 1, title="Stoneware mug", price_minor=900)
    await phone.hand.send(stocked(goods(stock=12), mug, goods("tee", 7, title="Harbour tee", price_minor=3200)))
    await phone.hand.put_on_sale("cap", stock=9, title="Linen cap", hold=Hold.RESERVE, hold_s=900)
    await phone.hand.buy("cap", buyer="another")
    await phone.open("/counter", "#door", "PIN")
    phone.type("#pin", pin)
    await phone.press("#enter .go", ".good", "Linen cap")
    await phone.shot("counter-sell")
    await phone.press(".good", "#total", "19.00")
    await phone.shot("counter-sale")
    await phone.press("#sale [data-by=cash]", "#message.is-good", "Paid by cash")
    await phone.press("[data-tab=orders]", "#unpaid .time", "Held for")
    await phone.shot("counter-orders")
    await phone.press("[data-tab=takings]", "#takings-rows", "19.00")
    await phone.shot("counter-takings")


async def say(hand: Hand, what: str, drop: str, order: str) -> None:
    """Tell the shop that an order was paid, or voided."""
    made = events.orders_paid if what == "paid" else events.orders_voided
    await hand.send(made(SHOW, Listed(drop=drop, run=1, orders=(order,)), id=new_id(), at=now()))


async def play(folder: Path, size: tuple[int, int]) -> None:
    """Photograph every state on a phone of that size."""
    with tempfile.TemporaryDirectory() as name:
        async with shop(Path(name)) as (hand, _):
            with browser(Path(name), size=size) as page:
                phone = Phone(hand, page, folder)
                for part in (reserve, wait, enter):
                    await part(phone)
        async with shop(Path(name) / "counter") as (hand, _):
            address = Place(Path(name) / "counter").read()
            assert address is not None
            with browser(Path(name), size=size) as page:
                await tend(Phone(hand, page, folder), address.pin)


def main(folders: list[str]) -> None:
    """Take every picture."""
    pictures = ROOT / "resources" / "pictures"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(folders[0] if folders else name)
        (folder / "smallest").mkdir(parents=True, exist_ok=True)
        asyncio.run(play(folder, PHONE))
        join(folder, STATES, pictures / "buyers.png")
        join(folder, COUNTER, pictures / "counter.png")
        if folders:
            asyncio.run(play(folder / "smallest", SMALLEST))


def join(folder: Path, states: tuple[str, ...], path: Path) -> None:
    """Write the pictures of these states side by side."""
    shots = [str(folder / f"{state}.png") for state in states]
    joined = ["+append", "-resize", "50%", "-strip", "-dither", "FloydSteinberg", "-colors", "256", f"png8:{path}"]
    subprocess.run(["convert", *shots, *joined], check=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
