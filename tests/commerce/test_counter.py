"""The counter as the console opens and closes it: through the outbox, in order, and only where there is one."""

import asyncio

import pytest

from console.commerce import presses
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.shops.wares import AddressesOnly, Wares
from console.commerce.state import Checkout, DropState
from console.contract.counter import Stocked
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.outcome import Result
from console.settings import show as settings
from console.settings.show import Show
from tests.commerce.conftest import SHOW, Begin, client_for, drop, the_secret
from tests.commerce.fake_shop import FakeShop, always
from tests.waiting import until

AT_COUNTER = Show.model_validate(
    {
        "name": "Friday drop",
        "shop": {"seller": ["Studio Linen", "Street 1"], "tax_note": "No VAT."},
        "drops": [
            {"id": "cap-01", "title": "Linen cap", "price": "19.00 EUR", "stock": 50, "counter_stock": 12,
             "counter_price": "20.00 EUR", "unlock": "https://clips.example/1"},
            {"id": "mug-01", "title": "Mug", "price": "9.50 EUR", "stock": 5},
            {"id": "tee-01", "title": "Tee", "price": "32.00 EUR", "counter_price": "30.00 EUR", "variants": [
                {"sku": "tee-s", "name": "S", "stock": 5, "counter_stock": 2, "counter_price": "28.00 EUR"},
                {"sku": "tee-m", "name": "M", "stock": 5, "counter_stock": 3, "price": "33.00 EUR"},
                {"sku": "tee-l", "name": "L", "stock": 5},
            ]},
        ],
    }
)  # fmt: skip


def own(url: str) -> EventsShop:
    return EventsShop(url, secret=the_secret, clock=SystemClock(), timeout_s=1.0, kind="embedded")


async def open_sale(begin: Begin, shop: FakeShop) -> Commerce:
    sale = await begin(own(shop.url))
    sale.follow(AT_COUNTER)
    return sale


async def test_the_counter_is_given_what_the_show_allots_to_it_at_its_own_prices(begin: Begin, shop: FakeShop) -> None:
    sale = await open_sale(begin, shop)
    outcome = await sale.open_counter()
    assert (outcome.is_done, outcome.why) == (True, "The counter is open.")
    said = shop.counter
    assert isinstance(said, Stocked)
    assert [(one.drop, one.sku, one.variant, one.stock, one.price_minor, one.unlock) for one in said.goods] == [
        ("cap-01", "cap-01", None, 12, 2000, "https://clips.example/1"),
        ("tee-01", "tee-s", "S", 2, 2800, None),
        ("tee-01", "tee-m", "M", 3, 3000, None),
    ]
    assert (said.seller, said.tax_note) == (("Studio Linen", "Street 1"), "No VAT.")
    assert (await sale.close_counter()).why == "The counter is closed."
    assert shop.counter is None


async def test_presses_for_the_counter_are_kept_and_leave_in_their_order(begin: Begin, shop: FakeShop) -> None:
    shop.fault = always(503)
    sale = await open_sale(begin, shop)
    assert (await sale.open_counter()).result is Result.PENDING
    assert (await sale.close_counter()).result is Result.PENDING
    assert (await sale.open_counter()).result is Result.PENDING
    assert [line.what for line in sale.state.value.outbox] == [
        "Open the counter",
        "Close the counter",
        "Open the counter",
    ]
    await sale.close()  # the console is closed before anything was delivered
    shop.fault = None
    again = await begin(own(shop.url))
    await until(lambda: again.state.value.outbox_pending == 0, what="the counter's presses")
    assert [type for type, _ in shop.history] == ["counter.stocked", "counter.closed", "counter.stocked"]
    assert max(shop.applied.values()) == 1
    assert (await again.close_counter()).is_done


async def test_the_counters_trouble_leaves_the_drops_alone(begin: Begin, shop: FakeShop) -> None:
    sale = await open_sale(begin, shop)
    assert (await sale.open_checkout()).is_done
    shop.fault = always(503)
    await sale.open_counter()
    line = sale.state.value.outbox[0]
    given_up = await sale.give_up(line.id, "not wanted any more")
    assert given_up.is_done
    shop.fault = None
    assert (await sale.arm("cap-01")).is_done
    assert drop(sale).state is DropState.ARMED
    assert sale.state.value.checkout is Checkout.OPEN


async def test_a_refusal_is_told_as_the_shop_words_it(begin: Begin, shop: FakeShop) -> None:
    sale = await open_sale(begin, shop)
    shop.fault = always(410, b'{"detail": "This shop has no counter."}')
    outcome = await sale.open_counter()
    assert outcome.result is Result.FAILED
    assert "This shop has no counter" in outcome.why


async def test_there_is_a_counter_only_where_the_shop_is_ours_and_something_is_for_it(
    begin: Begin, shop: FakeShop
) -> None:
    other = await begin(client_for(shop.url))
    for outcome in (await other.open_counter(), await other.close_counter()):
        assert (outcome.result, outcome.why) == (Result.REFUSED, "Only Cuedrop's own shop has a counter.")
    await other.close()
    sale = await begin(own(shop.url))
    outcome = await sale.open_counter()
    assert (outcome.why, outcome.fix) == (
        "Nothing in this show is for the counter.",
        "Write counter_stock into a drop of the show file.",
    )
    assert shop.counter is None


class NoFile:
    """A porter who does not find it."""

    async def bring(self, drop: settings.Drop) -> Wares:
        raise UserError("cap.jpg is not beside the show file.", fix="Put it there.")


async def test_a_drop_whose_file_is_missing_is_not_armed_and_says_why(begin: Begin, shop: FakeShop) -> None:
    sale = await open_sale(begin, shop)
    sale.porter = NoFile()
    for outcome in (await sale.arm("cap-01"), await sale.open_counter()):
        assert (outcome.result, outcome.why) == (Result.REFUSED, "cap.jpg is not beside the show file.")
    assert drop(sale).state is DropState.DRAFT
    assert shop.history == []


class SlowFiles:
    """A porter who waits with the files until `come` is set."""

    def __init__(self) -> None:
        self.come = asyncio.Event()
        self.is_asked = False

    async def bring(self, drop: settings.Drop) -> Wares:
        self.is_asked = True
        await self.come.wait()
        return Wares()


async def test_a_close_that_is_pressed_while_files_are_brought_is_how_the_counter_stays(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await open_sale(begin, shop)
    sale.porter = porter = SlowFiles()
    opening = asyncio.create_task(sale.open_counter())
    await until(lambda: porter.is_asked, what="the files")
    assert (await sale.close_counter()).is_done
    porter.come.set()
    outcome = await opening
    assert (outcome.result, outcome.why) == (Result.REFUSED, "Something else was pressed for the counter meanwhile.")
    assert (shop.counter, shop.history) == (None, [("counter.closed", None)])


@pytest.mark.parametrize("change", [{"price": {"minor": 900, "currency": "EUR"}}, None])
async def test_a_drop_that_was_changed_or_removed_while_its_files_were_brought_is_not_armed(
    begin: Begin, shop: FakeShop, change: dict[str, object] | None
) -> None:
    sale = await open_sale(begin, shop)
    sale.porter = porter = SlowFiles()
    arming = asyncio.create_task(sale.arm("cap-01"))
    await until(lambda: porter.is_asked, what="the files")
    cap, *others = AT_COUNTER.drops
    ours = [] if change is None else [settings.Drop.model_validate({**cap.model_dump(exclude_unset=True), **change})]
    sale.follow(AT_COUNTER.model_copy(update={"drops": (*ours, *others)}))
    porter.come.set()
    outcome = await arming
    assert (outcome.result, outcome.why) == (Result.REFUSED, "Linen cap was changed in the show just now.")
    assert shop.history == []


async def test_another_shop_is_told_of_addresses_alone_and_gets_nothing_that_it_may_not_know(
    begin: Begin, shop: FakeShop
) -> None:
    planned = SHOW.drops[0].model_copy(update={"picture": "cap.jpg", "unlock": "clip.mp4"})
    assert await AddressesOnly().bring(planned) == Wares()
    online = planned.model_copy(update={"picture": "https://x.example/c.jpg", "unlock": "https://x.example/c"})
    assert await AddressesOnly().bring(online) == Wares("https://x.example/c.jpg", "https://x.example/c")
    show = AT_COUNTER.model_copy(update={"shop": AT_COUNTER.shop.model_copy(update={"kind": "events"})})
    sale = await begin(client_for(shop.url))
    made = presses.armed(show, drop(sale), sale._stamp(), Wares())
    assert b"seller" not in made.event.data.model_dump_json(exclude_none=True).encode()


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ({"counter_stock": 1, "variants": [{"sku": "s", "name": "S", "stock": 1}]}, "counter_stock is of each variant"),
        ({"stock": 1, "counter_price": "1.00 USD"}, "kinds and the counter sell in the drop's currency"),
        (
            {"variants": [{"sku": "s", "name": "S", "stock": 1, "price": "1.00 USD"}]},
            "kinds and the counter sell in the drop's currency",
        ),
        ({"stock": 1, "counter_stock": -1}, "greater than or equal to 0"),
    ],
)
def test_a_show_file_that_allots_what_cannot_be_is_told_so(drop: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        settings.Drop.model_validate({"id": "cap", "title": "Cap", "price": "1.00 EUR", **drop})
