"""States of the sale with kinds, reservations and unpaid orders as values, by the name of the state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.commerce.state import DropState, Lamp, Order, OrderList, Variant
from console.desk.view import Notice, Tone
from console.settings.show import Show

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

KINDS = (
    Variant("cap-s", "Small", 1900, 10, 0, 1, 9),
    Variant("cap-m", "Medium", 1900, 20, 12, 2, 6),
    Variant("cap-l", "Large", 2100, 20, 17, 0, 3),
)
PLANNED = Show.model_validate(
    {
        "name": "Friday drop",
        "shop": {"payment_link": "https://pay.example/{order}"},
        "drops": [
            {
                "id": "cap-01",
                "title": "Linen cap",
                "price": "19.00 EUR",
                "variants": [{"sku": kind.sku, "name": kind.name, "stock": kind.stock} for kind in KINDS],
                "access": {"codes": ["FRIENDS-26"], "early_s": 60},
            }
        ],
    }
)


def kinds(desk: "FakeDesk") -> None:
    """Three sizes on sale, reserved until they are paid, with codes at first."""
    ends = desk.clock.now() + timedelta(seconds=252)
    desk.with_drop(DropState.OPEN, closes_at=ends, lamp=Lamp.CONFIRMED, variants=KINDS, held=3, waiting=2, sold=18,
                   stock_left=29, last_price_minor=2400)  # fmt: skip
    desk.show.set(PLANNED)


def unpaid_orders(desk: "FakeDesk", count: int = 13) -> tuple[Order, ...]:
    now = desk.clock.now()
    return tuple(
        Order(
            f"o{n:04}", "cap-01", 1, 1 + n % 2, 1900 * (1 + n % 2), "EUR", "livestream",
            ("confirmed", "held", "confirmed")[n % 3], now - timedelta(seconds=240 - 9 * n), sku=KINDS[n % 3].sku,
        )
        for n in range(1, count + 1)
    )  # fmt: skip


def unpaid(desk: "FakeDesk") -> None:
    """The sale was stopped, and the orders since FIRE are looked through; one was paid meanwhile, one is void."""
    kinds(desk)
    desk.with_drop(DropState.CLOSED, lamp=Lamp.CONFIRMED, variants=KINDS, held=3, stock_left=29, sold=18)
    orders = unpaid_orders(desk)
    rows = (replace(orders[0], state="void"), replace(orders[1], state="paid"), *orders[2:])
    listed = OrderList((("cap-01", 1),), rows, frozenset({orders[4].id}))
    desk.sale.set(replace(desk.sale.value, stopped=(("cap-01", 1),), unpaid=orders[2:], listed=listed))


def stopped(desk: "FakeDesk") -> None:
    """The sale was stopped, and the banner offers to void what is unpaid."""
    unpaid(desk)
    desk.sale.set(replace(desk.sale.value, listed=None))
    what = "The sale is stopped. 11 orders since FIRE are unpaid, 304.00 €."
    desk.notice.set(Notice(what, "Void them if their price was wrong.", Tone.WAIT, offer="orders.list"))


ORDER_STATES: dict[str, Callable[["FakeDesk"], None]] = {"kinds": kinds, "unpaid": unpaid, "stopped": stopped}
