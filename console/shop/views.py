"""Drops and orders as those outside may see them. Loop thread: an order's view may wait for its terms and its offer."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from console.contract import money, orders
from console.contract.orders import OrderState, ShopState
from console.settings.money import minor_digits
from console.shop import rules
from console.shop.goods import Drop, Order
from console.shop.paying import Paying
from console.shop.till import Till

_RANK: Final = {ShopState.OPEN: 0, ShopState.SOLD_OUT: 2, ShopState.CLOSED: 3}


def view(till: Till, drop: Drop) -> dict[str, Any]:
    """A drop as everybody may see it: the contract's state and what a page needs to show it."""
    now = till.now()
    status = drop.status(now)
    return {
        **status.model_dump(mode="json"),
        **_room(drop, drop.skus[0] if drop.skus else drop.id),
        "title": drop.title,
        "currency": drop.currency,
        "price": money.format(drop.price_minor, drop.currency),
        "minor_digits": minor_digits(drop.currency),
        "per_buyer": drop.per_buyer,
        "checkout": "open" if till.is_checkout_open else "closed",
        "closes_in_s": _in_s(drop.closes_at, now),
        "opens_in_s": _in_s(drop.opens_at, now),
        "hold": drop.terms.hold,
        "hold_s": drop.terms.hold_s,
        "needs_code": rules.needs_code(drop, now),
        "open_to_all_in_s": _in_s(rules.code_until(drop), now) if rules.needs_code(drop, now) else None,
        "picture": drop.terms.picture and "/pictures/" + quote(drop.terms.picture, safe=""),
        "variants": [
            {
                **kind.model_dump(mode="json"),
                **_room(drop, kind.sku),
                "price": money.format(kind.price_minor or 0, drop.currency),
            }
            for kind in status.variants or ()
        ],
    }


def _room(drop: Drop, sku: str) -> dict[str, int]:
    """How many pieces of that kind one order can have, and how many it can wait for."""
    may_wait = not drop.is_sold_out_by_hand
    return {"most": drop.left_of(sku), "most_to_wait_for": rules.most_to_wait_for(drop, sku) if may_wait else 0}


def listed(till: Till) -> list[dict[str, Any]]:
    """Everything that is or was on sale as the list shows it: highlighted, open, to come, sold out, over."""
    now = till.now()

    def rank(drop: Drop) -> tuple[bool, int]:
        state = drop.state_at(now)
        return not (drop.id in till.highlighted and state is not ShopState.CLOSED), _RANK.get(state, 1)

    drops = [drop for id in till.drops if (drop := till.drop(id)) is not None]
    return [{**view(till, drop), "is_highlighted": not rank(drop)[0]} for drop in sorted(drops, key=rank)]


async def order_view(till: Till, order: Order, paying: Paying | None = None) -> dict[str, Any]:
    """An order as its own buyer may see it, as it was sold; with `paying` also how they can pay."""
    terms = await till.terms_of(order)
    offer = None if paying is None else await paying.offer(order, terms)
    return {
        **wire_order(order).model_dump(mode="json"),
        "title": order.title or order.drop,
        "kind": order.variant,
        "hold": terms.hold,
        "amount": money.format(order.amount_minor, order.currency),
        "pickup": order.pickup,
        "receipt": f"/r/{order.token}",
        "expires_in_s": _in_s(order.expires_at, till.now()) if order.state is OrderState.HELD else None,
        "ahead": till.news_of(order.buyer).ahead.get(order.id),
        "pay_url": offer and offer.address,
        "pay_words": offer and offer.words,
    }


def _in_s(at: datetime | None, now: datetime) -> float | None:
    """How long until then, seconds: phones count down by this, not by their own clocks."""
    return None if at is None else round(max(0.0, (at - now).total_seconds()), 3)


def wire_order(order: Order) -> orders.Order:
    """An order as the contract's stream holds it."""
    return orders.Order(
        id=order.id,
        drop=order.drop,
        run=order.run or order.told_run,
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
