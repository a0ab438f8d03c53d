"""The figures of a running sale: orders change their state, another show's do not count, a restart changes nothing."""

import asyncio
from dataclasses import replace

from console.commerce.pacing import Paced
from console.core.clock import rfc3339
from console.core.journal import MemoryJournal
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop
from tests.waiting import until


def tell(shop: FakeShop, id: str, state: str, **more: object) -> None:
    """The shop tells an order, or its new state, under a new mark."""
    with shop.changed:
        money = {"amount_minor": 1900, "currency": "EUR", "source": "livestream"}
        at = {"at": rfc3339(shop.clock.now())}
        shop.orders.append({"id": id, "drop": "cap-01", "run": 1, "quantity": 1, **money, **at, **more, "state": state})
        shop.changed.notify_all()


async def test_orders_that_change_are_counted_once_and_all_figures_survive_a_restart(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    for id, state in (("a", "held"), ("b", "held"), ("c", "confirmed"), ("d", "paid"), ("a", "paid"), ("b", "expired")):
        tell(shop, id, state)
    tell(shop, "e", "waiting")
    await until(lambda: len(journal.of("order.received")) == 7, what="all that was told")
    await until(lambda: (sale.state.value.figures.sold, sale.state.value.figures.held) == (3, 0), what="the figures")
    before = sale.state.value
    assert before.figures.orders == 3
    assert (before.figures.authorised_minor, before.figures.paid_minor) == (5700, 3800)
    of_cap = before.figures_of(drop(sale))
    assert of_cap.opened_at is not None
    assert of_cap.figures.sold == 3
    assert before.figures_of(replace(drop(sale), run=2)).figures.orders == 0
    await sale.close()
    sale = await begin(client_for(shop.url))
    after = sale.state.value
    assert (after.figures, after.orders) == (before.figures, before.orders)
    assert replace(after.figures_of(drop(sale)), curve=None) == replace(of_cap, curve=None)


async def test_an_order_of_an_earlier_show_changes_no_figure_of_this_one(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await begin(client_for(shop.url), show_run="monday")
    tell(shop, "old", "confirmed")
    await until(lambda: sale.state.value.figures.sold == 1, what="Monday's order")
    await sale.close()
    sale = await begin(client_for(shop.url), show_run="tuesday")
    tell(shop, "old", "paid")
    tell(shop, "new", "paid")
    await until(lambda: sale.state.value.figures.sold == 1, what="Tuesday's order")
    assert [order.id for order in sale.state.value.orders] == ["new"]
    assert [entry["id"] for entry in journal.of("order.of_earlier_show")] == ["old"]


async def test_work_is_done_at_once_then_at_most_so_often_and_never_forgotten() -> None:
    done: list[float] = []
    loop = asyncio.get_running_loop()
    work = Paced(lambda: done.append(loop.time()), 0.05)
    for _ in range(5):
        work()
    assert len(done) == 1
    await until(lambda: len(done) == 2, what="the work that was asked for meanwhile")
    assert done[1] - done[0] >= 0.049
    work()
    work.close()
    assert len(done) == 2
