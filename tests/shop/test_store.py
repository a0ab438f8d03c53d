"""The contract of every store: whatever comes in whatever order, no piece is lost, doubled or sold twice.

`STORES` names each implementation; all tests here run on all of them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.contract import events
from console.contract.codes import digest_of
from console.contract.events import Access, Changed, Event, EventType, Hold, Variant
from console.contract.orders import OrderState, ShopState
from console.core.ids import new_id
from console.shop.counter import CounterSale, Deed
from console.shop.goods import MOVES, Order, Reason, Refused, Wish
from console.shop.rules import Verdict
from console.shop.sqlite_store import SqliteStore
from console.shop.store import Store
from tests.shop.store_steps import (
    AT,
    ENDS,
    OPENS,
    Hand,
    about,
    arm,
    change,
    checkout,
    close,
    counter_closed,
    disarm,
    goods,
    open_,
    press,
    sale,
    stocked,
    wish,
)

STORES: dict[str, Callable[[], Store]] = {"sqlite": lambda: SqliteStore(Path(":memory:"))}


@pytest.fixture(params=STORES)
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    store = STORES[request.param]()
    yield Hand(store)
    assert store.books().wrong == ()
    store.close()


def test_a_firm_order_is_sold_until_it_is_paid_or_taken_back(hand: Hand) -> None:
    hand.put_on_sale(stock=2)
    first, second = hand.buy(), hand.buy()
    assert (first.state, hand.pieces) == (OrderState.CONFIRMED, (2, 0, 0))
    hand.wait(10_000)
    assert hand.now(first).state is OrderState.CONFIRMED
    hand.store.pay(first.id, "cash", hand.at)
    hand.do(about(EventType.ORDERS_VOIDED, first.id, second.id))
    assert [hand.now(o).state for o in (first, second)] == [OrderState.PAID, OrderState.VOID]
    assert (hand.now(first).paid_by, hand.pieces) == ("cash", (1, 0, 1))


def test_a_reservation_runs_out_and_its_piece_goes_to_whoever_waits_longest(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    holder = hand.buy("a")
    assert hand.refused("b") is Reason.SOLD_OUT
    second, third = hand.buy("b", waits=True), hand.buy("c", waits=True)
    assert (second.state, hand.drop.waiting) == (OrderState.WAITING, 2)
    assert [o.id for o in hand.store.waiting()] == [second.id, third.id]
    hand.wait(29)
    assert (hand.now(holder).state, hand.pieces) == (OrderState.HELD, (0, 1, 0))
    hand.wait(1)
    assert [hand.now(o).state for o in (holder, second, third)] == [
        OrderState.EXPIRED, OrderState.HELD, OrderState.WAITING
    ]  # fmt: skip
    assert hand.now(second).expires_at == hand.at + timedelta(seconds=30)
    assert hand.store.pay(second.id, "link", hand.at) == hand.now(second)
    assert hand.now(third).state is OrderState.EXPIRED  # nothing can come back any more
    assert (hand.pieces, hand.store.next_due()) == ((1, 0, 0), hand.drop.closes_at)
    assert isinstance(hand.store.pay(holder.id, "cash", hand.at), Refused)


def test_nobody_is_passed_over_in_the_waiting_list(hand: Hand) -> None:
    hand.put_on_sale(stock=2, hold=Hold.RESERVE, hold_s=30)
    holders = [hand.buy("a"), hand.buy("b")]
    two = hand.buy("c", 2, waits=True)
    hand.do(about(EventType.ORDERS_VOIDED, holders[0].id))
    assert (hand.now(two).state, hand.pieces) == (OrderState.WAITING, (0, 1, 1))
    assert hand.refused("d") is Reason.SOLD_OUT  # one is left, and somebody waits for it
    assert hand.buy("e", waits=True).state is OrderState.WAITING
    hand.do(about(EventType.ORDERS_VOIDED, holders[1].id))
    assert (hand.now(two).state, hand.pieces) == (OrderState.HELD, (0, 2, 0))


def test_who_waits_for_more_than_can_come_back_is_told_at_once(hand: Hand) -> None:
    hand.put_on_sale(stock=2, hold=Hold.RESERVE, hold_s=30)
    first, second = hand.buy("a"), hand.buy("b")
    two, one = hand.buy("c", 2, waits=True), hand.buy("d", waits=True)
    hand.store.pay(first.id, "cash", hand.at)
    assert [hand.now(o).state for o in (two, one)] == [OrderState.EXPIRED, OrderState.WAITING]
    hand.store.pay(second.id, "cash", hand.at)
    assert hand.now(one).state is OrderState.EXPIRED
    assert hand.refused("e", waits=True) is Reason.SOLD_OUT


@pytest.mark.parametrize("end", ["closed by hand", "checkout closed", "its time"])
def test_the_waiting_list_ends_with_the_sale_and_outlives_its_time_while_a_piece_may_come_back(
    hand: Hand, end: str
) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=90)
    holder, waiting = hand.buy("a"), hand.buy("b", waits=True)
    if end == "closed by hand":
        hand.do(close())
    elif end == "checkout closed":
        hand.do(checkout(False))
        hand.wait(60)
    else:
        hand.wait(60)
    is_over = end != "its time"
    assert hand.now(waiting).state is (OrderState.EXPIRED if is_over else OrderState.WAITING)
    assert hand.now(holder).state is OrderState.HELD  # a reservation runs on
    hand.wait(90)
    assert hand.now(holder).state is OrderState.EXPIRED
    assert hand.now(waiting).state is (OrderState.EXPIRED if is_over else OrderState.HELD)


def test_who_pays_first_has_the_piece_and_the_others_have_paid_nothing(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.FIRST_PAID)
    slow, quick = hand.buy("a"), hand.buy("b")
    assert (slow.state, hand.pieces) == (OrderState.WAITING, (0, 0, 1))
    assert isinstance(hand.store.pay(quick.id, "link", hand.at), Order)
    assert hand.store.pay(slow.id, "cash", hand.at) == Refused(Reason.MOVED)
    assert hand.refused("c") is Reason.SOLD_OUT
    assert [hand.now(o).state for o in (slow, quick)] == [OrderState.EXPIRED, OrderState.PAID]


def test_what_a_buyer_gives_back_goes_to_whoever_waits_and_only_their_own(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    holder, second, third = hand.buy("a"), hand.buy("b", waits=True), hand.buy("c", waits=True)
    assert hand.store.give_back(holder.id, "b", hand.at) == Refused(Reason.MOVED)
    assert hand.store.give_back("nobody", "b", hand.at) == Refused(Reason.MOVED)
    assert hand.pieces == (0, 1, 0)
    given = hand.store.give_back(holder.id, "a", hand.at)
    assert given == hand.store.give_back(holder.id, "a", hand.at) == hand.now(holder)
    assert [hand.now(o).state for o in (holder, second)] == [OrderState.VOID, OrderState.HELD]
    hand.store.give_back(third.id, "c", hand.at)
    assert (hand.now(third).state, hand.drop.waiting, hand.pieces) == (OrderState.VOID, 0, (0, 1, 0))
    hand.store.pay(second.id, "cash", hand.at)
    assert hand.store.give_back(second.id, "b", hand.at) == Refused(Reason.MOVED)


def test_a_firm_order_is_not_the_buyers_to_give_back(hand: Hand) -> None:
    hand.put_on_sale(stock=1)
    order = hand.buy("a")
    assert hand.store.give_back(order.id, "a", hand.at) == Refused(Reason.MOVED)
    assert hand.pieces == (1, 0, 0)


def test_a_buyer_finds_their_orders_of_every_run_and_nobody_elses(hand: Hand) -> None:
    hand.put_on_sale(stock=3)
    first, _ = hand.buy("a"), hand.buy("b")
    hand.do(close())
    hand.do(arm(2))
    hand.do(open_(2))
    second = hand.buy("a")
    assert hand.store.orders_of("a") == [first, second]
    assert hand.store.orders_of("c") == []
    assert hand.store.newest_change() == hand.store.orders_after(0, limit=9)[-1].seq == 3


def test_money_given_back_brings_the_piece_back_only_when_it_came_back(hand: Hand) -> None:
    hand.put_on_sale(stock=2)
    bought = [hand.buy("a"), hand.buy("b")]
    for order in bought:
        assert hand.store.refund(order.id, hand.at, returns=True) == Refused(Reason.MOVED)
        hand.store.pay(order.id, "card", hand.at)
    hand.store.refund(bought[0].id, hand.at, returns=True)
    assert hand.pieces == (1, 0, 1)
    hand.store.refund(bought[1].id, hand.at, returns=False)
    assert hand.pieces == (1, 0, 1)
    assert {hand.now(o).state for o in bought} == {OrderState.REFUNDED}
    assert hand.store.refund(bought[0].id, hand.at, returns=True) == Refused(Reason.MOVED)


def test_each_kind_has_its_own_pieces_and_its_own_price(hand: Hand) -> None:
    kinds = (Variant(sku="s", name="S", stock=1), Variant(sku="l", name="L", stock=2, price_minor=2100))
    hand.put_on_sale(stock=3, variants=kinds)
    assert hand.refused() is Reason.VARIANT
    assert hand.refused(sku="xl") is Reason.VARIANT
    assert [hand.buy(sku=sku).amount_minor for sku in ("s", "l")] == [1900, 2100]
    assert hand.refused("y", sku="s") is Reason.SOLD_OUT
    assert hand.refused("y", sku="l", expected_price_minor=1900) is Reason.PRICE
    assert hand.do(change(stock=9)).verdict is Verdict.GONE
    assert hand.do(change(stock=4, sku="s")).verdict is Verdict.ACCEPTED
    said = hand.drop.status(AT).variants
    assert said is not None
    assert [(kind.name, kind.stock, kind.stock_left) for kind in said] == [("S", 4, 3), ("L", 2, 1)]


def test_what_is_made_on_demand_is_sold_when_the_rest_is_gone(hand: Hand) -> None:
    hand.put_on_sale(stock=1, on_demand=2)
    assert [hand.buy(buyer).pool for buyer in "abc"] == ["live", "on_demand", "on_demand"]
    assert hand.refused("d") is Reason.SOLD_OUT
    hand.do(change(stock=4))
    assert (hand.buy("e").pool, hand.drop.stock, hand.drop.left) == ("live", 4, 0)


def test_a_code_lets_in_early_and_a_ticket_lets_in_once(hand: Hand) -> None:
    hand.put_on_sale(stock=9, access=Access(digests=(digest_of("LINEN24"),), early_s=20))
    assert hand.refused() is Reason.ACCESS
    assert hand.refused(code=digest_of("other")) is Reason.ACCESS
    assert [hand.buy(b, code=digest_of("linen-24")).state for b in "ab"] == [OrderState.CONFIRMED] * 2
    hand.wait(20)
    assert hand.buy("c").state is OrderState.CONFIRMED


def test_a_countdown_is_kept_and_opens_for_good_whatever_the_clock_does_then(hand: Hand) -> None:
    for event in (arm(), checkout(True), open_(opens=OPENS)):
        hand.do(event)
    assert (hand.drop.state, hand.drop.opens_at, hand.store.next_due()) == (ShopState.COUNTDOWN, OPENS, OPENS)
    assert hand.refused() is Reason.NOT_OPEN
    hand.at = OPENS
    assert hand.buy(key="at zero").quantity == 1  # before anybody has swept
    hand.wait(0)
    assert (hand.drop.state, hand.store.next_due()) == (ShopState.OPEN, ENDS)
    hand.at = AT  # somebody sets the clock back: what is open stays open
    assert hand.buy(key="set back").quantity == 1


def test_a_countdown_that_nobody_swept_is_over_with_its_sale(hand: Hand) -> None:
    for event in (arm(), checkout(True), open_(opens=OPENS)):
        hand.do(event)
    hand.wait(61)
    assert (hand.drop.state, hand.store.next_due()) == (ShopState.CLOSED, None)


def test_a_ticket_is_good_once_and_again_only_when_its_piece_went_back(hand: Hand) -> None:
    ticket = digest_of("T-1")
    hand.put_on_sale(stock=9, hold=Hold.RESERVE, hold_s=30, access=Access(digests=(ticket,), is_once=True))
    first = hand.buy("a", code=ticket)
    assert hand.refused("b", code=ticket) is Reason.CODE_USED
    hand.wait(30)
    assert hand.now(first).state is OrderState.EXPIRED
    second = hand.buy("b", code=ticket)
    hand.store.pay(second.id, "card", hand.at)
    hand.wait(29)
    assert hand.refused("c", code=ticket) is Reason.CODE_USED


def test_the_log_tells_each_change_once_and_as_it_was(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    first, second = hand.buy("a"), hand.buy("b", waits=True)
    hand.wait(30)
    hand.store.pay(second.id, "cash", hand.at)
    told = hand.store.orders_after(0, limit=99)
    assert [(one.order.id, one.order.state) for one in told] == [
        (first.id, OrderState.HELD),
        (second.id, OrderState.WAITING),
        (first.id, OrderState.EXPIRED),
        (second.id, OrderState.HELD),
        (second.id, OrderState.PAID),
    ]
    seqs = [one.seq for one in told]
    assert seqs == sorted(set(seqs))
    assert [one.seq for one in hand.store.orders_after(seqs[2], limit=1)] == seqs[3:4]
    assert hand.store.orders_after(10_000, limit=99) == told


def test_an_order_found_again_by_its_key_is_as_it_is_by_now(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    one = wish("a", key="k")
    first = hand.store.order(one, hand.at)
    hand.wait(30)
    again = hand.store.order(one, hand.at)
    assert isinstance(first, Order)
    assert isinstance(again, Order)
    assert (again.id, again.state) == (first.id, OrderState.EXPIRED)


def test_an_event_about_orders_of_a_run_that_never_was_is_refused_for_good(hand: Hand) -> None:
    hand.put_on_sale()
    order = hand.buy()
    assert hand.do(about(EventType.ORDERS_VOIDED, order.id, run=2)).verdict is Verdict.GONE
    assert hand.do(about(EventType.ORDERS_VOIDED, "nobody")).verdict is Verdict.ACCEPTED
    assert hand.now(order).state is OrderState.CONFIRMED


def test_an_id_that_comes_back_with_other_content_is_refused(hand: Hand) -> None:
    event = arm()
    assert hand.store.apply(event, "one", AT).verdict is Verdict.ACCEPTED
    assert hand.store.apply(event, "two", AT).verdict is Verdict.GONE


RUNS = st.integers(1, 3)
PRICES = st.sampled_from([1900, 1500, 2500])
HOLDS = st.sampled_from([None, Hold.RESERVE, Hold.FIRST_PAID])
PICKS = st.integers(0, 7)  # which of the orders so far
STEPS = st.one_of(
    st.builds(arm, RUNS, st.integers(0, 6), hold=HOLDS, hold_s=st.just(30), on_demand=st.sampled_from([None, 2])),
    st.builds(open_, RUNS),
    st.builds(close, RUNS),
    st.builds(disarm, RUNS),
    st.builds(checkout, st.booleans()),
    st.builds(change, RUNS, stock=st.integers(0, 6)),
    st.builds(change, RUNS, sold_out=st.booleans()),
    st.builds(change, RUNS, price_minor=PRICES, stock=st.none() | st.integers(0, 9)),
    st.builds(change, RUNS, closes_at=st.integers(-5, 90).map(lambda s: AT + timedelta(seconds=s))),
    st.builds(
        Wish,
        drop=st.sampled_from(["cap", "cap", "mug"]),
        key=st.sampled_from("abcdefghijkl"),
        fingerprint=st.just("f"),
        buyer=st.sampled_from("xyz"),
        quantity=st.integers(1, 4),
        expected_price_minor=st.none() | PRICES,
        waits=st.booleans(),
    ),
    st.builds(lambda n, run: stocked(goods(n), show_run=run), st.integers(0, 6), st.sampled_from("ab")),
    st.builds(lambda n: stocked(goods(n, drop="mug", sku="mug")), st.integers(0, 3)),
    st.builds(counter_closed),
    st.builds(sale, st.integers(1, 3), key=st.sampled_from("abcdef"), of=st.sampled_from(["cap", "mug"])),
    st.tuples(st.sampled_from(["pay", "refund", "return", "void", "paid", "give back", *Deed]), PICKS),
    st.tuples(st.just("wait"), st.integers(0, 40)),
)
Step = Event | Wish | CounterSale | tuple[str, int]
BEGINS: list[list[Event]] = [[], *([arm(stock=6, hold=hold, hold_s=30), open_()] for hold in (None, *Hold))]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(STORES)), st.sampled_from(BEGINS), st.lists(STEPS, max_size=40))
def test_whatever_comes_in_whatever_order_every_piece_is_in_one_place(
    name: str, first: list[Event], steps: list[Step]
) -> None:
    store = STORES[name]()
    store.apply(events.checkout_opened("s", id="first", at=AT), "d", AT)
    ids: dict[tuple[str, str], str] = {}
    at = AT
    for step in (*first, *steps):
        before = {drop.id: drop for drop in store.drops()}
        if isinstance(step, Wish):
            _order_twice(store, step, at, ids)
        elif isinstance(step, Event):
            answered = store.apply(step, "d", at)
            assert answered.verdict is Verdict.LATER or store.apply(step, "d", at) == answered
            if isinstance(step.data, Changed) and answered.verdict is not Verdict.ACCEPTED:
                assert {drop.id: drop for drop in store.drops()} == before  # refused: nothing of it is done
        elif isinstance(step, CounterSale):
            first_answer, again = store.press(step, at), store.press(step, at)
            assert first_answer == again or again == Refused(Reason.KEY_REUSED)
            if isinstance(first_answer, Order):
                ids[("/counter", step.key)] = first_answer.id
        elif step[0] == "wait":
            at += timedelta(seconds=step[1])
            store.tidy(at)
        elif ids:
            _handle(store, step[0], sorted(ids.values())[step[1] % len(ids)], at)
        books = store.books()
        assert books.wrong == ()
        assert books.sold + books.held + books.left == books.allotted
        due = store.next_due()
        store.tidy(at)
        assert due is None or due > at or store.next_due() != due
    _check_log(store, set(ids.values()))
    store.close()


def _order_twice(store: Store, step: Wish, at: datetime, ids: dict[tuple[str, str], str]) -> None:
    is_new = (step.drop, step.key) not in ids
    price = next((drop.price_minor for drop in store.drops() if drop.id == step.drop), None)
    answer, again = store.order(step, at), store.order(step, at)
    assert answer == again or again == Refused(Reason.KEY_REUSED)
    if isinstance(answer, Order):
        assert ids.setdefault((step.drop, step.key), answer.id) == answer.id
        if is_new:  # the price in force when it was taken, and the one that the buyer saw
            assert price is not None
            assert answer.amount_minor == step.quantity * price
            assert step.expected_price_minor in (None, price)


def _handle(store: Store, what: str, id: str, at: datetime) -> None:
    """Something is done to an order: it goes where it may go from where it is, or nothing happens."""
    before = store.order_of(id=id)
    assert before is not None
    if what == "pay":
        store.pay(id, "cash", at)
    elif what in list(Deed):
        store.press(press(Deed(what), id, by="card"), at)
    elif what in ("refund", "return"):
        store.refund(id, at, returns=what == "return")
    else:
        type = EventType.ORDERS_VOIDED if what == "void" else EventType.ORDERS_PAID
        store.apply(about(type, id, run=before.run or 1), new_id(), at)
    after = store.order_of(id=id)
    assert after is not None
    assert after.state is before.state or after.state in MOVES[before.state]


def _check_log(store: Store, ids: set[str]) -> None:
    """The log leads each order from its first state to the one that it is in, by moves that there are."""
    states: dict[str, OrderState] = {}
    for logged in store.orders_after(0, limit=10_000):
        order = logged.order
        assert order.id not in states or order.state in MOVES[states[order.id]]
        states[order.id] = order.state
    assert set(states) == ids
    for id, state in states.items():
        order_now = store.order_of(id=id)
        assert order_now is not None
        assert order_now.state is state
