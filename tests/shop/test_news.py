"""What pages are told of their own buyers' orders: each hears of its own alone, and where it stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.contract.events import EventType, Hold, Variant
from console.contract.orders import OrderState
from console.shop.news import News, OrderNews
from console.shop.sqlite_store import SqliteStore
from tests.shop.store_steps import Hand, about

KINDS = (Variant(sku="s", name="S", stock=1), Variant(sku="l", name="L", stock=1))


@pytest.fixture
def hand() -> Iterator[Hand]:
    store = SqliteStore(Path(":memory:"))
    yield Hand(store)
    store.close()


def look(hand: Hand, news: OrderNews) -> dict[str, News]:
    return news.look({drop.id: drop for drop in hand.store.drops()})


def test_a_change_is_news_for_its_own_buyer_alone_and_once(hand: Hand) -> None:
    hand.put_on_sale(stock=3)
    news = OrderNews(hand.store)
    first = hand.buy("a")
    assert set(look(hand, news)) == {"a"}
    hand.buy("b")
    assert look(hand, news) == {"b": News(2)}
    assert look(hand, news) == {}
    hand.store.pay(first.id, "cash", hand.at)
    assert look(hand, news) == {"a": News(3)}


def test_who_waits_hears_when_somebody_before_them_has_left_and_nobody_else_does(hand: Hand) -> None:
    hand.put_on_sale(stock=2, variants=KINDS, hold=Hold.RESERVE, hold_s=30, per_buyer=9)
    news = OrderNews(hand.store)
    for sku in ("s", "l"):
        hand.buy("holder", sku=sku)
    a, b, c = (hand.buy(buyer, sku="s", waits=True) for buyer in "abc")
    other = hand.buy("b", sku="l", waits=True)
    told = look(hand, news)
    assert {buyer: dict(one.ahead) for buyer, one in told.items()} == {
        "holder": {}, "a": {a.id: 0}, "b": {b.id: 1, other.id: 0}, "c": {c.id: 2}
    }  # fmt: skip
    hand.store.give_back(b.id, "b", hand.at)
    told = look(hand, news)
    assert {buyer: dict(one.ahead) for buyer, one in told.items()} == {"b": {other.id: 0}, "c": {c.id: 1}}


def test_a_shop_that_was_started_anew_knows_where_everybody_stands(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30)
    hand.buy("holder")
    waiting = [hand.buy(buyer, waits=True) for buyer in "ab"]
    told = look(hand, OrderNews(hand.store))
    assert told == {buyer: News(0, {order.id: n}) for n, (buyer, order) in enumerate(zip("ab", waiting, strict=True))}


def test_where_whoever_pays_first_has_the_piece_nobody_has_a_place(hand: Hand) -> None:
    hand.put_on_sale(stock=1, hold=Hold.FIRST_PAID)
    news = OrderNews(hand.store)
    hand.buy("a")
    hand.buy("b")
    assert {buyer: dict(one.ahead) for buyer, one in look(hand, news).items()} == {"a": {}, "b": {}}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["join", "give back", "void", "time"]), st.sampled_from("abcd")), max_size=25),
    st.integers(1, 4),
)
def test_whatever_happened_the_places_told_are_those_in_the_store(
    steps: list[tuple[str, str]], looks_every: int
) -> None:
    hand = Hand(SqliteStore(Path(":memory:")))
    hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=30, per_buyer=99)
    news, told = OrderNews(hand.store), dict[str, News]()
    orders = [hand.buy("a")]
    for number, (what, buyer) in enumerate(steps):
        mine = [order for order in orders if order.buyer == buyer]
        if what == "join" and hand.at == orders[0].at:
            orders.append(hand.buy(buyer, waits=True))
        elif what == "time":
            hand.wait(7)
        elif what == "give back" and mine:
            hand.store.give_back(mine[-1].id, buyer, hand.at)
        elif mine:
            hand.do(about(EventType.ORDERS_VOIDED, mine[0].id))
        if number % looks_every == 0:
            told |= look(hand, news)
    told |= look(hand, news)
    places = {id: ahead for one in told.values() for id, ahead in one.ahead.items()}
    assert places == {order.id: ahead for ahead, order in enumerate(hand.store.waiting())}
    assert all(hand.now(order).state is not OrderState.WAITING or order.id in places for order in orders)
    hand.store.close()
