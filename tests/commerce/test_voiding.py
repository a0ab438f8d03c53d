"""Unpaid orders are voided once, or marked paid, as the director chose; what was paid meanwhile stays and is said."""

import asyncio
from datetime import timedelta

import pytest

from console.commerce.lines import LineState
from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import DropState, Lamp, Wanted
from console.contract import events
from console.contract.events import EventType, Listed
from console.core.alarms import Alarms
from console.core.clock import SteppedClock, SystemClock
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, _Handler, always
from tests.waiting import until


async def sold(begin: Begin, shop: FakeShop, *states: str) -> tuple[Commerce, list[str]]:
    """The cap on sale, with an order in each of these states; and their ids."""
    sale = await begin(client_for(shop.url))
    for press in (sale.arm, sale.fire):
        assert (await press("cap-01")).is_done
    ids = [shop.sell("cap-01", order_state=state) for state in states]
    await until(lambda: len(sale.state.value.orders) == len(states), what="the orders")
    return sale, ids


def voided(shop: FakeShop) -> list[Listed]:
    """The lists that reached the shop."""
    every = [events.from_json(body) for body in shop.bodies]
    return [event.data for event in every if isinstance(event.data, Listed)]


def state_of(sale: Commerce, id: str) -> str:
    return next(order.state for order in sale.state.value.orders if order.id == id)


async def test_after_a_confirmed_stop_the_unpaid_orders_since_fire_are_listed_and_voided(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale, ids = await sold(begin, shop, "confirmed", "held", "paid", "confirmed")
    assert (await sale.stop_sale()).is_done
    assert sale.state.value.stopped == (("cap-01", 1),)
    assert (await sale.list_orders()).is_done
    listed = sale.state.value.listed
    assert listed is not None
    assert [order.id for order in listed.orders] == [ids[0], ids[1], ids[3]]
    outcome = await sale.void_orders("cap-01", [ids[0], ids[1]])
    assert (outcome.result, outcome.why) == (Result.DONE, "2 orders voided.")
    assert [state_of(sale, id) for id in ids] == ["void", "void", "paid", "confirmed"]
    assert [data.orders for data in voided(shop)] == [(ids[0], ids[1])]
    assert [order.id for order in sale.state.value.unpaid] == [ids[3]]
    told = sale.state.value.listed
    assert told is not None
    assert [order.state for order in told.orders] == ["void", "void", "confirmed"], "what was on the list stays on it"
    told_of = [kind for kind, _, _ in journal.entries if kind.startswith("orders.")]
    assert told_of == ["orders.voiding", "orders.voided"]
    assert (await sale.unlist_orders()).is_done
    assert sale.state.value.listed is None


async def test_an_order_that_was_paid_meanwhile_stays_paid_and_is_said(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed", "confirmed", "held")

    def pays_just_before(handler: _Handler, when: str) -> bool:
        if when == "before":
            shop.move(ids[1], "paid")
        return False

    shop.fault = pays_just_before
    outcome = await sale.void_orders("cap-01", ids)
    assert outcome.why == "2 of 3 voided; 1 was paid meanwhile."
    assert state_of(sale, ids[1]) == "paid"


async def test_orders_are_marked_paid_by_hand(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "held", "held")
    outcome = await sale.pay_orders("cap-01", ids[:1])
    assert outcome.why == "1 order marked paid."
    assert [state_of(sale, id) for id in ids] == ["paid", "held"]


async def test_nothing_is_voided_before_the_stop_is_confirmed(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    shop.fault = always(503)
    sale_stop = await sale.stop_sale()
    assert sale_stop.result is Result.PENDING
    refused = await sale.void_orders("cap-01", ids)
    assert (refused.result, refused.why) == (Result.REFUSED, "STOP SALE is not confirmed yet.")
    assert sale.state.value.stopped == ()
    shop.fault = None
    await until(lambda: sale.state.value.stopped, what="the stop")
    assert not voided(shop)


async def test_a_press_while_the_shop_is_away_is_kept_over_a_restart_and_lands_once(
    begin: Begin, shop: FakeShop, alarms: Alarms
) -> None:
    sale, ids = await sold(begin, shop, "confirmed", "confirmed")
    assert (await sale.close_drop("cap-01")).is_done
    shop.fault = always(503)
    assert (await sale.void_orders("cap-01", ids)).result is Result.PENDING
    again = await sale.void_orders("cap-01", ids)
    assert (again.result, again.why) == (Result.REFUSED, "Just that is on its way already.")
    assert (await sale.list_orders("cap-01")).is_done
    assert sale.state.value.listed is not None
    assert sale.state.value.listed.asked == frozenset(ids)
    await sale.close()
    shop.fault = None
    sale = await begin(client_for(shop.url, timeout_s=0.2))
    await until(lambda: not sale.state.value.unpaid, what="the voided orders")
    await until(lambda: drop(sale).lamp is not Lamp.WAITING, what="the lamp")
    assert drop(sale).state is DropState.CLOSED
    assert len({data.orders for data in voided(shop)}) == 1
    assert sum(shop.applied[id] for id, type in shop.types.items() if type == EventType.ORDERS_VOIDED) == 1
    assert sale.state.value.outbox[0].what == "Void orders of Linen cap"
    assert not [alarm for alarm in alarms.present.value if alarm.kind == "shop.contradicts"]


def no_voids(handler: _Handler, when: str) -> bool:
    """A shop that stumbles over each void, and over nothing else."""
    if when == "before" and b"orders.voided" in handler.body:
        handler.answer(503)
        return True
    return False


async def test_what_is_pressed_for_the_drop_never_waits_behind_a_void_that_hangs(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale, ids = await sold(begin, shop, "confirmed", "confirmed")
    shop.fault = no_voids
    with monkeypatch.context() as patched:
        patched.setattr("console.commerce.sale.PENDING_AFTER_S", 0.1)
        for id in ids:
            assert (await sale.void_orders("cap-01", [id])).result is Result.PENDING
    assert (await sale.change("cap-01", Wanted(price_minor=1500))).is_done
    assert (await sale.stop_sale()).is_done
    assert shop.drops["cap-01"]["state"] == "closed"
    assert sale.state.value.outbox_pending == 2
    shop.fault = None
    await until(lambda: [state_of(sale, id) for id in ids] == ["void", "void"], what="the voids")
    assert max(shop.applied.values()) == 1


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_void_that_hangs_hides_nothing_of_its_drop(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch, is_restarted: bool
) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    shop.fault = no_voids
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.1)
    assert (await sale.void_orders("cap-01", ids)).result is Result.PENDING
    await until(lambda: drop(sale).lamp is Lamp.WAITING, what="the void that hangs")
    if is_restarted:
        await sale.close()
    with shop.changed:  # its time is over
        shop.drops["cap-01"]["state"] = "closed"
    if is_restarted:
        sale = await begin(client_for(shop.url))
    await until(lambda: drop(sale).state is DropState.CLOSED, what="the shop's word")
    assert sale.state.value.outbox_pending == 1
    shop.fault = None
    await until(lambda: not sale.state.value.outbox_pending, what="the void")
    assert drop(sale).state is DropState.CLOSED


async def test_a_shop_that_cannot_void_leaves_every_order_as_it_was(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    shop.fault = always(400, b'{"detail": "No such event."}')
    outcome = await sale.void_orders("cap-01", ids)
    assert outcome.result is Result.FAILED
    assert outcome.why == "The shop refused it: 400, No such event. Every order is as it was."
    assert (drop(sale).state, state_of(sale, ids[0])) == (DropState.OPEN, "confirmed")
    assert sale.state.value.outbox[0].state is LineState.REFUSED


async def test_a_long_list_goes_in_several_events_and_each_arrives_once(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commerce.voiding.MOST_AT_ONCE", 2)
    sale, ids = await sold(begin, shop, *["confirmed"] * 5)
    assert (await sale.void_orders("cap-01", [*ids, ids[0]])).why == "5 orders voided."
    assert [data.orders for data in voided(shop)] == [tuple(ids[:2]), tuple(ids[2:4]), (ids[4],)]
    assert (await sale.close_drop("cap-01")).is_done, "the next press has a number of its own"


async def test_what_is_no_unpaid_order_of_the_drop_is_refused_in_words(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "paid")
    for ids_, words in (
        (ids, "None of these orders is unpaid any more."),
        (["o99"], "Linen cap has no order o99."),
    ):
        refused = await sale.void_orders("cap-01", ids_)
        assert (refused.result, refused.why) == (Result.REFUSED, words)
    assert (await sale.list_orders("cap-01")).why == "Linen cap has no unpaid orders since FIRE."
    assert (await sale.void_orders("hat-01", ids)).why == 'There is no drop "hat-01".'


async def test_what_a_counter_sold_before_fire_is_not_listed(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    shop.clock = SteppedClock(SystemClock().now() - timedelta(minutes=10))
    shop.sell("cap-01", order_state="confirmed")
    await until(lambda: len(sale.state.value.unpaid) == 2, what="the orders")
    assert (await sale.list_orders("cap-01")).is_done
    assert sale.state.value.listed is not None
    assert [order.id for order in sale.state.value.listed.orders] == ids


async def test_the_list_that_is_asked_for_before_the_sale_has_started_is_empty_in_words(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await begin(client_for(shop.url), is_started=False)
    assert (await sale.list_orders()).why == "Linen cap has no unpaid orders since FIRE."


async def test_what_an_earlier_stop_left_unpaid_is_not_offered_again_after_another(
    begin: Begin, shop: FakeShop
) -> None:
    sale, _ = await sold(begin, shop, "confirmed")
    assert (await sale.stop_sale()).is_done
    for press in (sale.arm, sale.fire):
        assert (await press("mug-01")).is_done
    assert (await sale.stop_sale()).is_done
    assert sale.state.value.stopped == (("mug-01", 1),)


async def test_what_a_stop_had_closed_before_a_restart_is_offered_with_the_rest(begin: Begin, shop: FakeShop) -> None:
    sale, _ = await sold(begin, shop, "confirmed")
    for press in (sale.arm, sale.fire):
        assert (await press("mug-01")).is_done

    def not_the_mug(handler: _Handler, when: str) -> bool:
        if when == "before" and b"drop.closed" in handler.body and b"mug-01" in handler.body:
            handler.answer(503)
            return True
        return False

    shop.fault = not_the_mug
    stopping = asyncio.create_task(sale.stop_sale())
    await until(lambda: drop(sale).state is DropState.CLOSED, what="the cap's closing")
    await sale.close()
    await stopping
    shop.fault = None
    again = await begin(client_for(shop.url))
    await until(lambda: not again.state.value.is_stopping, what="the stop")
    assert again.state.value.stopped == (("cap-01", 1), ("mug-01", 1))


async def test_a_platform_that_tells_no_orders_has_none_to_void(begin: Begin) -> None:
    sale = await begin(ManualShop())
    refused = await sale.void_orders("cap-01", ["o1"])
    assert refused.why == "This shop does not tell its orders."


async def test_disarming_the_next_run_does_not_call_a_void_back(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    assert (await sale.close_drop("cap-01")).is_done
    shop.fault = always(503)
    for press in (sale.void_orders("cap-01", ids), sale.renew("cap-01"), sale.arm("cap-01"), sale.disarm("cap-01")):
        await press
    shop.fault = None
    await until(lambda: not sale.state.value.outbox_pending, what="everything settled")
    await until(lambda: state_of(sale, ids[0]) == "void", what="the void")


async def test_a_void_that_is_given_up_leaves_its_drop_as_it_is(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    shop.fault = always(503)
    assert (await sale.void_orders("cap-01", ids)).result is Result.PENDING
    (message,) = [line for line in sale.state.value.outbox if not line.state.has_ended]
    assert (await sale.give_up(message.id, "not worth it")).is_done
    assert drop(sale).state is DropState.OPEN
    assert sale.state.value.outbox_pending == 0


async def test_the_runs_that_were_stopped_are_known_after_a_restart(begin: Begin, shop: FakeShop) -> None:
    sale, ids = await sold(begin, shop, "confirmed")
    assert (await sale.stop_sale()).is_done
    await sale.close()
    sale = await begin(client_for(shop.url))
    assert sale.state.value.stopped == (("cap-01", 1),)
    assert (await sale.list_orders()).is_done
    assert sale.state.value.listed is not None
    assert [order.id for order in sale.state.value.listed.orders] == ids
