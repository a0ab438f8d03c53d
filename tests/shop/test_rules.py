"""What events do to a drop, in any order and any number of times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.contract import events
from console.contract.events import Armed, Changed, Event
from console.contract.orders import ShopState
from console.core.errors import UserError
from console.core.ids import new_id
from console.shop.goods import Drop, Reason, Refused, Sold, Wish
from console.shop.rules import Verdict, rule
from console.shop.store import SqliteStore

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
ENDS = AT + timedelta(seconds=60)


def arm(run: int = 1, stock: int = 5) -> Event:
    data = Armed(drop="cap", run=run, title="Cap", price_minor=1900, currency="EUR", stock=stock, per_buyer=3)
    return events.drop_armed("s", data, id=new_id(), at=AT)


def open_(run: int = 1, ends: datetime = ENDS) -> Event:
    return events.drop_opened(
        "s", "cap", run=run, closes_at=ends, expires_at=AT + timedelta(seconds=10), id=new_id(), at=AT
    )


def change(run: int = 1, **what: object) -> Event:
    return events.drop_changed("s", Changed(drop="cap", run=run, **what), id=new_id(), at=AT)  # type: ignore[arg-type]


def close(run: int = 1) -> Event:
    return events.drop_closed("s", "cap", run=run, id=new_id(), at=AT)


def disarm(run: int = 1) -> Event:
    return events.drop_disarmed("s", "cap", run=run, id=new_id(), at=AT)


def after(*many: Event, drop: Drop | None = None, at: datetime = AT) -> tuple[Verdict, Drop | None]:
    verdict = Verdict.ACCEPTED
    for event in many:
        ruling = rule(drop, event, at)
        verdict = ruling.verdict
        if verdict is Verdict.ACCEPTED:
            drop = ruling.drop
    return verdict, drop


@pytest.mark.parametrize(
    ("many", "verdict", "state"),
    [
        ([arm()], Verdict.ACCEPTED, ShopState.ARMED),
        ([arm(), open_()], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), open_(), arm()], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), close(), open_()], Verdict.GONE, ShopState.CLOSED),
        ([close(), arm()], Verdict.GONE, ShopState.CLOSED),
        ([arm(), disarm()], Verdict.ACCEPTED, ShopState.DRAFT),
        ([arm(), disarm(), open_()], Verdict.LATER, ShopState.DRAFT),
        ([arm(), disarm(), arm(), open_()], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), open_(), disarm()], Verdict.GONE, ShopState.OPEN),
        ([arm(), open_(), arm(2)], Verdict.LATER, ShopState.OPEN),
        ([arm(), open_(), close(), arm(2), open_(2)], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(2), open_(1)], Verdict.GONE, ShopState.ARMED),
        ([arm(2), close(1)], Verdict.ACCEPTED, ShopState.ARMED),
        ([arm(1), open_(2)], Verdict.LATER, ShopState.ARMED),
        ([arm(), open_(), change(sold_out=True)], Verdict.ACCEPTED, ShopState.SOLD_OUT),
        ([arm(), open_(), change(stock=0)], Verdict.ACCEPTED, ShopState.SOLD_OUT),
        ([arm(), open_(), change(sold_out=True), change(sold_out=False)], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), open_(), close(), change(stock=9)], Verdict.GONE, ShopState.CLOSED),
        ([arm(stock=0), open_(), change(stock=9)], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), open_(), change(sold_out=True), change(stock=9)], Verdict.ACCEPTED, ShopState.SOLD_OUT),
        ([arm(), change(price_minor=1)], Verdict.ACCEPTED, ShopState.ARMED),
        ([arm(), change(sold_out=True)], Verdict.GONE, ShopState.ARMED),
        ([arm(), change(closes_at=ENDS)], Verdict.GONE, ShopState.ARMED),
        ([arm(), open_(), change(closes_at=AT)], Verdict.GONE, ShopState.OPEN),
        ([arm(2), change(1, stock=9)], Verdict.GONE, ShopState.ARMED),
        ([arm(1), change(2, stock=9)], Verdict.LATER, ShopState.ARMED),
        ([arm(), open_(ends=AT)], Verdict.GONE, ShopState.ARMED),
    ],
)
def test_events_in_order_out_of_order_and_twice(many: list[Event], verdict: Verdict, state: ShopState) -> None:
    said, drop = after(*many)
    assert drop is not None
    assert (said, drop.state_at(AT)) == (verdict, state)


def test_an_opening_before_its_arming_is_asked_for_again() -> None:
    assert after(open_()) == (Verdict.LATER, None)


def test_an_opening_that_has_expired_is_refused_for_good_and_nothing_opens() -> None:
    _, drop = after(arm())
    assert after(open_(), drop=drop, at=AT + timedelta(seconds=11)) == (Verdict.GONE, drop)


def test_a_change_that_has_expired_is_refused_for_good_and_nothing_changes() -> None:
    _, drop = after(arm(), open_())
    late = events.drop_changed("s", Changed(drop="cap", run=1, price_minor=1), id="late", at=AT, expires_at=AT)
    assert after(late, drop=drop) == (Verdict.GONE, drop)


def test_a_change_that_is_wrong_in_one_value_changes_nothing_and_says_which() -> None:
    _, drop = after(arm(), open_())
    assert drop is not None
    drop = replace(drop, left=2)
    ruling = rule(drop, change(price_minor=1500, stock=2), AT)
    assert (ruling.verdict, ruling.drop) == (Verdict.GONE, drop)
    assert ruling.why == "3 are sold already: the stock cannot be 2."
    assert rule(drop, change(stock=3), AT).drop == replace(drop, stock=3, left=0)


def test_what_was_changed_comes_back_in_the_state_and_what_was_never_armed_has_no_price() -> None:
    _, drop = after(arm(), open_(), change(price_minor=1500, stock=9, sold_out=True))
    assert drop is not None
    status = drop.status(AT)
    assert (status.price_minor, status.stock, status.sold_out, status.stock_left) == (1500, 9, True, 9)
    _, never = after(close())
    assert never is not None
    assert (never.status(AT).price_minor, never.status(AT).stock) == (None, None)


def test_a_sale_is_closed_at_its_time_whatever_was_said() -> None:
    _, drop = after(arm(), open_())
    assert drop is not None
    assert drop.state_at(ENDS) is ShopState.CLOSED
    assert after(change(closes_at=ENDS + timedelta(hours=1)), drop=drop, at=ENDS)[0] is Verdict.GONE


RUNS = st.integers(1, 3)
PRICES = st.sampled_from([1900, 1500, 2500])
STEPS = st.one_of(
    st.builds(arm, RUNS, st.integers(0, 6)),
    st.builds(open_, RUNS),
    st.builds(close, RUNS),
    st.builds(disarm, RUNS),
    st.builds(change, RUNS, stock=st.integers(0, 6)),
    st.builds(change, RUNS, sold_out=st.booleans()),
    st.builds(change, RUNS, price_minor=PRICES, stock=st.none() | st.integers(0, 9)),
    st.builds(change, RUNS, closes_at=st.integers(-5, 90).map(lambda s: AT + timedelta(seconds=s))),
    st.just(events.checkout_opened("s", id="co", at=AT)),
    st.builds(
        Wish,
        drop=st.sampled_from(["cap", "mug"]),
        key=st.sampled_from("abcdefgh"),
        fingerprint=st.just("f"),
        buyer=st.sampled_from("xyz"),
        quantity=st.integers(1, 4),
        expected_price_minor=st.none() | PRICES,
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([[], [arm(stock=6), open_()]]), st.lists(STEPS, max_size=40))
def test_whatever_comes_in_whatever_order_sold_and_left_make_the_stock(
    first: list[Event | Wish], steps: list[Event | Wish]
) -> None:
    store = SqliteStore(Path(":memory:"))
    store.apply(events.checkout_opened("s", id="first", at=AT), "d", AT)
    sold: dict[tuple[str, str], Sold] = {}
    for step in (*first, *steps):
        before = {drop.id: drop for drop in store.drops()}
        if isinstance(step, Wish):
            is_new = (step.drop, step.key) not in sold
            answer = store.order(step, AT)
            again = store.order(step, AT)
            assert answer == again or again == Refused(Reason.KEY_REUSED)
            if isinstance(answer, Sold):
                assert sold.setdefault((step.drop, step.key), answer) == answer
                if is_new:  # the price in force when it was taken, and the one that the buyer saw
                    price = before[step.drop].price_minor
                    assert answer.amount_minor == step.quantity * price
                    assert step.expected_price_minor in (None, price)
        else:
            answered = store.apply(step, "d", AT)
            assert answered.verdict is Verdict.LATER or store.apply(step, "d", AT) == answered
            if isinstance(step.data, Changed) and answered.verdict is not Verdict.ACCEPTED:
                assert {drop.id: drop for drop in store.drops()} == before  # refused: nothing of it is done
        for drop in store.drops():
            taken = sum(o.quantity for o in store.orders_after(0, limit=1_000) if o.run == drop.run)
            assert (drop.sold + drop.left, drop.sold) == (drop.stock, taken)
            assert drop.left >= 0
    assert {o.id for o in store.orders_after(0, limit=1_000)} == {o.id for o in sold.values()}
    store.close()


def test_an_id_that_comes_back_with_other_content_is_refused() -> None:
    store = SqliteStore(Path(":memory:"))
    event = arm()
    assert store.apply(event, "one", AT).verdict is Verdict.ACCEPTED
    assert store.apply(event, "two", AT).verdict is Verdict.GONE
    store.close()


def test_a_file_that_is_no_database_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite").write_bytes(b"this is not a database, but long enough to look like a page" * 9)
    with pytest.raises(UserError, match="cannot keep its orders"):
        SqliteStore(tmp_path / "shop.sqlite")
