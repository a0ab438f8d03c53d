"""The queue while the show runs: drops come and go, and up to three stand first for buyers, told to the shop."""

import asyncio
import json
from pathlib import Path

from console.commerce.queue import NOT_SHOWN
from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import DropState, Lamp
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.settings.money import Money
from console.settings.show import Drop, Show
from tests.commerce.conftest import SHOW, Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, Fault, _Handler
from tests.waiting import until

TOTE = Drop(id="tote-01", title="Tote", price=Money(minor=2400, currency="EUR"), stock=30)
PIN = Drop(id="pin-01", title="Pin", price=Money(minor=300, currency="EUR"), stock=90)


def with_drops(*drops: Drop) -> Show:
    return SHOW.model_copy(update={"drops": drops})


def ids(sale: Commerce) -> list[str]:
    return [each.id for each in sale.state.value.drops]


def refusing_highlights(code: int) -> Fault:
    """A shop that has never heard of them."""

    def fault(handler: _Handler, when: str) -> bool:
        if when != "before" or b"drops.highlighted" not in handler.body:
            return False
        handler.answer(code)
        return True

    return fault


async def test_a_show_that_began_without_drops_counts_in_the_currency_of_its_first_one(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await begin(client_for(shop.url), show=with_drops())
    sale.follow(with_drops(TOTE.model_copy(update={"price": Money(minor=2400, currency="USD")})))
    for press in (sale.arm, sale.fire):
        assert (await press("tote-01")).is_done
    shop.sell("tote-01", amount_minor=2400, currency="USD")
    await until(lambda: sale.state.value.sold == 1, what="the order")
    assert (sale.state.value.currency, sale.state.value.figures.paid_minor) == ("USD", 2400)
    sale.follow(with_drops())
    sale.follow(with_drops(PIN))
    assert sale.state.value.currency == "USD", "what was sold is counted in it"


async def test_drops_come_go_and_change_place_while_others_sell(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    cap, mug = SHOW.drops
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    dear = cap.model_copy(update={"price": Money(minor=9900, currency="EUR")})
    sale.follow(with_drops(TOTE, mug.model_copy(update={"title": "Big mug"}), dear))
    assert ids(sale) == ["tote-01", "mug-01", "cap-01"]
    assert drop(sale, "mug-01").title == "Big mug"
    assert (drop(sale).state, drop(sale).price_minor) == (DropState.OPEN, 1900)
    sale.follow(with_drops(TOTE))
    assert ids(sale) == ["tote-01", "cap-01"]
    assert (await sale.arm("tote-01")).is_done
    await sale.close_drop("cap-01")
    sale.follow(with_drops(TOTE, mug))
    assert ids(sale) == ["tote-01", "mug-01"]
    assert sale.state.value.chosen == "tote-01"


async def test_a_drop_that_comes_back_goes_on_with_the_run_that_it_had(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    await sale.close_drop("cap-01")
    await sale.renew("cap-01")
    sale.follow(with_drops(SHOW.drops[1]))
    sale.follow(SHOW)
    assert (drop(sale).run, drop(sale).state) == (2, DropState.DRAFT)
    assert (await sale.arm("cap-01")).is_done
    await sale.disarm("cap-01")
    sale.follow(with_drops(SHOW.drops[1]))
    await sale.close()
    again = await begin(client_for(shop.url))  # with the cap in its show again
    assert drop(again).run == 2


async def test_what_comes_next_waits_behind_what_sells_else_behind_what_is_chosen(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    sale.follow(with_drops(*SHOW.drops, TOTE))
    assert sale.state.value.next_drop == drop(sale, "mug-01")
    sale.choose("mug-01")
    assert sale.state.value.next_drop == drop(sale, "tote-01")
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    assert sale.state.value.next_drop == drop(sale, "mug-01")
    sale.choose("tote-01")
    assert sale.state.value.next_drop == drop(sale, "mug-01")
    sale.follow(with_drops(SHOW.drops[1], TOTE, SHOW.drops[0]))  # the last one sells: the first that waits
    assert sale.state.value.next_drop == drop(sale, "mug-01")
    sale.follow(with_drops(SHOW.drops[0]))
    assert sale.state.value.next_drop is None


async def test_three_stand_first_and_the_fourth_is_told_which_to_take_off(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await begin(client_for(shop.url))
    sale.follow(with_drops(*SHOW.drops, TOTE, PIN))
    for id in ("mug-01", "cap-01", "tote-01"):
        assert (await sale.highlight(id, True)).is_done
    refused = await sale.highlight("pin-01", True)
    assert refused.result is Result.REFUSED
    assert refused.why == "3 drops are highlighted already: Mug, Linen cap, Tote."
    assert shop.highlighted == ["mug-01", "cap-01", "tote-01"]
    assert (sale.state.value.highlight_lamp, len(shop.received)) == (Lamp.CONFIRMED, 3)
    assert (await sale.highlight("cap-01", True)).why == "Linen cap is highlighted already."
    assert (await sale.highlight("cap-01", False)).why == "Linen cap is not highlighted any more."
    assert shop.highlighted == ["mug-01", "tote-01"]
    assert journal.of("drops.highlighting")[-1]["drops"] == ["mug-01", "tote-01"]
    assert (await sale.highlight("nobody", True)).result is Result.REFUSED


async def test_pins_outlive_the_console_and_a_later_one_calls_an_unheard_one_back(begin: Begin, shop: FakeShop) -> None:
    shop.fault = refusing_highlights(503)
    sale = await begin(client_for(shop.url))
    first = asyncio.create_task(sale.highlight("cap-01", True))
    await until(lambda: sale.state.value.highlight_lamp is Lamp.WAITING)
    second = asyncio.create_task(sale.highlight("mug-01", True))
    assert (await first).result is Result.FAILED
    await sale.close()
    await second
    again = await begin(client_for(shop.url))
    assert again.state.value.highlighted == ("cap-01", "mug-01")
    shop.fault = None
    await until(lambda: shop.highlighted == ["cap-01", "mug-01"], within_s=10)
    await until(lambda: again.state.value.outbox_pending == 0)
    bodies = [json.loads(body)["data"]["drops"] for body in shop.bodies if b"drops.highlighted" in body]
    assert bodies[-1] == ["cap-01", "mug-01"]
    assert (await again.highlight("cap-01", False)).is_done  # its press counts on: no intent is taken for an old one
    assert shop.highlighted == ["mug-01"]


async def test_a_shop_without_highlights_leaves_the_pin_to_the_director_and_nothing_waits(
    begin: Begin, shop: FakeShop
) -> None:
    shop.fault = refusing_highlights(400)
    sale = await begin(client_for(shop.url))
    outcome = await sale.highlight("cap-01", True)
    assert (outcome.is_done, NOT_SHOWN in outcome.why) == (True, True)
    assert sale.state.value.highlighted == ("cap-01",)
    assert sale.state.value.highlight_lamp is Lamp.REFUSED
    assert (await sale.arm("cap-01")).is_done


async def test_what_is_given_up_leaves_the_pin_and_asks_no_shop(begin: Begin, shop: FakeShop) -> None:
    shop.fault = refusing_highlights(503)
    sale = await begin(client_for(shop.url))
    pressed = asyncio.create_task(sale.highlight("cap-01", True))
    await until(lambda: sale.state.value.highlight_lamp is Lamp.WAITING)
    (line,) = [line for line in sale.state.value.outbox if not line.state.has_ended]
    assert line.what == "Highlight drops"
    checkout = sale.state.value.checkout
    assert (await sale.give_up(line.id, "not wanted")).is_done
    assert (await pressed).result is Result.FAILED
    assert sale.state.value.highlighted == ("cap-01",)
    assert (sale.state.value.checkout, sale.state.value.outbox_pending) == (checkout, 0)


async def test_a_platform_without_an_api_is_told_nothing(begin: Begin, tmp_path: Path) -> None:
    sale = await begin(ManualShop())
    assert (await sale.highlight("cap-01", True)).why == "Linen cap is highlighted."
    assert sale.state.value.outbox == ()
    assert sale.state.value.highlight_lamp is Lamp.NONE
