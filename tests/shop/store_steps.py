"""What the tests of a store do to it: events, wishes, and a drop on sale at a fixed moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from console.contract import events
from console.contract.counter import Goods, Stocked
from console.contract.events import Armed, Changed, Event, EventType, Listed
from console.core.ids import new_id
from console.shop.counter import CounterSale, Deed, Good, Press
from console.shop.goods import Drop, Order, Reason, Refused, Wish
from console.shop.rules import Verdict
from console.shop.store import EventAnswer, Store

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
OPENS = AT + timedelta(seconds=20)
ENDS = AT + timedelta(seconds=60)


def arm(run: int = 1, stock: int = 5, drop: str = "cap", **more: Any) -> Event:
    data: dict[str, Any] = {"title": "Cap", "price_minor": 1900, "currency": "EUR", "per_buyer": 3, **more}
    return events.drop_armed("s", Armed(drop=drop, run=run, stock=stock, **data), id=new_id(), at=AT)


def open_(run: int = 1, ends: datetime = ENDS, opens: datetime | None = None) -> Event:
    late = (opens or AT) + timedelta(seconds=10)
    return events.drop_opened("s", "cap", run=run, closes_at=ends, expires_at=late, id=new_id(), at=AT, opens_at=opens)


def change(run: int = 1, **what: Any) -> Event:
    return events.drop_changed("s", Changed(drop="cap", run=run, **what), id=new_id(), at=AT)


def close(run: int = 1) -> Event:
    return events.drop_closed("s", "cap", run=run, id=new_id(), at=AT)


def disarm(run: int = 1) -> Event:
    return events.drop_disarmed("s", "cap", run=run, id=new_id(), at=AT)


def checkout(is_open: bool) -> Event:
    made = events.checkout_opened if is_open else events.checkout_closed
    return made("s", id=new_id(), at=AT)


def about(type: EventType, *orders: str, run: int = 1, drop: str = "cap") -> Event:
    made = events.orders_voided if type is EventType.ORDERS_VOIDED else events.orders_paid
    return made("s", Listed(drop=drop, run=run, orders=orders), id=new_id(), at=AT)


def goods(stock: int = 5, *, drop: str = "cap", sku: str = "cap", price_minor: int = 1900, **more: Any) -> Goods:
    data: dict[str, Any] = {"title": "Cap", "currency": "EUR", **more}
    return Goods(drop=drop, sku=sku, price_minor=price_minor, stock=stock, **data)


def stocked(*of: Goods, show_run: str = "fri", **more: Any) -> Event:
    return events.counter_stocked("s", Stocked(goods=of, show_run=show_run, **more), id=new_id(), at=AT)


def counter_closed() -> Event:
    return events.counter_closed("s", id=new_id(), at=AT)


def sale(quantity: int = 1, *, key: str = "", by: str = "cash", **more: Any) -> CounterSale:
    what: dict[str, Any] = {"of": "cap", "sku": "cap", **more}
    return CounterSale(key or new_id(), "f", quantity=quantity, by=by, **what)


def press(deed: Deed, order: str, *, key: str = "", by: str = "", returns: bool = False) -> Press:
    return Press(key or new_id(), "f", deed, order, by=by, returns=returns)


def wish(buyer: str = "x", quantity: int = 1, *, key: str = "", **more: Any) -> Wish:
    return Wish(drop="cap", key=key or new_id(), fingerprint="f", buyer=buyer, quantity=quantity, **more)


@dataclass
class Hand:
    """A store and what is done to it, at a time that moves on by hand."""

    store: Store
    at: datetime = field(default=AT)

    def do(self, event: Event) -> EventAnswer:
        return self.store.apply(event, "d", self.at)

    def put_on_sale(self, **more: Any) -> None:
        for event in (arm(**more), checkout(True), open_()):
            assert self.do(event).verdict is Verdict.ACCEPTED

    def buy(self, buyer: str = "x", quantity: int = 1, **more: Any) -> Order:
        answer = self.store.order(wish(buyer, quantity, **more), self.at)
        assert isinstance(answer, Order), answer
        return answer

    def refused(self, buyer: str = "x", quantity: int = 1, **more: Any) -> Reason:
        answer = self.store.order(wish(buyer, quantity, **more), self.at)
        assert isinstance(answer, Refused), answer
        return answer.reason

    def press(self, deed: Deed, order: Order, **more: Any) -> Order:
        answer = self.store.press(press(deed, order.id, **more), self.at)
        assert isinstance(answer, Order), answer
        return answer

    def sell(self, quantity: int = 1, **more: Any) -> Order:
        answer = self.store.press(sale(quantity, **more), self.at)
        assert isinstance(answer, Order), answer
        return answer

    def not_pressed(self, one: Press | CounterSale) -> Reason:
        answer = self.store.press(one, self.at)
        assert isinstance(answer, Refused), answer
        return answer.reason

    @property
    def good(self) -> Good:
        return self.store.counter().goods[0]

    def now(self, order: Order) -> Order:
        found = self.store.order_of(id=order.id)
        assert found is not None
        return found

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.store.tidy(self.at)

    @property
    def drop(self) -> Drop:
        return self.store.drops()[0]

    @property
    def pieces(self) -> tuple[int, int, int]:
        """Sold, held, left."""
        return self.drop.sold, self.drop.held, self.drop.left
