"""The counter as every store must keep it: what it sells, what is undone, and what the drawer should hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.contract.events import Hold, Variant
from console.contract.orders import OrderState
from console.shop.counter import UNDO_WITHIN, Deed
from console.shop.counter_views import deeds, words_of
from console.shop.goods import Order, Pool, Reason
from console.shop.rules import Verdict
from console.shop.views import wire_order
from tests.shop.store_steps import AT, Hand, arm, change, counter_closed, goods, press, sale, stocked
from tests.shop.test_store import STORES


@pytest.fixture(params=STORES)
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    store = STORES[request.param]()
    yield Hand(store)
    assert store.books().wrong == ()
    store.close()


def test_the_counter_sells_its_own_pieces_and_no_others(hand: Hand) -> None:
    hand.put_on_sale(stock=1)
    hand.do(stocked(goods(2)))
    sold = hand.sell(2, by="card")
    assert (sold.run, sold.pool, sold.state, sold.paid_by) == (0, Pool.COUNTER, OrderState.PAID, "card")
    assert (sold.amount_minor, sold.source, sold.told_run) == (3800, "counter", 1)
    assert sold.handed_at == hand.at
    assert hand.not_pressed(sale()) is Reason.SOLD_OUT
    assert hand.pieces == (0, 0, 1)
    assert hand.buy().pool is Pool.LIVE
    assert (hand.good.stock, hand.good.sold, hand.good.left) == (2, 2, 0)
    assert hand.store.books().allotted == 3


def test_the_counter_sells_what_was_never_on_a_drop_and_a_drop_is_armed_beside_it(hand: Hand) -> None:
    hand.do(stocked(goods(1)))
    assert hand.sell().told_run == 1
    assert hand.store.drops() == ()
    hand.do(arm(run=3))
    hand.do(stocked(goods(2)))
    told = wire_order(hand.sell())
    assert (told.run, told.source, told.state) == (3, "counter", "paid")
    assert hand.drop.stock == 5


def test_stock_is_absolute_and_never_less_than_what_is_sold(hand: Hand) -> None:
    hand.do(stocked(goods(5)))
    hand.sell(3)
    for stock, left in ((5, 2), (5, 2), (8, 5), (1, 0), (4, 1)):
        hand.do(stocked(goods(stock)))
        assert (hand.good.sold, hand.good.left) == (3, left)


def test_another_run_of_the_show_counts_anew(hand: Hand) -> None:
    hand.do(stocked(goods(5), show_run="friday"))
    hand.sell(3)
    hand.do(stocked(goods(4), show_run="saturday"))
    assert (hand.good.stock, hand.good.sold, hand.good.left) == (4, 0, 4)
    hand.sell(1)
    hand.do(stocked(goods(4), show_run="saturday"))
    assert (hand.good.stock, hand.good.sold, hand.good.left) == (4, 1, 3)


def test_what_is_not_named_any_more_is_not_sold_and_a_closed_counter_sells_nothing(hand: Hand) -> None:
    hand.do(stocked(goods(5), goods(5, drop="mug", sku="mug")))
    hand.do(stocked(goods(5, drop="mug", sku="mug")))
    assert hand.not_pressed(sale()) is Reason.VARIANT
    assert hand.do(counter_closed()).verdict is Verdict.ACCEPTED
    assert not hand.store.counter().is_open
    assert hand.not_pressed(sale(of="mug", sku="mug")) is Reason.CLOSED
    hand.do(stocked(goods(5, drop="mug", sku="mug", price_minor=900)))
    assert hand.not_pressed(sale(of="mug", sku="mug", expected_price_minor=1900)) is Reason.PRICE
    assert hand.sell(of="mug", sku="mug", expected_price_minor=900).amount_minor == 900


def test_the_same_press_is_done_once_and_another_under_its_key_is_refused(hand: Hand) -> None:
    hand.do(stocked(goods(5)))
    first = hand.sell(key="k")
    assert hand.sell(key="k") == first
    assert hand.good.left == 4
    assert hand.store.press(sale(key="k"), hand.at) == first
    other = press(Deed.PAY, first.id, key="k")
    assert hand.not_pressed(type(other)("k", "other", Deed.PAY, first.id)) is Reason.KEY_REUSED


def test_an_order_is_paid_and_handed_over_once_whoever_presses(hand: Hand) -> None:
    hand.put_on_sale()
    order = hand.buy()
    assert hand.not_pressed(press(Deed.HAND, order.id)) is Reason.UNPAID
    paid = hand.press(Deed.PAY, order, by="card")
    assert (paid.state, paid.paid_by, paid.paid_at) == (OrderState.PAID, "card", hand.at)
    assert hand.not_pressed(press(Deed.PAY, order.id, by="cash")) is Reason.MOVED  # the other tablet
    assert hand.press(Deed.HAND, order).handed_at == hand.at
    assert hand.not_pressed(press(Deed.HAND, order.id)) is Reason.MOVED
    assert hand.not_pressed(press(Deed.UNDO, order.id)) is Reason.TOO_LATE  # it is handed over
    assert hand.press(Deed.TAKE_BACK, order).handed_at is None
    assert hand.not_pressed(press(Deed.TAKE_BACK, order.id)) is Reason.MOVED
    assert hand.not_pressed(press(Deed.PAY, "nobody", by="cash")) is Reason.MOVED


def test_a_wrong_paid_is_taken_back_for_a_while_and_the_order_is_as_it_was(hand: Hand) -> None:
    hand.put_on_sale()
    order = hand.buy()
    hand.press(Deed.PAY, order, by="cash")
    undone = hand.press(Deed.UNDO, order)
    assert (undone.state, undone.paid_by, undone.paid_at) == (OrderState.CONFIRMED, "", None)
    hand.press(Deed.PAY, order, by="card")
    hand.at += UNDO_WITHIN + timedelta(seconds=1)
    assert hand.not_pressed(press(Deed.UNDO, order.id)) is Reason.TOO_LATE
    assert hand.press(Deed.REFUND, order, returns=True).state is OrderState.REFUNDED
    assert hand.not_pressed(press(Deed.PAY, order.id, by="cash")) is Reason.MOVED


def test_a_reservation_whose_payment_is_taken_back_is_held_long_enough_to_press_again(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    order = hand.buy()
    hand.wait(29)
    hand.press(Deed.PAY, order, by="cash")
    undone = hand.press(Deed.UNDO, order)
    assert (undone.state, undone.expires_at, hand.pieces) == (OrderState.HELD, hand.at + UNDO_WITHIN, (0, 1, 0))
    hand.wait(UNDO_WITHIN.total_seconds())
    assert hand.now(order).state is OrderState.EXPIRED
    assert hand.not_pressed(press(Deed.PAY, order.id, by="cash")) is Reason.MOVED


def test_a_first_payment_that_was_none_puts_the_piece_back_for_whoever_pays_first(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.FIRST_PAID)
    order = hand.buy()
    paid = hand.press(Deed.PAY, order, by="cash")
    assert Deed.UNDO in deeds(paid, hand.at)
    undone = hand.press(Deed.UNDO, order)
    assert (undone.state, undone.pool, undone.paid_by, hand.pieces) == (OrderState.WAITING, None, "", (0, 0, 1))
    assert hand.press(Deed.PAY, order, by="card").paid_by == "card"
    assert (hand.pieces, hand.store.books().wrong) == ((1, 0, 0), ())


def test_a_receipt_does_not_say_that_another_took_back_what_the_buyer_gave_back(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE)
    given = hand.store.give_back(hand.buy().id, "x", hand.at)
    assert isinstance(given, Order)
    assert words_of(given) == "Taken back"


@pytest.mark.parametrize("by", ["link", ""])
def test_what_was_not_paid_at_a_counter_is_not_undone_there(hand: Hand, by: str) -> None:
    hand.put_on_sale()
    order = hand.buy()
    hand.store.pay(order.id, by, hand.at)
    assert hand.not_pressed(press(Deed.UNDO, order.id)) is Reason.TOO_LATE


def test_a_sale_of_the_counter_is_refunded_and_its_piece_is_back_on_its_own_shelf(hand: Hand) -> None:
    hand.do(stocked(goods(2)))
    first, second = hand.sell(), hand.sell()
    assert hand.not_pressed(press(Deed.UNDO, first.id)) is Reason.TOO_LATE
    hand.press(Deed.REFUND, first, returns=True)
    hand.press(Deed.REFUND, second, returns=False)
    assert (hand.good.sold, hand.good.left) == (1, 1)


def test_the_takings_are_what_should_be_in_the_drawer(hand: Hand) -> None:
    hand.put_on_sale()
    hand.do(stocked(goods(9)))
    hand.sell(2)
    hand.sell(1, by="card")
    bought = hand.buy()
    hand.press(Deed.PAY, bought, by="cash")
    hand.press(Deed.UNDO, bought)
    back = hand.sell(1)
    hand.press(Deed.REFUND, back, returns=True)
    said = {one.by: one for one in hand.store.takings(AT)}
    assert (said["cash"].count, said["cash"].amount_minor, said["cash"].refunded_minor) == (2, 5700, 1900)
    assert (said["card"].count, said["card"].amount_minor, said["card"].refunds) == (1, 1900, 0)
    hand.at += timedelta(days=1)
    assert hand.store.takings(hand.at) == []
    hand.press(Deed.REFUND, hand.store.all_orders()[0], returns=False)  # yesterday's, given back today
    [today] = hand.store.takings(hand.at)
    assert (today.count, today.refunds, today.refunded_minor) == (0, 1, 3800)


def test_who_is_to_collect_is_listed_newest_first_until_it_is_handed_over(hand: Hand) -> None:
    hand.put_on_sale(variants=(Variant(sku="s", name="S", stock=5),))
    first, second, third = (hand.buy(buyer, sku="s") for buyer in "abc")
    hand.press(Deed.PAY, second, by="cash")
    hand.press(Deed.PAY, third, by="cash")
    hand.press(Deed.HAND, third)
    listed = hand.store.to_collect(limit=9)
    assert [(one.id, one.what) for one in listed] == [(second.id, "Cap, S"), (first.id, "Cap, S")]
    assert [one.id for one in hand.store.to_collect(limit=1)] == [second.id]


def test_a_receipt_is_found_by_its_token_alone_and_says_who_sold_it(hand: Hand) -> None:
    hand.put_on_sale(seller=("Studio Linen", "Street 1"), tax_note="No VAT.", unlock="https://clips.example/1")
    hand.do(stocked(goods(1, unlock="file:x"), seller=("The table",)))
    bought, sold = hand.buy(), hand.sell()
    assert bought.token != sold.token
    found = hand.store.receipt(bought.token)
    assert found is not None
    assert (found.order, found.seller) == (bought, ("Studio Linen", "Street 1"))
    assert (found.tax_note, found.unlock) == ("No VAT.", "https://clips.example/1")
    at_table = hand.store.receipt(sold.token)
    assert at_table is not None
    assert (at_table.order.id, at_table.seller, at_table.unlock) == (sold.id, ("The table",), "file:x")
    for wrong in ("", bought.id, bought.pickup, bought.token[:-1]):
        assert hand.store.receipt(wrong) is None


def test_a_change_of_a_drop_leaves_the_counter_alone(hand: Hand) -> None:
    hand.put_on_sale(stock=5)
    hand.do(stocked(goods(3)))
    hand.sell()
    hand.do(change(stock=9))
    hand.do(arm(run=2, stock=1))
    assert (hand.good.stock, hand.good.sold, hand.good.left) == (3, 1, 2)
