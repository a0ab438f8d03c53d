"""The sale against a shop that answers: every lamp is what the shop confirmed."""

import asyncio

from console.commerce.sale import Commerce
from console.commerce.state import Checkout, Drop, DropState, Lamp
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from tests.commerce.conftest import Begin, client_for
from tests.commerce.fake_shop import FakeShop
from tests.waiting import until


def drop(sale: Commerce, id: str = "cap-01") -> Drop:
    found = sale.state.value.drop(id)
    assert found is not None
    return found


async def test_a_drop_goes_from_draft_to_sold_and_closed(begin: Begin, shop: FakeShop, journal: MemoryJournal) -> None:
    sale = await begin(client_for(shop.url))
    assert (await sale.arm("cap-01")).is_done
    cap = drop(sale)
    assert (cap.state, cap.stock_left, cap.lamp) == (DropState.ARMED, 50, Lamp.CONFIRMED)
    assert (await sale.fire("cap-01")).is_done
    cap = drop(sale)
    assert cap.state is DropState.OPEN
    assert cap.closes_at is not None
    assert sale.state.value.checkout is Checkout.OPEN
    shop.sell("cap-01", 2, amount_minor=3800)
    await until(lambda: sale.state.value.sold == 2, what="the order")
    await until(lambda: drop(sale).stock_left == 48, what="the stock")
    assert sale.state.value.revenue_minor == sale.state.value.revenue_per_minute[-1] == 3800
    assert (await sale.close_drop("cap-01")).is_done
    assert drop(sale).state is DropState.CLOSED
    assert (await sale.renew("cap-01")).is_done
    cap = drop(sale)
    assert (cap.run, cap.state, cap.sold) == (2, DropState.DRAFT, 0)
    kinds = [kind for kind, _ in shop.history]
    assert (kinds[0], set(kinds[1:3]), kinds[3:]) == (
        "drop.armed",
        {"drop.opened", "checkout.opened"},
        ["drop.closed"],
    )
    assert journal.of("drop.opened")[0]["proved"] is True
    assert sale.state.value.outbox_pending == 0


async def test_a_second_fire_is_refused_with_words(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    first, second, third = await asyncio.gather(*(sale.fire("cap-01") for _ in range(3)))
    assert [first.result, second.result, third.result] == [Result.DONE, Result.REFUSED, Result.REFUSED]
    assert second.why
    assert second.fix
    assert [kind for kind, _ in shop.history].count("drop.opened") == 1
