"""The sale against a shop that answers: every lamp is what the shop confirmed."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from console.commerce.outbox import Message, Outbox
from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import Checkout, DropState, Lamp
from console.core.alarms import Alarms
from console.core.clock import SteppedClock, SystemClock
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from tests.commerce.conftest import SHOW, Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, _Handler, always
from tests.waiting import until


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
    counted = sale.state.value.figures
    assert counted.authorised_minor == counted.authorised_per_minute[-1] == counted.paid_minor == 3800
    assert sum(one.paid_minor for one in counted.by_source) == 3800
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


async def test_stop_sale_closes_the_checkout_and_every_open_drop(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    for id in ("cap-01", "mug-01"):
        await sale.arm(id)
        await sale.fire(id)
    outcome = await sale.stop_sale()
    assert outcome.is_done
    assert not sale.state.value.is_stopping
    assert sale.state.value.checkout is Checkout.CLOSED
    assert {one["state"] for one in shop.drops.values()} == {"closed"}
    assert shop.checkout == "closed"


async def test_stop_sale_closes_a_drop_whose_fire_is_being_written_at_that_moment(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    firing = asyncio.create_task(sale.fire("cap-01"))  # the host, in the same second
    await asyncio.sleep(0)
    assert drop(sale).state is DropState.ARMED, "not on disk yet"
    await sale.stop_sale()
    await firing
    await until(lambda: not sale.state.value.is_stopping, what="the stop")
    assert drop(sale).state is DropState.CLOSED
    assert (shop.drops["cap-01"]["state"], shop.checkout) == ("closed", "closed")


@pytest.mark.logs("ended by a bug")
async def test_a_lane_that_died_of_a_bug_takes_the_next_press(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.1)
    sale = await begin(client_for(shop.url))
    hears = sale._sender._on_answer

    def stumbles(*answered: Any) -> None:
        sale._sender._on_answer = hears
        raise RuntimeError("a bug")

    sale._sender._on_answer = stumbles
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: sale._sender._on_answer is hears, what="the bug")
    await sale.disarm("cap-01")
    await until(lambda: ("drop.disarmed", "cap-01") in shop.history, what="the next press")


async def test_a_stop_that_was_taken_back_leaves_no_lamp_that_waits(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    shop.fault = always(503)
    await sale.stop_sale()
    assert (await sale.take_back_stop()).is_done
    shop.fault = None
    await until(lambda: drop(sale).lamp is Lamp.CONFIRMED, what="the lamp")
    assert drop(sale).state is DropState.OPEN


@pytest.mark.slow
async def test_stop_sale_is_tried_until_the_shop_is_back(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    shop.fault = always(503)
    assert (await sale.stop_sale()).result is Result.PENDING
    assert sale.state.value.is_stopping
    assert (await sale.stop_sale()).result is Result.PENDING
    assert (await sale.open_checkout()).result is Result.REFUSED
    shop.fault = None
    await until(lambda: not sale.state.value.is_stopping, what="the stop")
    assert drop(sale).state is DropState.CLOSED
    assert shop.checkout == "closed"


async def test_stop_sale_calls_back_an_opening_that_hangs_and_holds_when_it_lands_late(
    begin: Begin, shop: FakeShop
) -> None:
    gate = threading.Event()

    def slow_opening(handler: _Handler, when: str) -> bool:
        if when == "before" and b"drop.opened" in handler.body:
            gate.wait(10)
        return False

    sale = await begin(client_for(shop.url, timeout_s=5.0))
    await sale.arm("cap-01")
    shop.fault = slow_opening
    firing = asyncio.create_task(sale.fire("cap-01"))
    await until(lambda: drop(sale).state is DropState.FIRING, what="the fire")
    await until(lambda: any(b"drop.opened" in body for body in shop.bodies), what="the opening under way")
    assert (await sale.stop_sale()).is_done
    assert not (await firing).is_done
    assert drop(sale).state is DropState.CLOSED
    with shop.changed:  # a careless shop: the late opening opens it again
        shop.drops["cap-01"]["state"] = "armed"
    gate.set()
    await until(lambda: ("drop.opened", "cap-01") in shop.history, what="the late opening")
    await until(lambda: shop.history[-1] == ("drop.closed", "cap-01"), what="the second closing")
    await until(lambda: drop(sale).state is DropState.CLOSED and not sale.state.value.outbox_pending, what="closed")
    assert shop.drops["cap-01"]["state"] == "closed"


async def test_an_opening_that_is_late_is_not_sent_and_the_shop_is_asked(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url), open_within_s=1.0)
    await sale.arm("cap-01")
    shop.fault = always(503)
    outcome = await sale.fire("cap-01")
    assert outcome.result is Result.FAILED
    await until(lambda: drop(sale).state is DropState.ARMED, what="the shop's word")
    assert drop(sale).lamp is Lamp.LOST
    shop.fault = None
    assert (await sale.fire("cap-01")).is_done
    assert [kind for kind, _ in shop.history].count("drop.opened") == 1


@pytest.mark.parametrize("off_s", [-3600.0, 3600.0])
async def test_somebody_who_sets_the_clock_neither_loses_nor_delays_an_opening(
    begin: Begin, clock: SteppedClock, off_s: float
) -> None:
    shop = FakeShop(clock=clock).start()
    try:
        sale = await begin(client_for(shop.url, clock), clock=clock)
        await sale.arm("cap-01")
        shop.fault = always(503)
        firing = asyncio.create_task(sale.fire("cap-01"))
        await until(lambda: drop(sale).lamp is Lamp.WAITING, what="the first try")
        clock.step(off_s, wall_only=True)
        shop.fault = None
        await firing
        await until(lambda: drop(sale).state is DropState.OPEN, what="the opening")
        assert [kind for kind, _ in shop.history].count("drop.opened") == 1
    finally:
        shop.stop()


@pytest.mark.slow
async def test_a_drop_that_the_shop_closes_by_itself_is_seen(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("mug-01")
    await sale.fire("mug-01")
    shop.sell("mug-01", 5)
    await until(lambda: drop(sale, "mug-01").state is DropState.SOLD_OUT, what="sold out")
    with shop.changed:
        shop.drops["mug-01"]["state"] = "closed"
    await until(lambda: drop(sale, "mug-01").state is DropState.CLOSED, what="closed")


async def test_what_somebody_else_did_at_the_shop_is_named_as_that(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    with shop.changed:
        shop.drops["cap-01"]["state"] = "closed"
    await until(lambda: drop(sale).state is DropState.CLOSED, what="closed")
    assert drop(sale).lamp is Lamp.CHANGED


@pytest.mark.slow
async def test_forty_orders_over_breaking_lines_arrive_once_each_and_survive_a_restart(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    for _ in range(20):
        shop.sell("cap-01")
    await until(lambda: sale.state.value.sold >= 5, what="some orders")
    await sale.close()
    for _ in range(20):
        shop.sell("cap-01")
    sale = await begin(client_for(shop.url))
    await until(lambda: sale.state.value.sold == 40, within_s=20, what="all orders")
    assert sorted(int(str(entry["id"])[1:]) for entry in journal.of("order.received")) == list(range(1, 41))
    assert len(set(shop.stream_marks)) > 2


async def test_a_platform_without_an_api_is_confirmed_by_hand(begin: Begin) -> None:
    sale = await begin(ManualShop())
    assert (await sale.arm("cap-01")).result is Result.PENDING
    assert (await sale.confirm_by_hand("cap-01")).is_done
    assert (drop(sale).state, drop(sale).lamp) == (DropState.ARMED, Lamp.CLAIMED)
    assert (await sale.fire("cap-01")).result is Result.PENDING
    assert (await sale.confirm_by_hand("cap-01")).is_done
    assert drop(sale).state is DropState.OPEN
    assert sale.state.value.checkout is Checkout.OPEN
    assert (await sale.stop_sale()).result is Result.PENDING
    assert (await sale.confirm_by_hand("cap-01")).is_done
    assert (drop(sale).state, sale.state.value.is_stopping) == (DropState.CLOSED, False)


async def test_a_read_only_folder_refuses_the_press_and_sends_nothing(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch, alarms: Alarms
) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await until(lambda: sale.state.value.outbox_pending == 0, what="quiet")
    real = Outbox.press

    def full(self: Outbox, messages: Sequence[Message], **more: Any) -> tuple[Message, ...]:
        self._db.execute("PRAGMA query_only = ON")
        try:
            return real(self, messages, **more)
        finally:
            self._db.execute("PRAGMA query_only = OFF")

    monkeypatch.setattr(Outbox, "press", full)
    before = sum(shop.received.values())
    outcome = await sale.fire("cap-01")
    assert outcome.result is Result.REFUSED
    assert "nothing was sent" in outcome.why
    assert drop(sale).state is DropState.ARMED
    assert sum(shop.received.values()) == before
    assert (await sale.stop_sale()).is_done  # the one press that goes out all the same
    assert shop.checkout == "closed"


async def test_a_folder_that_cannot_be_written_is_said_at_the_start(
    shop: FakeShop, tmp_path: Path, writer: ThreadPoolExecutor, journal: MemoryJournal, alarms: Alarms
) -> None:
    (tmp_path / "file").touch()
    sale = Commerce(
        SHOW,
        data_dir=tmp_path / "file",
        shop=client_for(shop.url),
        clock=SystemClock(),
        journal=journal,
        alarms=alarms,
        writer=writer,
    )
    await sale.start()
    assert (await sale.arm("cap-01")).result is Result.REFUSED
    assert [alarm.kind for alarm in alarms.present.value] == ["outbox.disk"]
    await sale.close()
    assert not shop.received
