"""What an event does to a drop, and when an order is taken. Pure: no clock, no I/O, no HTTP.

LATER means that the sender should try again (it came too early); GONE that it is refused for good.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from console.contract.events import Armed, Changed, Ended, Event, EventType, Opened
from console.contract.orders import ShopState
from console.shop.goods import Drop, Reason, Refused, Wish


class Verdict(StrEnum):
    """What becomes of an event."""

    ACCEPTED = "accepted"
    LATER = "later"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict, the drop as it is afterwards, and the reason when it was not accepted."""

    verdict: Verdict
    drop: Drop | None = None
    why: str = ""


def rule(drop: Drop | None, event: Event, now: datetime) -> Ruling:
    """What `event` does to `drop` (its newest run; None when it was never heard of) at `now`."""
    if event.has_expired(now):
        return Ruling(Verdict.GONE, drop, "It came after it had expired: the moment is over.")
    if drop is not None and drop.state_at(now) is ShopState.CLOSED:
        drop = replace(drop, state=ShopState.CLOSED)
    match event.data:
        case Armed() as data:
            return _arm(drop, data)
        case Opened() as data:
            return _open(drop, data, now)
        case Changed() as data:
            return _change(drop, data, now)
        case Ended() as data:
            return _end(drop, data, is_sale=event.type is EventType.DROP_CLOSED)
        case _:
            raise ValueError(f"{event.type} is not about a drop")


def _arm(drop: Drop | None, data: Armed) -> Ruling:
    if drop is not None:
        if data.run < drop.run:
            return _older(drop, data.run)
        if data.run > drop.run and drop.state is ShopState.OPEN:
            return Ruling(Verdict.LATER, drop, f"Run {drop.run} is still open.")
        if data.run == drop.run and drop.state is ShopState.OPEN:
            return Ruling(Verdict.ACCEPTED, drop)  # a late copy: it is armed and more
        if data.run == drop.run and drop.state is ShopState.CLOSED:
            return Ruling(Verdict.GONE, drop, f"Run {drop.run} is closed. Renew the drop.")
    armed = Drop(
        id=data.drop,
        run=data.run,
        title=data.title,
        price_minor=data.price_minor,
        currency=data.currency,
        stock=data.stock,
        per_buyer=data.per_buyer,
        left=data.stock,
        state=ShopState.ARMED,
    )
    return Ruling(Verdict.ACCEPTED, armed)


def _open(drop: Drop | None, data: Opened, now: datetime) -> Ruling:
    if drop is None or data.run > drop.run:
        return Ruling(Verdict.LATER, drop, "It is not armed here yet.")
    if data.run < drop.run:
        return _older(drop, data.run)
    match drop.state:
        case ShopState.OPEN:
            return Ruling(Verdict.ACCEPTED, drop)
        case ShopState.CLOSED:
            return Ruling(Verdict.GONE, drop, f"Run {drop.run} is closed. Renew the drop.")
        case ShopState.ARMED if data.closes_at <= now:
            return Ruling(Verdict.GONE, drop, "Its sale would already be over.")
        case ShopState.ARMED:
            return Ruling(
                Verdict.ACCEPTED, replace(drop, state=ShopState.OPEN, closes_at=data.closes_at, is_held=False)
            )
        case _:
            return Ruling(Verdict.LATER, drop, "It is not armed here.")


def _change(drop: Drop | None, data: Changed, now: datetime) -> Ruling:
    """New values, all of them or none: what is sold stays sold, and a sale ends in the time to come."""
    if drop is None or data.run > drop.run:
        return Ruling(Verdict.LATER, drop, "It is not armed here yet.")
    if data.run < drop.run:
        return _older(drop, data.run)
    why = _why_not_changed(drop, data, now)
    if why:
        return Ruling(Verdict.GONE, drop, why)
    stock = drop.stock if data.stock is None else data.stock
    changed = replace(
        drop,
        price_minor=drop.price_minor if data.price_minor is None else data.price_minor,
        stock=stock,
        left=stock - drop.sold,
        closes_at=drop.closes_at if data.closes_at is None else data.closes_at,
        is_held=drop.is_held if data.sold_out is None else data.sold_out,
    )
    return Ruling(Verdict.ACCEPTED, changed)


def _why_not_changed(drop: Drop, data: Changed, now: datetime) -> str:
    """Why these values are refused for good; empty when they are not."""
    if drop.state not in (ShopState.ARMED, ShopState.OPEN):
        return f"Run {drop.run} is {drop.state}: there is nothing to change."
    if drop.state is ShopState.ARMED and (data.closes_at, data.sold_out) != (None, None):
        return "It is not on sale yet: only its price and its stock can be changed."
    if data.stock is not None and data.stock < drop.sold:
        return f"{drop.sold} {'is' if drop.sold == 1 else 'are'} sold already: the stock cannot be {data.stock}."
    if data.closes_at is not None and data.closes_at <= now:
        return "The new end of the sale is over already."
    return ""


def _end(drop: Drop | None, data: Ended, *, is_sale: bool) -> Ruling:
    """Closings and disarmings are always accepted: what they ask for is true afterwards."""
    if drop is not None and data.run < drop.run:
        return Ruling(Verdict.ACCEPTED, drop)
    known = drop if drop is not None and drop.run == data.run else Drop(id=data.drop, run=data.run)
    if is_sale:
        return Ruling(Verdict.ACCEPTED, replace(known, state=ShopState.CLOSED))
    if known.state is ShopState.OPEN:
        return Ruling(Verdict.GONE, drop, "It is open: close it instead.")
    if known.state is ShopState.ARMED:
        known = replace(known, state=ShopState.DRAFT)
    return Ruling(Verdict.ACCEPTED, known)


def _older(drop: Drop, run: int) -> Ruling:
    return Ruling(Verdict.GONE, drop, f"Run {run} is over: run {drop.run} has begun.")


def refusal(drop: Drop | None, wish: Wish, *, bought: int, is_checkout_open: bool, now: datetime) -> Refused | None:
    """Why `wish` cannot be granted, or None. `bought`: pieces that this buyer has of this run already."""
    state = ShopState.DRAFT if drop is None else drop.state_at(now)
    if drop is None or state in (ShopState.DRAFT, ShopState.ARMED):
        return Refused(Reason.NOT_OPEN)
    if state is ShopState.CLOSED or not is_checkout_open:
        return Refused(Reason.CLOSED)
    if wish.expected_price_minor not in (None, drop.price_minor):
        return Refused(Reason.PRICE)
    if state is ShopState.SOLD_OUT:
        return Refused(Reason.SOLD_OUT)
    if bought + wish.quantity > drop.per_buyer:
        return Refused(Reason.LIMIT, limit=drop.per_buyer)
    if wish.quantity > drop.left:
        return Refused(Reason.SOLD_OUT, left=drop.left)
    return None
