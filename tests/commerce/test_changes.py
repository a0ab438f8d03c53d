"""Changing a drop while it is armed or open: absolute values, each shown when the shop has made it, and not before."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.commerce.outbox import DropRow, Outbox
from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import AS_IT_IS, DropState, Lamp, Wanted
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, Fault, _Handler, always
from tests.commerce.test_faults import lose_the_answer
from tests.waiting import until

CHEAPER = Wanted(price_minor=1500)


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.5)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What `held` waits for; open at the end, whatever came."""
    gate = threading.Event()
    yield gate
    gate.set()


def held(gate: threading.Event, when: str) -> Fault:
    """A change waits for `gate`, before or after it has its effect."""

    def fault(handler: _Handler, now: str) -> bool:
        if now == when and b"drop.changed" in handler.body:
            gate.wait(10)
        return False

    return fault


def no_line(*whens: str) -> Fault:
    """The line breaks there."""

    def fault(handler: _Handler, now: str) -> bool:
        if now in whens:
            handler.hang_up()
        return now in whens

    return fault


def busy_with_changes(handler: _Handler, when: str) -> bool:
    is_change = when == "before" and b"drop.changed" in handler.body
    if is_change:
        handler.answer(503)
    return is_change


async def on_sale(begin: Begin, shop: FakeShop, *, timeout_s: float = 1.0, open_within_s: float = 10.0) -> Commerce:
    sale = await begin(client_for(shop.url, timeout_s=timeout_s), open_within_s=open_within_s)
    assert (await sale.arm("cap-01")).is_done
    assert (await sale.fire("cap-01")).is_done
    return sale


def changed(shop: FakeShop) -> list[dict[str, object]]:
    """The data of every change that came in, in order."""
    bodies = [json.loads(body) for body in shop.bodies]
    return [body["data"] for body in bodies if body["type"] == "drop.changed"]


def applied(shop: FakeShop) -> list[int]:
    """How often each change had its effect."""
    return [count for id, count in shop.applied.items() if shop.types[id] == "drop.changed"]


def is_so(sale: Commerce, **wanted: object) -> Callable[[], bool]:
    def check() -> bool:
        cap = drop(sale)
        return all(getattr(cap, name) == value for name, value in wanted.items())

    return check


async def test_a_new_price_is_shown_when_the_shop_has_it_and_not_before(
    begin: Begin, shop: FakeShop, journal: MemoryJournal, gate: threading.Event
) -> None:
    sale = await on_sale(begin, shop, timeout_s=5.0)
    shop.fault = held(gate, "before")
    pressing = asyncio.create_task(sale.change("cap-01", CHEAPER))
    await until(lambda: drop(sale).lamp is Lamp.SENT, what="the press")
    assert (drop(sale).price_minor, drop(sale).wanted) == (1900, CHEAPER)
    assert (await pressing).result is Result.PENDING
    gate.set()
    await until(is_so(sale, price_minor=1500, lamp=Lamp.CONFIRMED, wanted=AS_IT_IS), what="the shop's word")
    assert (drop(sale).state, shop.drops["cap-01"]["price_minor"]) == (DropState.OPEN, 1500)
    assert journal.of("drop.changing")[0]["was_price_minor"] == 1900
    assert (journal.of("drop.changed")[0]["price_minor"], journal.of("drop.changed")[0]["proved"]) == (1500, True)


async def test_each_kind_of_change_is_made_in_absolute_values(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    shop.sell("cap-01", 50)
    await until(is_so(sale, state=DropState.SOLD_OUT), what="sold out")
    outcome = await sale.change("cap-01", Wanted(stock=60))
    assert outcome.why == "Linen cap has 60 pieces in all now."
    assert (drop(sale).state, drop(sale).stock, drop(sale).stock_left) == (DropState.OPEN, 60, 10)
    assert (await sale.change("cap-01", Wanted(sold_out=True))).is_done
    assert (drop(sale).state, drop(sale).is_held) == (DropState.SOLD_OUT, True)
    assert (await sale.change("cap-01", Wanted(sold_out=False))).is_done
    assert (drop(sale).state, drop(sale).is_held) == (DropState.OPEN, False)
    assert changed(shop) == [
        {"drop": "cap-01", "run": 1, "stock": 60},
        {"drop": "cap-01", "run": 1, "sold_out": True},
        {"drop": "cap-01", "run": 1, "sold_out": False},
    ]


async def test_two_presses_of_a_minute_more_are_two_minutes_in_order(
    begin: Begin, shop: FakeShop, gate: threading.Event
) -> None:
    sale = await on_sale(begin, shop, timeout_s=5.0)
    ends = drop(sale).closes_at
    assert ends is not None
    shop.fault = held(gate, "before")
    first, second = (asyncio.create_task(sale.extend("cap-01", 60)) for _ in range(2))
    for outcome in await asyncio.gather(first, second):
        assert outcome.result in (Result.PENDING, Result.REFUSED)  # the very same moment is one press
    await sale.extend("cap-01", 60)
    assert (drop(sale).closes_at, drop(sale).wanted.closes_at) == (ends, ends + timedelta(seconds=120))
    gate.set()
    await until(is_so(sale, closes_at=ends + timedelta(seconds=120), wanted=AS_IT_IS), what="two minutes more")
    said = [str(one["closes_at"]) for one in changed(shop)]
    assert said == sorted(said)
    assert len(said) == 2


async def test_a_change_that_the_shop_refuses_leaves_everything_as_it_was_and_says_why(
    begin: Begin, shop: FakeShop
) -> None:
    sale = await on_sale(begin, shop)
    shop.fault = always(410, b'{"detail": "Not today."}')
    outcome = await sale.change("cap-01", CHEAPER)
    assert outcome.result is Result.FAILED
    assert "Not today" in outcome.why
    assert "Linen cap costs 19.00 € as before." in outcome.why
    cap = drop(sale)
    assert (cap.price_minor, cap.lamp, cap.wanted, cap.state) == (1900, Lamp.REFUSED, AS_IT_IS, DropState.OPEN)
    shop.fault = None
    assert (await sale.change("cap-01", CHEAPER)).is_done


async def test_a_shop_that_takes_a_change_and_says_otherwise_is_believed_what_it_says(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await on_sale(begin, shop)
    dull = json.dumps({**shop.drops["cap-01"], "price_minor": 1700}).encode()
    shop.fault = always(200, dull)
    outcome = await sale.change("cap-01", CHEAPER)
    assert outcome.result is Result.FAILED
    assert "did not make it" in outcome.why
    assert (drop(sale).price_minor, drop(sale).lamp) == (1700, Lamp.REFUSED)
    assert journal.of("drop.changed")[-1]["proved"] is False


async def test_a_shop_that_does_not_say_its_price_is_believed_its_yes(begin: Begin, shop: FakeShop) -> None:
    shop.says_terms = False
    sale = await on_sale(begin, shop)
    assert (await sale.change("cap-01", Wanted(price_minor=1500, stock=60))).is_done
    assert (drop(sale).price_minor, drop(sale).stock, drop(sale).lamp) == (1500, 60, Lamp.CONFIRMED)
    assert (await sale.change("cap-01", Wanted(sold_out=True))).is_done
    assert (drop(sale).state, drop(sale).is_held) == (DropState.SOLD_OUT, True)


async def test_a_change_whose_answer_was_lost_is_asked_for_and_made_once(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    shop.fault = lose_the_answer
    await sale.change("cap-01", CHEAPER)
    await until(is_so(sale, price_minor=1500, wanted=AS_IT_IS), what="the shop's word")
    assert len(changed(shop)) == 1  # not sent again: the shop's state proved it
    assert applied(shop) == [1]


@pytest.mark.slow
async def test_a_change_that_is_late_is_not_sent_and_what_is_shown_is_true(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop, open_within_s=1.0)
    shop.fault = always(503)
    pressed = await sale.change("cap-01", CHEAPER)
    assert pressed.result in (Result.FAILED, Result.PENDING)
    await until(is_so(sale, lamp=Lamp.LOST), what="too late")
    shop.fault = None
    await until(is_so(sale, wanted=AS_IT_IS, lamp=Lamp.LOST), what="the shop's word")
    assert drop(sale).price_minor == shop.drops["cap-01"]["price_minor"] == 1900
    assert "costs 19.00 € as before" in drop(sale).why
    assert sale.state.value.outbox_pending == 0
    assert (await sale.change("cap-01", CHEAPER)).is_done
    assert applied(shop) == [1]


@pytest.mark.slow
async def test_a_late_change_that_landed_all_the_same_is_found_by_asking(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop, timeout_s=0.3, open_within_s=0.6)
    shop.fault = no_line("after", "ask")
    await sale.change("cap-01", CHEAPER)
    await until(is_so(sale, lamp=Lamp.LOST), what="too late")
    assert drop(sale).wanted == CHEAPER  # still in doubt
    shop.fault = None
    await until(is_so(sale, price_minor=1500, lamp=Lamp.CONFIRMED, wanted=AS_IT_IS), what="the shop's word")
    assert applied(shop) == [1]


@pytest.mark.parametrize("landed", [True, False])
async def test_after_a_crash_in_mid_change_the_old_value_stands_until_the_shop_was_asked(
    begin: Begin, shop: FakeShop, gate: threading.Event, landed: bool
) -> None:
    sale = await on_sale(begin, shop, timeout_s=0.4)
    shop.fault = held(gate, "after") if landed else always(503)
    await sale.change("cap-01", CHEAPER)
    await sale.close()
    gate.set()
    shop.fault = no_line("before", "ask")
    sale = await begin(client_for(shop.url, timeout_s=0.4))
    assert (drop(sale).price_minor, drop(sale).wanted, drop(sale).lamp) == (1900, CHEAPER, Lamp.WAITING)
    asked = shop.asked
    await until(lambda: shop.asked > asked, what="the question")
    assert drop(sale).price_minor == 1900
    shop.fault = None
    await until(is_so(sale, price_minor=1500, lamp=Lamp.CONFIRMED, wanted=AS_IT_IS), what="the shop's word")
    assert applied(shop) == [1]


@pytest.mark.parametrize("says_terms", [True, False])
async def test_a_change_of_before_the_restart_that_is_too_late_leaves_the_drop_in_doubt_until_the_shop_was_asked(
    begin: Begin, shop: FakeShop, says_terms: bool
) -> None:
    sale = await on_sale(begin, shop, open_within_s=2.0)
    shop.says_terms = says_terms
    shop.fault = no_line("before", "ask")
    await sale.change("cap-01", CHEAPER)
    await sale.close()
    sale = await begin(client_for(shop.url, timeout_s=0.3))
    await until(is_so(sale, state=DropState.ASKING), what="too late")
    assert (drop(sale).lamp, drop(sale).price_minor) == (Lamp.LOST, 1900)
    shop.fault = None
    await until(is_so(sale, state=DropState.OPEN, lamp=Lamp.LOST, wanted=AS_IT_IS), what="the shop's word")
    assert ("as before" if says_terms else "does not say") in drop(sale).why
    assert not applied(shop)


async def test_a_restart_shows_the_changed_price_though_the_shop_is_away(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    assert (await sale.change("cap-01", Wanted(price_minor=1500, stock=60))).is_done
    await sale.close()
    shop.fault = no_line("before", "ask", "stream")
    sale = await begin(client_for(shop.url))
    assert (drop(sale).price_minor, drop(sale).stock, drop(sale).state) == (1500, 60, DropState.ASKING)


async def test_closing_never_waits_behind_a_change_that_hangs(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    shop.fault = busy_with_changes
    assert (await sale.change("cap-01", CHEAPER)).result is Result.PENDING
    assert (await sale.close_drop("cap-01")).is_done
    assert (drop(sale).state, drop(sale).wanted, drop(sale).price_minor) == (DropState.CLOSED, AS_IT_IS, 1900)
    assert sale.state.value.outbox_pending == 0
    assert not applied(shop)


async def test_an_armed_drop_gets_its_price_before_it_is_fired(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    assert (await sale.extend("cap-01", 60)).result is Result.REFUSED
    assert (await sale.change("cap-01", Wanted(sold_out=True))).why == "Linen cap is not on sale yet."
    shop.fault = always(503)
    assert (await sale.change("cap-01", CHEAPER)).result is Result.PENDING
    fired = await sale.fire("cap-01")  # else it might open at a price that nobody wants any more
    assert (fired.result, fired.why) == (Result.REFUSED, "A change of Linen cap is still on its way.")
    shop.fault = None
    await until(is_so(sale, price_minor=1500), what="the price")
    assert (await sale.fire("cap-01")).is_done
    assert (drop(sale).state, drop(sale).price_minor) == (DropState.OPEN, 1500)


async def test_the_next_run_begins_as_the_show_file_says(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    assert (await sale.change("cap-01", Wanted(price_minor=1500, stock=60))).is_done
    assert (await sale.close_drop("cap-01")).is_done
    assert drop(sale).price_minor == 1500
    assert (await sale.renew("cap-01")).is_done
    assert (drop(sale).price_minor, drop(sale).stock) == (1900, 50)
    assert (await sale.arm("cap-01")).is_done
    assert (await sale.change("cap-01", CHEAPER)).is_done
    assert (await sale.disarm("cap-01")).is_done
    assert (drop(sale).state, drop(sale).price_minor) == (DropState.DRAFT, 1900)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(price_minor=1900), "Linen cap costs 19.00 € already."),
        (Wanted(stock=2), "3 pieces are sold already: the stock cannot be 2."),
        (Wanted(sold_out=False), "Linen cap is not marked sold out already."),
    ],
)
async def test_what_cannot_be_is_refused_with_words_and_nothing_is_sent(
    begin: Begin, shop: FakeShop, wanted: Wanted, words: str
) -> None:
    sale = await on_sale(begin, shop)
    shop.sell("cap-01", 3)
    await until(is_so(sale, sold=3), what="the figures")
    outcome = await sale.change("cap-01", wanted)
    assert (outcome.result, outcome.why) == (Result.REFUSED, words)
    assert outcome.fix
    assert (await sale.change("mug-01", wanted)).why == "Mug is not armed."
    assert (await sale.change("hat-01", wanted)).result is Result.REFUSED
    assert not changed(shop)


async def test_the_same_change_again_while_it_is_on_its_way_is_refused(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    shop.fault = always(503)
    assert (await sale.change("cap-01", CHEAPER)).result is Result.PENDING
    assert (await sale.change("cap-01", CHEAPER)).why == "Just that is on its way already."
    assert (await sale.change("cap-01", Wanted(price_minor=1600))).result is Result.PENDING
    shop.fault = None
    await until(is_so(sale, price_minor=1600, wanted=AS_IT_IS, lamp=Lamp.CONFIRMED), what="the last one")
    assert applied(shop) == [1, 1]


async def test_marking_sold_out_never_expires(begin: Begin, shop: FakeShop) -> None:
    sale = await on_sale(begin, shop)
    await sale.change("cap-01", Wanted(sold_out=True))
    await sale.change("cap-01", Wanted(sold_out=False))
    ends = [json.loads(body).get("expiresat") for body in shop.bodies if b"drop.changed" in body]
    assert ends[0] is None
    assert ends[1] is not None


async def test_a_price_that_somebody_else_changed_at_the_shop_is_named(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await on_sale(begin, shop)
    with shop.changed:
        shop.drops["cap-01"]["price_minor"] = 1200
    shop.sell("cap-01")  # makes the console look
    await until(is_so(sale, price_minor=1200, lamp=Lamp.CHANGED), what="the shop's word")
    assert "costs 12.00 € now" in drop(sale).why
    assert journal.of("drop.changed")[-1]["price_minor"] == 1200


async def test_a_platform_without_an_api_is_changed_by_hand(begin: Begin) -> None:
    sale = await begin(ManualShop())
    for press in (sale.arm, sale.fire):
        await press("cap-01")
        await sale.confirm_by_hand("cap-01")
    ends = drop(sale).closes_at
    assert ends is not None
    for wanted in (CHEAPER, Wanted(stock=60)):
        assert (await sale.change("cap-01", wanted)).result is Result.PENDING
    assert (await sale.extend("cap-01", 60)).result is Result.PENDING
    assert (drop(sale).price_minor, drop(sale).lamp) == (1900, Lamp.WAITING)
    for _ in range(3):
        assert (await sale.confirm_by_hand("cap-01")).is_done
    cap = drop(sale)
    assert (cap.price_minor, cap.stock) == (1500, 60)
    assert cap.closes_at is not None
    assert abs(cap.closes_at - ends - timedelta(seconds=60)) < timedelta(milliseconds=1)  # the wire's own
    assert (cap.lamp, cap.wanted) == (Lamp.CLAIMED, AS_IT_IS)
    for held, state in ((True, DropState.SOLD_OUT), (False, DropState.OPEN)):
        await sale.change("cap-01", Wanted(sold_out=held))
        assert (await sale.confirm_by_hand("cap-01")).is_done
        assert drop(sale).state is state


def test_the_count_of_presses_is_never_set_back_by_what_was_shown_before(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.press([], drops=[DropRow("cap-01", 1, "open", presses=4, price_minor=1500, stock=60)])
    outbox.press([], drops=[DropRow("cap-01", 1, "open", presses=3)])
    (row,) = outbox.load("").drops
    assert (row.presses, row.price_minor, row.stock) == (4, 1500, 60)
    outbox.press([], drops=[DropRow("cap-01", 2, "draft", presses=5)])
    (row,) = outbox.load("").drops
    assert (row.presses, row.price_minor) == (5, None)  # what was changed, was changed for one run
    outbox.close()
