"""After a crash: what was under way is shown, the shop is asked first, and only then is anything sent (law 3)."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from console.commerce.lines import LineState, OutboxLine
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.state import Checkout, DropState
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.shop.adopt import ensure_shop
from console.shop.place import Reach
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, Fault, _Handler
from tests.shop.standing import end_shop
from tests.waiting import until


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.3)


def line(sale: Commerce, what: str) -> OutboxLine:
    return next(one for one in sale.state.value.outbox if one.what == what)


def the_press(when_lost: str, *, hears_questions: bool = False) -> Fault:
    """The line breaks before or after each press has its effect; questions are not answered, unless told."""

    def fault(handler: _Handler, when: str) -> bool:
        if when == when_lost:
            handler.hang_up()
            return True
        if when == "ask" and not hears_questions:
            handler.answer(503)
            return True
        return False

    return fault


@pytest.mark.slow
@pytest.mark.parametrize(("lost", "said"), [("after", "armed, run 1, 0 sold, 50 left"), ("before", "unknown to it")])
async def test_what_was_under_way_is_asked_about_before_anything_is_sent(
    begin: Begin, journal: MemoryJournal, lost: str, said: str
) -> None:
    shop = FakeShop(is_idempotent=False).start()
    try:
        sale = await begin(client_for(shop.url, timeout_s=0.4))
        shop.fault = the_press(lost)
        assert (await sale.arm("cap-01")).result is Result.PENDING
        await sale.close()
        sent, asked = len(shop.bodies), shop.asked
        sale = await begin(client_for(shop.url, timeout_s=0.4))
        assert line(sale, "Arm Linen cap").state is LineState.ASKING, "shown before anything else"
        await until(lambda: shop.asked > asked + 5, what="questions that are not answered")
        assert line(sale, "Arm Linen cap").state is LineState.ASKING
        assert (await sale.retry()).result is Result.PENDING, "by hand it is asked, too, and not sent"
        assert len(shop.bodies) == sent, "nothing is sent before the shop has said"
        shop.fault = None
        await until(lambda: drop(sale).state is DropState.ARMED, what="armed")
        armed = line(sale, "Arm Linen cap")
        assert (armed.state, armed.said) == (LineState.CONFIRMED, said)
        assert list(shop.applied.values()) == [1], "once, though this shop does not know its ids again"
        assert len(shop.bodies) == sent + (lost == "before")
        assert journal.of("outbox.asked")[-1]["said"] == said
    finally:
        shop.stop()


async def test_the_last_try_is_waited_out_however_often_somebody_asks_for_the_next(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await begin(client_for(shop.url, timeout_s=0.4))
    shop.fault = the_press("before")
    await sale.arm("cap-01")
    await sale.close()
    shop.fault = None
    sent = len(shop.bodies)
    sale = await begin(client_for(shop.url, timeout_s=600.0))
    await until(lambda: sale.state.value.link.is_up, what="the line")
    assert (await sale.retry()).result is Result.PENDING
    assert line(sale, "Arm Linen cap").state is LineState.ASKING
    assert len(shop.bodies) == sent


@pytest.mark.slow
async def test_a_shop_that_was_killed_gets_the_press_once_when_it_is_started_again(
    begin: Begin, tmp_path: Path
) -> None:
    address = await ensure_shop(tmp_path, Reach(), practice=True)

    async def secret() -> str:
        return address.secret

    def client() -> EventsShop:
        return EventsShop(address.url, secret=secret, clock=SystemClock(), kind="embedded", timeout_s=2.0)

    try:
        sale = await begin(client(), open_within_s=120.0)
        assert (await sale.arm("cap-01")).is_done
        os.kill(address.pid, signal.SIGKILL)
        pressed = await sale.fire("cap-01")
        assert pressed.result is Result.PENDING
        fired = line(sale, "Fire Linen cap")
        assert not fired.state.has_ended
        assert fired.answer
        await sale.close()
        listen = address.url.removeprefix("http://")
        address = await ensure_shop(tmp_path, Reach(listen=listen), practice=True)
        sale = await begin(client(), open_within_s=120.0)
        await until(lambda: sale.state.value.outbox_pending == 0, what="everything confirmed")
        assert (drop(sale).state, sale.state.value.checkout) == (DropState.OPEN, Checkout.OPEN)
        assert {one.state for one in sale.state.value.outbox} == {LineState.CONFIRMED}
    finally:
        await asyncio.to_thread(end_shop, address.pid)


@pytest.mark.slow
async def test_a_press_that_a_frozen_shop_took_is_found_there_and_never_sent_again(
    begin: Begin, tmp_path: Path, journal: MemoryJournal
) -> None:
    address = await ensure_shop(tmp_path, Reach(), practice=True)

    async def secret() -> str:
        return address.secret

    def client() -> EventsShop:
        return EventsShop(address.url, secret=secret, clock=SystemClock(), kind="embedded", timeout_s=1.0)

    try:
        sale = await begin(client(), open_within_s=120.0)
        assert (await sale.arm("cap-01")).is_done
        os.kill(address.pid, signal.SIGSTOP)
        firing = asyncio.create_task(sale.fire("cap-01"))
        sent = len(journal.of("outbox.sent"))
        await until(lambda: len(journal.of("outbox.sent")) >= sent + 2, what="both presses on their way")
        assert (await firing).result is Result.PENDING
        await sale.close()
        tries = len(journal.of("outbox.sent"))
        sale = await begin(client(), open_within_s=120.0)
        assert [one.state for one in sale.state.value.outbox][:2] == [LineState.ASKING] * 2
        os.kill(address.pid, signal.SIGCONT)
        await until(lambda: sale.state.value.outbox_pending == 0, what="everything confirmed")
        assert drop(sale).state is DropState.OPEN
        assert line(sale, "Fire Linen cap").answer == "The shop had it already."
        assert line(sale, "Fire Linen cap").said.startswith("open, run 1")
        assert line(sale, "Open checkout").said == "checkout open"
        assert len(journal.of("outbox.sent")) == tries
    finally:
        os.kill(address.pid, signal.SIGCONT)
        await asyncio.to_thread(end_shop, address.pid)
