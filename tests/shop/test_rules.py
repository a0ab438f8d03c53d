"""What events do to a drop, in any order and any number of times."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.contract import events
from console.contract.events import Changed, Event
from console.contract.orders import ShopState
from console.core.errors import UserError
from console.shop.goods import Drop
from console.shop.rules import Verdict, rule
from console.shop.sqlite_store import SqliteStore
from tests.shop.store_steps import AT, ENDS, OPENS, arm, change, close, disarm, open_


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
        ([arm(), open_(opens=OPENS)], Verdict.ACCEPTED, ShopState.COUNTDOWN),
        ([arm(), open_(opens=AT - timedelta(seconds=5))], Verdict.ACCEPTED, ShopState.OPEN),
        ([arm(), open_(opens=OPENS), open_()], Verdict.ACCEPTED, ShopState.COUNTDOWN),
        ([arm(), open_(opens=OPENS), arm()], Verdict.ACCEPTED, ShopState.COUNTDOWN),
        ([arm(), open_(opens=OPENS), arm(2)], Verdict.LATER, ShopState.COUNTDOWN),
        ([arm(), open_(opens=OPENS), disarm()], Verdict.GONE, ShopState.COUNTDOWN),
        ([arm(), open_(opens=OPENS), close()], Verdict.ACCEPTED, ShopState.CLOSED),
        ([arm(), open_(opens=OPENS), close(), open_(opens=OPENS)], Verdict.GONE, ShopState.CLOSED),
        ([arm(), open_(opens=OPENS), change(price_minor=1, stock=9)], Verdict.ACCEPTED, ShopState.COUNTDOWN),
        ([arm(), open_(opens=OPENS), change(sold_out=True)], Verdict.GONE, ShopState.COUNTDOWN),
    ],
)
def test_events_in_order_out_of_order_and_twice(many: list[Event], verdict: Verdict, state: ShopState) -> None:
    said, drop = after(*many)
    assert drop is not None
    assert (said, drop.state_at(AT)) == (verdict, state)


def test_a_countdown_ends_by_itself_and_what_comes_then_meets_an_open_drop() -> None:
    _, drop = after(arm(), open_(opens=OPENS))
    assert drop is not None
    before, just_then = OPENS - timedelta(milliseconds=1), OPENS
    assert [drop.state_at(at) for at in (before, just_then, ENDS)] == [
        ShopState.COUNTDOWN,
        ShopState.OPEN,
        ShopState.CLOSED,
    ]
    assert drop.status(before).opens_at == OPENS
    assert after(change(closes_at=ENDS + timedelta(seconds=9)), drop=drop, at=before)[0] is Verdict.GONE
    assert after(change(closes_at=ENDS + timedelta(seconds=9)), drop=drop, at=just_then)[0] is Verdict.ACCEPTED


@given(st.lists(st.floats(0, 90), min_size=2, max_size=9).map(sorted))
def test_time_alone_only_ever_leads_on(waits: list[float]) -> None:
    _, drop = after(arm(), open_(opens=OPENS))
    assert drop is not None
    way = [ShopState.COUNTDOWN, ShopState.OPEN, ShopState.CLOSED]
    seen = [way.index(drop.state_at(AT + timedelta(seconds=seconds))) for seconds in waits]
    assert seen == sorted(seen)


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
    drop = replace(drop, shelves=(replace(drop.shelves[0], left=1, held=1, sold=3),))
    ruling = rule(drop, change(price_minor=1500, stock=2), AT)
    assert (ruling.verdict, ruling.drop) == (Verdict.GONE, drop)
    assert ruling.why == "3 are sold already and 1 held: the stock cannot be 2."
    fewer = rule(drop, change(stock=4), AT).drop
    assert fewer is not None
    assert (fewer.stock, fewer.sold, fewer.held, fewer.left) == (4, 3, 1, 0)


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


def test_a_file_that_is_no_database_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite").write_bytes(b"this is not a database, but long enough to look like a page" * 9)
    with pytest.raises(UserError, match="cannot keep its orders"):
        SqliteStore(tmp_path / "shop.sqlite")
