"""The counter's page in values: what it sells, whom it waits for, what came in. Pure; times as on the wall."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from console.contract import money
from console.contract.orders import OrderState
from console.settings.money import minor_digits
from console.shop.counter import Counter, Deed, Takings, may_undo
from console.shop.goods import Order, Reason, Refused

DAY_BEGINS: Final = 5  # o'clock: a show that ends after midnight is one day's


def day_of(now: datetime) -> datetime:
    """When the day of `now` began, by the clock on the wall."""
    here = now.astimezone()
    begins = here.replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    return begins if begins <= here else begins - timedelta(days=1)


def counter_view(counter: Counter) -> dict[str, Any]:
    """What the counter sells."""
    return {
        "is_open": counter.is_open,
        "goods": [
            {
                "drop": one.drop,
                "sku": one.sku,
                "what": one.what,
                "price_minor": one.price_minor,
                "minor_digits": minor_digits(one.currency),
                "price": money.format(one.price_minor, one.currency),
                "left": one.left,
                "sold": one.sold,
            }
            for one in counter.goods
        ],
    }


def order_row(order: Order, now: datetime) -> dict[str, Any]:
    """An order as the counter sees it, with what can be done to it."""
    left_s = None if order.expires_at is None else max(0.0, (order.expires_at - now).total_seconds())
    return {
        "id": order.id,
        "pickup": order.pickup,
        "what": f"{order.quantity} × {order.what}",
        "amount": money.format(order.amount_minor, order.currency),
        "state": order.state,
        "words": words_of(order),
        "left_s": None if left_s is None else round(left_s, 1),
        "can": [deed.value for deed in deeds(order, now)],
        "receipt": f"/r/{order.token}",
    }


def deeds(order: Order, now: datetime) -> Sequence[Deed]:
    """What can be done to the order, what is meant most often first."""
    if order.state in (OrderState.HELD, OrderState.CONFIRMED, OrderState.WAITING):
        return [Deed.PAY]
    if order.state is not OrderState.PAID:
        return []
    first = [Deed.HAND] if order.handed_at is None else [Deed.TAKE_BACK]
    return [*first, *([Deed.UNDO] if may_undo(order, now) else []), Deed.REFUND]


def words_of(order: Order) -> str:
    """Where the order is, for a person."""
    amount = money.format(order.amount_minor, order.currency)
    match order.state:
        case OrderState.PAID:
            paid = f"Paid {_way(order)}{_at(order.paid_at)}"
            return f"{paid}, handed over{_at(order.handed_at)}" if order.handed_at else paid
        case OrderState.REFUNDED:
            return f"Refunded{_at(order.changed_at)}"
        case OrderState.HELD:
            return f"Held, {amount} to pay"
        case OrderState.CONFIRMED:
            return f"{amount} to pay"
        case OrderState.WAITING:
            return f"No piece yet, {amount} to pay"
        case OrderState.VOID:
            return "Taken back"
        case _:
            return "Not paid in time: the piece went back"


def why_not(refused: Refused, order: Order | None) -> tuple[str, str]:
    """Why a press did nothing, and what to do now."""
    now = "" if order is None else f"It is now: {words_of(order)[:1].lower()}{words_of(order)[1:]}."
    match refused.reason:
        case Reason.CLOSED:
            return "The counter is closed.", "The director opens it in the console."
        case Reason.VARIANT:
            return "The counter does not sell this any more.", "Choose something else."
        case Reason.PRICE:
            return "The price has changed.", "Look at the new one, then press again."
        case Reason.SOLD_OUT if order is None:
            return f"Only {refused.left} left." if refused.left else "None is left.", "Sell fewer, or something else."
        case Reason.SOLD_OUT:
            return "Somebody else paid first: no piece is left.", "Take no money for it."
        case Reason.MOVED if order is not None and order.state is OrderState.WAITING:
            return "It waits for a piece: none has come back yet.", "Take no money for it."
        case Reason.UNPAID:
            return "It is not paid yet.", "Take the money first."
        case Reason.TOO_LATE:
            return "It is too late to take this back.", "Refund it instead."
        case Reason.KEY_REUSED:
            return "This press was another one before.", "Press again."
        case _:
            return f"Somebody else was quicker. {now}".strip(), "Take no money for it without looking again."


def takings_view(takings: Sequence[Takings]) -> list[dict[str, Any]]:
    """What is to be in the drawer and on the card reader."""
    return [
        {
            "by": one.by,
            "count": one.count,
            "amount": money.format(one.amount_minor, one.currency),
            "refunds": one.refunds,
            "refunded": money.format(one.refunded_minor, one.currency),
            "net": _signed(one.amount_minor - one.refunded_minor, one.currency),
        }
        for one in takings
    ]


def _signed(minor: int, currency: str) -> str:
    return ("−" if minor < 0 else "") + money.format(abs(minor), currency)


def _way(order: Order) -> str:
    return f"by {order.paid_by}" if order.paid_by else "elsewhere"


def _at(at: datetime | None) -> str:
    return "" if at is None else f" at {at.astimezone():%H:%M}"
