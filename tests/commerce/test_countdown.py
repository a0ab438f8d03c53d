"""A drop that counts down before it opens: the shop opens it, and only what the shop said is shown."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import Drop, DropState, Lamp, StreamDelay, Wanted
from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.settings.show import Show
from tests.commerce.conftest import SHOW, Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, _Handler, always
from tests.waiting import until


@pytest.fixture
def shop(clock: SteppedClock) -> Iterator[FakeShop]:
    """A shop whose time stands still until it is told to go."""
    shop = FakeShop(clock=clock).start()
    yield shop
    shop.stop()


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.3)


def counting(countdown_s: float, heard: str = "host", delay_s: float = 0.0) -> Show:
    """The show with such a countdown, shorter than a show file may have it."""
    first, *rest = SHOW.drops
    first = first.model_copy(update={"countdown_s": countdown_s, "heard": heard})
    shop = SHOW.shop.model_copy(update={"stream_delay_s": delay_s})
    return SHOW.model_copy(update={"drops": (first, *rest), "shop": shop})


async def selling(begin: Begin, shop: FakeShop, show: Show) -> Commerce:
    return await begin(client_for(shop.url, shop.clock), clock=shop.clock, show=show)


async def fired(begin: Begin, shop: FakeShop, show: Show) -> Commerce:
    sale = await selling(begin, shop, show)
    await sale.arm("cap-01")
    outcome = await sale.fire("cap-01")
    assert outcome.is_done, outcome
    return sale


def before(sale: Commerce) -> tuple[tuple[str, int], ...]:
    return sale.state.value.fired_before


async def opened(sale: Commerce) -> Drop:
    await until(lambda: drop(sale).state is DropState.OPEN, what="the opening")
    return drop(sale)


@pytest.mark.slow
async def test_the_shop_counts_down_and_opens_by_itself(
    begin: Begin, shop: FakeShop, journal: MemoryJournal, clock: SteppedClock
) -> None:
    sale = await fired(begin, shop, counting(0.4))
    cap = drop(sale)
    assert (cap.state, cap.lamp) == (DropState.COUNTDOWN, Lamp.CONFIRMED)
    assert cap.opens_at == cap.room_opens_at
    assert cap.closes_at is not None
    assert cap.opens_at is not None
    assert cap.closes_at - cap.opens_at == timedelta(seconds=300)
    assert journal.of("drop.opened")[0]["proved"] is True
    clock.step(0.4)
    after = await opened(sale)
    assert (after.lamp, after.opens_at) == (Lamp.CONFIRMED, cap.opens_at)
    assert journal.of("drop.open")[0]["expected"] is True
    assert [kind for kind, _ in shop.history].count("drop.opened") == 1


async def test_closing_in_the_countdown_ends_it_and_nothing_ever_opens(begin: Begin, shop: FakeShop) -> None:
    sale = await fired(begin, shop, counting(60))
    assert (await sale.disarm("cap-01")).result is Result.REFUSED
    assert (await sale.close_drop("cap-01")).is_done
    assert drop(sale).state is DropState.CLOSED
    assert shop.drops["cap-01"]["state"] == "closed"
    assert (await sale.renew("cap-01")).is_done
    assert (drop(sale).opens_at, drop(sale).run) == (None, 2)


async def test_stop_sale_in_the_countdown_closes_it_at_the_shop(begin: Begin, shop: FakeShop) -> None:
    sale = await fired(begin, shop, counting(60))
    assert (await sale.stop_sale()).is_done
    assert not sale.state.value.is_stopping
    assert shop.drops["cap-01"]["state"] == "closed"
    assert shop.checkout == "closed"


async def test_an_opening_that_stop_sale_called_back_and_that_lands_is_closed_in_its_countdown(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await selling(begin, shop, counting(60))
    await sale.arm("cap-01")
    shop.fault = always(503)
    await sale.fire("cap-01")
    stopping = await sale.stop_sale()
    assert stopping.result is Result.PENDING
    with shop.changed:  # the try that got no answer lands all the same
        shop.drops["cap-01"] |= {"state": "countdown", "opens_at": "2999-01-01T00:00:00.000Z"}
    shop.fault = None
    await until(lambda: not sale.state.value.is_stopping and not sale.state.value.outbox_pending, what="the stop")
    assert shop.drops["cap-01"]["state"] == "closed"


async def test_price_and_stock_are_changed_in_the_countdown_its_end_and_a_mark_are_not(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await fired(begin, shop, counting(60))
    assert (await sale.change("cap-01", Wanted(price_minor=1500, stock=40))).is_done
    cap = drop(sale)
    assert (cap.state, cap.price_minor, cap.stock) == (DropState.COUNTDOWN, 1500, 40)
    assert (await sale.extend("cap-01", 60)).why == "Linen cap is not on sale yet."
    assert (await sale.change("cap-01", Wanted(sold_out=True))).fix == "Wait until it opens."


@pytest.mark.slow
async def test_it_opens_in_sight_though_a_change_hangs(begin: Begin, shop: FakeShop, clock: SteppedClock) -> None:
    sale = await fired(begin, shop, counting(0.4))
    shop.fault = lambda handler, when: when == "before" and _unavailable(handler)
    await sale.change("cap-01", Wanted(price_minor=1500))
    clock.step(0.4)
    assert (await opened(sale)).price_minor == 1900


def _unavailable(handler: _Handler) -> bool:
    handler.answer(503)
    return True


@pytest.mark.slow
async def test_a_console_that_starts_in_the_countdown_asks_and_shows_it(
    begin: Begin, shop: FakeShop, clock: SteppedClock
) -> None:
    show = counting(0.6, "viewers", 0.6)
    sale = await fired(begin, shop, show)
    before = drop(sale)
    await sale.close()
    sale = await selling(begin, shop, show)
    assert drop(sale).state is DropState.ASKING
    await until(lambda: drop(sale).state is DropState.COUNTDOWN, what="the shop's word")
    assert (drop(sale).opens_at, drop(sale).room_opens_at) == (before.opens_at, before.room_opens_at)
    clock.step(1.2)
    await opened(sale)
    assert [kind for kind, _ in shop.history].count("drop.opened") == 1


async def test_a_shop_that_knows_no_countdown_opens_at_once_and_that_is_said(begin: Begin, shop: FakeShop) -> None:
    shop.knows_countdowns = False
    sale = await fired(begin, shop, counting(60))
    assert (drop(sale).state, drop(sale).lamp) == (DropState.OPEN, Lamp.CONFIRMED)
    assert drop(sale).why == "The shop knows no countdown: it opened at once."


async def test_a_sale_for_the_viewers_opens_when_they_see_it(begin: Begin, shop: FakeShop) -> None:
    sale = await fired(begin, shop, counting(60, "viewers", 12.5))
    cap = drop(sale)
    assert cap.opens_at is not None
    assert cap.room_opens_at == cap.opens_at - timedelta(seconds=12.5)
    assert (cap.opens_at - shop.clock.now()).total_seconds() == 72.5


async def test_a_measured_delay_outlives_a_restart_of_its_show_run_and_is_taken_back(
    begin: Begin, shop: FakeShop
) -> None:
    show = counting(60, "host", 12.0)
    sale = await selling(begin, shop, show)
    assert sale.state.value.stream_delay == StreamDelay(12.0)
    sale.keep_delay(7.4)
    await sale.close()
    sale = await selling(begin, shop, show)
    assert sale.state.value.stream_delay == StreamDelay(7.4, is_measured=True)
    sale.keep_delay(None)
    assert sale.state.value.stream_delay == StreamDelay(12.0)


async def test_a_restart_knows_what_was_fired_before_it_until_it_is_fired_again(begin: Begin, shop: FakeShop) -> None:
    show = counting(60)
    sale = await fired(begin, shop, show)
    assert before(sale) == ()
    await sale.close()
    sale = await selling(begin, shop, show)
    assert before(sale) == (("cap-01", 1),)
    await until(lambda: drop(sale).state is DropState.COUNTDOWN, what="the shop's word")
    with shop.changed:  # somebody took it back there
        shop.drops["cap-01"]["state"] = "armed"
    await until(lambda: drop(sale).state is DropState.ARMED, what="armed again")
    assert (await sale.fire("cap-01")).is_done
    assert before(sale) == ()


@pytest.mark.slow
async def test_a_fire_that_reaches_the_shop_after_its_countdown_opens_at_once(
    begin: Begin, shop: FakeShop, clock: SteppedClock
) -> None:
    sale = await selling(begin, shop, counting(0.4))
    await sale.arm("cap-01")
    shop.fault = always(503)
    assert (await sale.fire("cap-01")).result is Result.PENDING
    clock.step(1.0)
    shop.fault = None
    await opened(sale)


async def test_on_a_platform_the_hand_opens_it(begin: Begin) -> None:
    sale = await begin(ManualShop(), show=counting(60))
    await sale.arm("cap-01")
    await sale.confirm_by_hand("cap-01")
    await sale.fire("cap-01")
    cap = drop(sale)
    assert (cap.state, cap.opens_at is not None) == (DropState.FIRING, True)
    await sale.confirm_by_hand("cap-01")
    assert (drop(sale).state, drop(sale).lamp) == (DropState.OPEN, Lamp.CLAIMED)
