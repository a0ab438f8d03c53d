"""What to pack and hand out, and the orders as tables. Pure; amounts are minor units, times RFC 3339 in UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from console.contract import money
from console.contract.orders import OrderState
from console.core.clock import rfc3339
from console.core.sheet import Value, csv_text
from console.shop.goods import Order

TO_PICK: Final = (OrderState.PAID, OrderState.CONFIRMED)
ORDER_COLUMNS: Final = (
    "at", "number", "order", "drop", "run", "sku", "title", "variant", "quantity", "amount_minor", "currency",
    "source", "pool", "state", "paid_by", "paid_at", "handed_at", "changed_at",
)  # fmt: skip
PICK_COLUMNS: Final = ("drop", "sku", "what", "number", "quantity", "state", "to_pay_minor", "currency")


@dataclass(frozen=True, slots=True)
class Pile:
    """All orders of one kind that wait to be handed out."""

    what: str
    orders: tuple[Order, ...]

    @property
    def pieces(self) -> int:
        """How many to pack."""
        return sum(order.quantity for order in self.orders)


def piles(orders: Iterable[Order]) -> Sequence[Pile]:
    """What is paid or confirmed and not handed over, by kind; in each by pick-up number."""
    by_kind: dict[tuple[str, str, str], list[Order]] = {}
    for order in orders:
        if order.state in TO_PICK and order.handed_at is None:
            by_kind.setdefault((order.drop, order.sku, order.what), []).append(order)
    return [
        Pile(what, tuple(sorted(of, key=lambda order: order.pickup)))
        for (_, _, what), of in sorted(by_kind.items(), key=lambda pair: pair[0])
    ]


def to_pay(order: Order) -> str:
    """What is to be paid when it is handed over; "" when it is paid."""
    return "" if order.state is OrderState.PAID else money.format(order.amount_minor, order.currency)


def pick_csv(orders: Iterable[Order]) -> str:
    """The pick list as CSV."""
    rows: list[Sequence[Value]] = [
        (
            one.drop,
            one.sku,
            pile.what,
            one.pickup,
            one.quantity,
            one.state.value,
            0 if one.state is OrderState.PAID else one.amount_minor,
            one.currency,
        )
        for pile in piles(orders)
        for one in pile.orders
    ]
    return csv_text(PICK_COLUMNS, rows)


def orders_csv(orders: Iterable[Order]) -> str:
    """All orders as CSV."""
    return csv_text(ORDER_COLUMNS, map(_row, orders))


def orders_list(orders: Iterable[Order]) -> list[dict[str, Value]]:
    """All orders for other programs."""
    return [dict(zip(ORDER_COLUMNS, _row(order), strict=True)) for order in orders]


def _row(order: Order) -> Sequence[Value]:
    return (
        rfc3339(order.at),
        order.pickup,
        order.id,
        order.drop,
        order.run or order.told_run,
        order.sku,
        order.title,
        order.variant,
        order.quantity,
        order.amount_minor,
        order.currency,
        order.source,
        None if order.pool is None else order.pool.value,
        order.state.value,
        order.paid_by,
        None if order.paid_at is None else rfc3339(order.paid_at),
        None if order.handed_at is None else rfc3339(order.handed_at),
        rfc3339(order.changed_at),
    )
