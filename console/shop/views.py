"""Drops and orders as those outside may see them. Pure but for the till's clock."""

from datetime import datetime
from typing import Any, Final

from console.contract import money, orders
from console.contract.orders import ShopState
from console.settings.money import minor_digits
from console.shop import rules
from console.shop.goods import Drop, Order
from console.shop.till import Till

_RANK: Final = {ShopState.OPEN: 0, ShopState.SOLD_OUT: 2, ShopState.CLOSED: 3}


def view(till: Till, drop: Drop) -> dict[str, Any]:
    """A drop as everybody may see it: the contract's state and what a page needs to show it."""
    now = till.now()
    left_s = (drop.closes_at - now).total_seconds() if drop.closes_at else None
    return {
        **drop.status(now).model_dump(mode="json"),
        "title": drop.title,
        "currency": drop.currency,
        "price": money.format(drop.price_minor, drop.currency),
        "minor_digits": minor_digits(drop.currency),
        "per_buyer": drop.per_buyer,
        "checkout": "open" if till.is_checkout_open else "closed",
        "closes_in_s": None if left_s is None else round(max(0.0, left_s), 3),
        "opens_in_s": None if drop.opens_at is None else round(max(0.0, (drop.opens_at - now).total_seconds()), 3),
        "hold": drop.terms.hold,
        "hold_s": drop.terms.hold_s,
        "needs_code": rules.needs_code(drop, now),
        "variants": [
            {**kind.model_dump(mode="json"), "price": money.format(kind.price_minor or 0, drop.currency)}
            for kind in drop.status(now).variants or ()
        ],
    }


def listed(till: Till) -> list[dict[str, Any]]:
    """Everything that is or was on sale as the list shows it: highlighted, open, to come, sold out, over."""
    now = till.now()

    def rank(drop: Drop) -> tuple[bool, int]:
        state = drop.state_at(now)
        return not (drop.id in till.highlighted and state is not ShopState.CLOSED), _RANK.get(state, 1)

    drops = [drop for id in till.drops if (drop := till.drop(id)) is not None]
    return [{**view(till, drop), "is_highlighted": not rank(drop)[0]} for drop in sorted(drops, key=rank)]


def order_view(order: Order, now: datetime) -> dict[str, Any]:
    """An order as its own buyer may see it."""
    left_s = None if order.expires_at is None else (order.expires_at - now).total_seconds()
    return {
        **wire_order(order).model_dump(mode="json"),
        "amount": money.format(order.amount_minor, order.currency),
        "pickup": order.pickup,
        "expires_in_s": None if left_s is None else round(max(0.0, left_s), 3),
    }


def wire_order(order: Order) -> orders.Order:
    """An order as the contract's stream holds it."""
    return orders.Order(
        id=order.id,
        drop=order.drop,
        run=order.run,
        quantity=order.quantity,
        amount_minor=order.amount_minor,
        currency=order.currency,
        source=order.source,
        state=order.state,
        at=order.at,
        sku=order.sku,
        viewed_at=order.viewed_at,
        expires_at=order.expires_at,
        changed_at=order.changed_at,
    )
