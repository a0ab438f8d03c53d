"""A shop that contradicts itself is named, and one that only sells never is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commerce.contradictions import MOVES_STOCK, Witness, answers, between, within, yes_and_no
from console.commerce.shops.port import Answer, Verdict
from console.contract import events
from console.contract.events import Event, EventType
from console.contract.orders import DropStatus, ShopState, VariantStatus
from console.core.alarms import Alarms
from console.core.journal import MemoryJournal
from console.shop.goods import Shelf
from console.shop.rules import rule
from tests.commerce.conftest import Begin, client_for
from tests.commerce.fake_shop import FakeShop, _Handler, always
from tests.waiting import until

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
OPEN = DropStatus(id="cap-01", run=2, state=ShopState.OPEN, stock_left=38, sold=12)
YES, NO = Answer(Verdict.ACCEPTED, code=200), Answer(Verdict.REFUSED, code=410)
LATE = Answer(Verdict.REFUSED, why="It could not be delivered in time.")
GARBAGE, BUSY = Answer(Verdict.AGAIN, code=200), Answer(Verdict.AGAIN, code=503)
STATUSES = st.builds(
    DropStatus,
    id=st.just("cap-01"),
    run=st.integers(1, 3),
    state=st.sampled_from(ShopState),
    stock_left=st.none() | st.integers(0, 50),
    sold=st.integers(0, 50),
    held=st.none() | st.integers(0, 5),
    variants=st.none(),
)


def said(**changes: object) -> DropStatus:
    return OPEN.model_copy(update=changes)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (said(run=1), ("run 2", "run 1")),
        (said(sold=11, stock_left=39), ("12 sold", "11 sold")),
        (said(stock_left=43), ("50 pieces (12 sold, 38 left)", "55 pieces (12 sold, 43 left)")),
        (said(state=ShopState.ARMED), ("open, run 2, 12 sold, 38 left", "armed, run 2, 12 sold, 38 left")),
        (None, ("open, run 2, 12 sold, 38 left", "that it does not know it")),
    ],
)
def test_what_cannot_both_be_true_is_said_with_both(then: DropStatus | None, words: tuple[str, str]) -> None:
    assert between(OPEN, then) == words


@pytest.mark.parametrize(
    "then",
    [
        said(sold=13, stock_left=37),
        said(state=ShopState.SOLD_OUT, sold=50, stock_left=0),
        said(state=ShopState.CLOSED),
        said(run=3, state=ShopState.ARMED, sold=0, stock_left=20),
        said(stock_left=None),
    ],
)
def test_a_shop_that_goes_on_is_believed(then: DropStatus) -> None:
    assert between(OPEN, then) is None


def kind(sku: str = "s", **changes: int) -> VariantStatus:
    return VariantStatus(sku=sku, name=sku.upper(), stock=25, stock_left=19, sold=6).model_copy(update=changes)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (
            said(held=0, variants=(kind(), kind("l", stock_left=20))),
            ("25 pieces of L", "26 pieces of L (6 sold, 20 left)"),
        ),
        (said(held=2, stock=50), ("50 pieces", "52 pieces (12 sold, 2 held, 38 left)")),
        (said(held=0, stock=50, variants=(kind(),)), ("50 pieces (12 sold, 38 left)", "25 pieces of all kinds")),
        (said(held=0, stock=50, variants=(kind(), kind("l"))), None),
    ],
)
def test_an_answer_whose_pieces_do_not_add_up_contradicts_itself(
    then: DropStatus, words: tuple[str, str] | None
) -> None:
    assert within(then) == words


def test_pieces_that_move_from_one_kind_to_another_are_found() -> None:
    before = said(held=0, variants=(kind(), kind("l")))
    moved = said(held=0, variants=(kind(stock=24, stock_left=18), kind("l", stock=26, stock_left=20)))
    gone = said(held=0, variants=(kind("l"),))
    assert between(before, moved) == ("25 pieces of S (6 sold, 19 left)", "24 pieces of S (6 sold, 18 left)")
    assert between(before, gone) == ("25 pieces of S (6 sold, 19 left)", "nothing of it")
    assert between(before, said(held=0)) is None, "a shop need not tell its kinds each time"


def test_what_was_voided_or_refunded_may_be_in_stock_again_even_where_held_is_not_told() -> None:
    witness, fewer = Witness(), said(sold=11, stock_left=39)
    witness.state("cap-01", OPEN, on_its_way=[])
    witness.gave_back("cap-01")
    assert witness.state("cap-01", fewer, on_its_way=[]) == (None, False)
    found, _ = witness.state("cap-01", said(sold=10, stock_left=40), on_its_way=[])
    assert found == ("11 sold", "10 sold")
    witness = Witness()
    witness.state("cap-01", OPEN, on_its_way=[])
    witness.pressed("cap-01", EventType.ORDERS_VOIDED)
    assert witness.state("cap-01", fewer, on_its_way=[EventType.ORDERS_VOIDED]) == (None, False)


async def test_contradictions_are_read_back_after_a_restart(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    sale._name_contradiction("cap-01", ("12 sold", "11 sold"))
    found = sale.state.value.contradictions
    await sale.close()
    again = await begin(client_for(shop.url))
    assert again.state.value.contradictions == found
    assert found[0].words == "The shop contradicts itself about Linen cap: it said 12 sold, then 11 sold."


def test_a_stock_that_we_changed_is_no_contradiction() -> None:
    assert between(OPEN, said(stock_left=138), is_stock_ours=True) is None


@given(STATUSES, STATUSES)
def test_whatever_is_said_the_words_name_two_different_things(before: DropStatus, after: DropStatus) -> None:
    found = between(before, after)
    assert found is None or (found[0] != found[1] and all(found))
    assert between(before, before) is None
    assert between(before, after.model_copy(update={"run": before.run - 1})) is not None


@given(STATUSES.filter(lambda s: s.state is not ShopState.DRAFT and s.stock_left is not None), st.integers(1, 9))
def test_pieces_that_come_or_go_by_themselves_are_found(status: DropStatus, more: int) -> None:
    left = (status.stock_left or 0) + more
    grown = status.model_copy(update={"stock_left": left})
    assert between(status, grown) is not None
    assert between(grown, status) is not None


EVENTS = st.sampled_from(["arm", "open", "open", "close", "disarm", "more", "left", "held", "sold", "renew", "wait"])


@given(st.lists(EVENTS, max_size=40))
def test_the_embedded_shop_never_contradicts_itself(steps: list[str]) -> None:
    drop, witness, now, run = None, Witness(), NOW, 1
    for number, step in enumerate(steps):
        now += timedelta(seconds=1)
        run += step == "renew"
        event = _event(step, run, number, now)
        if event is not None:
            witness.pressed("cap-01", event.type)
            drop = rule(drop, event, now).drop
        elif step in ("left", "held", "sold") and drop is not None:
            drop = replace(drop, shelves=tuple(_one_more(shelf, step) for shelf in drop.shelves))
        elif step == "wait":
            now += timedelta(seconds=60)
        status = None if drop is None else drop.status(now)
        assert witness.state("cap-01", status, on_its_way=[]) == (None, False), (step, status)


def _one_more(shelf: Shelf, where: str) -> Shelf:
    """A piece goes from where most are to `where`: reserved, sold, or back because nobody paid."""
    places = {"left": shelf.left, "held": shelf.held, "sold": shelf.sold}
    most = max(places, key=lambda name: places[name])
    if not places[most]:
        return shelf
    places[most] -= 1
    places[where] += 1
    return replace(shelf, left=places["left"], held=places["held"], sold=places["sold"])


def _event(step: str, run: int, number: int, now: datetime) -> Event | None:
    """What we send for a step, if anything."""
    id, ended = f"e{number}", {"run": run, "id": f"e{number}", "at": now}
    armed = events.Armed(drop="cap-01", run=run, title="Cap", price_minor=1, currency="EUR", stock=5, per_buyer=1)
    match step:
        case "arm":
            return events.drop_armed("Show", armed, id=id, at=now)
        case "open":
            closes = now + timedelta(seconds=30)
            return events.drop_opened("Show", "cap-01", closes_at=closes, expires_at=closes, **ended)  # type: ignore[arg-type]
        case "more":
            return events.drop_changed("Show", events.Changed(drop="cap-01", run=run, stock=5 + number), id=id, at=now)
        case "close":
            return events.drop_closed("Show", "cap-01", **ended)  # type: ignore[arg-type]
        case "disarm":
            return events.drop_disarmed("Show", "cap-01", **ended)  # type: ignore[arg-type]
    return None


def test_a_contradiction_is_certain_when_it_comes_twice() -> None:
    witness = Witness()
    fewer = said(sold=11, stock_left=39)
    heard = [witness.state("cap-01", status, on_its_way=[]) for status in (OPEN, fewer, OPEN, fewer, fewer)]
    pair = ("12 sold", "11 sold")
    assert heard == [(None, False), (pair, False), (None, False), (pair, True), (None, False)]


def test_a_stock_is_ours_until_the_shop_was_asked_after_our_event_was_settled() -> None:
    witness = Witness()
    witness.state("cap-01", OPEN, on_its_way=[])
    witness.pressed("cap-01", EventType.DROP_CHANGED)
    assert witness.state("cap-01", OPEN, on_its_way=[EventType.DROP_CHANGED]) == (None, False)
    assert witness.state("cap-01", said(stock_left=88), on_its_way=[]) == (None, False)
    assert witness.state("cap-01", said(stock_left=99), on_its_way=[])[0] is not None
    assert EventType.DROP_OPENED not in MOVES_STOCK


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (NO, YES, ("no (410)", "yes (200)")),
        (GARBAGE, NO, ("yes (200)", "no (410)")),
        (YES, YES, None),
        (NO, NO, None),
        (BUSY, NO, None),
        (BUSY, YES, None),
        (GARBAGE, LATE, None),
    ],
)
def test_one_event_is_not_both_taken_and_refused(first: Answer, then: Answer, words: tuple[str, str] | None) -> None:
    assert answers(first, then) == words


def test_a_yes_beside_a_state_that_says_no_is_one_too() -> None:
    armed = replace(YES, status=said(state=ShopState.ARMED))
    assert yes_and_no(EventType.DROP_OPENED, 2, armed) == ("yes to Fire", "armed, run 2, 12 sold, 38 left")
    assert yes_and_no(EventType.DROP_OPENED, 2, replace(YES, status=OPEN)) is None
    assert yes_and_no(EventType.DROP_CHANGED, 2, armed) is None
    assert yes_and_no(EventType.CHECKOUT_OPENED, None, YES) is None
    assert yes_and_no(EventType.DROP_OPENED, 2, replace(NO, status=armed.status)) is None


@pytest.mark.slow
async def test_a_shop_that_takes_back_what_it_sold_is_an_alarm_with_both_words(
    begin: Begin, shop: FakeShop, journal: MemoryJournal, alarms: Alarms
) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    shop.sell("cap-01", 3)
    await until(lambda: sale.state.value.drops[0].sold == 3, what="three sold")
    with shop.changed:
        shop.drops["cap-01"].update(sold=1, stock_left=49)
    shop.orders.append({**shop.orders[0], "id": "again"})  # an order makes the console look
    await until(lambda: sale.state.value.contradictions, what="the contradiction")
    found = sale.state.value.contradictions[0]
    assert (found.title, found.first, found.then) == ("Linen cap", "3 sold", "1 sold")
    assert [alarm.kind for alarm in alarms.present.value] == ["shop.contradicts"]
    assert "3 sold" in alarms.present.value[0].what
    assert "1 sold" in alarms.present.value[0].what
    assert journal.of("shop.contradiction") == [{"drop": "cap-01", "first": "3 sold", "then": "1 sold"}]
    assert (await sale.close_drop("cap-01")).is_done
    assert not alarms.present.value, "over with the next press that the shop takes"


async def test_a_shop_that_says_yes_and_then_refuses_the_same_event_is_named(begin: Begin, shop: FakeShop) -> None:
    seen: list[str] = []

    def two_faced(handler: _Handler, when: str) -> bool:
        if when != "before":
            return False
        seen.append(handler.headers["Idempotency-Key"])
        return always(200, b"fine")(handler, when) if len(seen) == 1 else always(410)(handler, when)

    sale = await begin(client_for(shop.url))
    shop.fault = two_faced
    assert not (await sale.arm("cap-01")).is_done
    await until(lambda: sale.state.value.contradictions, what="the contradiction")
    assert len(set(seen)) == 1
    assert sale.state.value.contradictions[0].words.endswith("it said yes (200), then no (410).")


async def test_a_shop_that_takes_a_press_and_shows_it_undone_is_named(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    shop.fault = always(200, b'{"id": "cap-01", "run": 1, "state": "armed", "stock_left": 50, "sold": 0}')
    assert not (await sale.fire("cap-01")).is_done
    assert sale.state.value.contradictions[-1].first == "yes to Fire"
