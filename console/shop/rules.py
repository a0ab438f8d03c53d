"""What an event does to a drop, and when an order is taken. Pure: no clock, no I/O, no HTTP.

LATER means that the sender should try again (it came too early); GONE that it is refused for good.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from console.contract.events import Armed, Changed, Ended, Event, EventType, Hold, Opened
from console.contract.orders import OrderState, ShopState
from console.shop.goods import FIRST_STATE, HOLD_S, Drop, Order, Pool, Reason, Refused, Shelf, Terms, Wish

_FIRED = (ShopState.COUNTDOWN, ShopState.OPEN)


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
    drop = drop and _at(drop, now)
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


def _at(drop: Drop, now: datetime) -> Drop:
    """The drop with what time alone has done to it by `now`."""
    state = drop.state_at(now)
    if state is ShopState.CLOSED:
        return replace(drop, state=state)
    return replace(drop, state=ShopState.OPEN) if drop.state is ShopState.COUNTDOWN is not state else drop


def _arm(drop: Drop | None, data: Armed) -> Ruling:
    if drop is not None:
        if data.run < drop.run:
            return _older(drop, data.run)
        if data.run > drop.run and drop.state in _FIRED:
            return Ruling(Verdict.LATER, drop, f"Run {drop.run} is still open.")
        if data.run == drop.run and drop.state in _FIRED:
            return Ruling(Verdict.ACCEPTED, drop)  # a late copy: it is armed and more
        if data.run == drop.run and drop.state is ShopState.CLOSED:
            return Ruling(Verdict.GONE, drop, f"Run {drop.run} is closed. Renew the drop.")
    armed = Drop(
        id=data.drop,
        run=data.run,
        title=data.title,
        price_minor=data.price_minor,
        currency=data.currency,
        per_buyer=data.per_buyer,
        shelves=_shelves(data),
        state=ShopState.ARMED,
        terms=Terms(
            hold=data.hold or Hold.FIRM,
            hold_s=data.hold_s or HOLD_S,
            access=data.access,
            picture=data.picture,
            unlock=data.unlock,
            pay_url=data.pay_url,
            seller=data.seller or (),
            tax_note=data.tax_note or "",
        ),
    )
    return Ruling(Verdict.ACCEPTED, armed)


def _shelves(data: Armed) -> tuple[Shelf, ...]:
    """The pieces that arming sets aside: those there are, then those that are made afterwards."""
    live = [
        Shelf(kind.sku, Pool.LIVE, kind.stock, kind.stock, variant=kind.name, price_minor=kind.price_minor)
        for kind in data.variants or ()
    ] or [Shelf(data.drop, Pool.LIVE, data.stock, data.stock)]
    if not data.on_demand:
        return tuple(live)
    more = [replace(s, pool=Pool.ON_DEMAND, allotted=data.on_demand, left=data.on_demand) for s in live]
    return (*live, *more)


def _open(drop: Drop | None, data: Opened, now: datetime) -> Ruling:
    if drop is None or data.run > drop.run:
        return Ruling(Verdict.LATER, drop, "It is not armed here yet.")
    if data.run < drop.run:
        return _older(drop, data.run)
    match drop.state:
        case ShopState.COUNTDOWN | ShopState.OPEN:
            return Ruling(Verdict.ACCEPTED, drop)
        case ShopState.CLOSED:
            return Ruling(Verdict.GONE, drop, f"Run {drop.run} is closed. Renew the drop.")
        case ShopState.ARMED if data.closes_at <= now:
            return Ruling(Verdict.GONE, drop, "Its sale would already be over.")
        case ShopState.ARMED:
            opens_at = max(now, data.opens_at or now)  # one that comes after its countdown opens at once
            state = ShopState.COUNTDOWN if opens_at > now else ShopState.OPEN
            opened = replace(drop, state=state, opens_at=opens_at, closes_at=data.closes_at)
            return Ruling(Verdict.ACCEPTED, replace(opened, is_sold_out_by_hand=False))
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
    changed = replace(
        drop,
        price_minor=drop.price_minor if data.price_minor is None else data.price_minor,
        shelves=drop.shelves if data.stock is None else _restocked(drop, data.sku, data.stock),
        closes_at=drop.closes_at if data.closes_at is None else data.closes_at,
        is_sold_out_by_hand=drop.is_sold_out_by_hand if data.sold_out is None else data.sold_out,
    )
    return Ruling(Verdict.ACCEPTED, changed)


def _why_not_changed(drop: Drop, data: Changed, now: datetime) -> str:
    """Why these values are refused for good; empty when they are not."""
    if drop.state not in (ShopState.ARMED, *_FIRED):
        return f"Run {drop.run} is {drop.state}: there is nothing to change."
    if drop.state is not ShopState.OPEN and (data.closes_at, data.sold_out) != (None, None):
        return "It is not on sale yet: only its price and its stock can be changed."
    if data.closes_at is not None and data.closes_at <= now:
        return "The new end of the sale is over already."
    return "" if data.stock is None else _why_not_stocked(drop, data.sku, data.stock)


def _why_not_stocked(drop: Drop, sku: str | None, stock: int) -> str:
    """Why there cannot be so many pieces; empty when there can be."""
    if sku is None and len(drop.skus) > 1:
        return "It has several kinds: say of which one the stock is."
    if sku is not None and sku not in drop.skus:
        return f"It has no kind {sku}."
    of = [shelf for shelf in drop.shelves if shelf.sku == (sku or shelf.sku)]
    sold, held = sum(shelf.sold for shelf in of), sum(shelf.held for shelf in of)
    if any(shelf.left < 0 for shelf in _restocked(drop, sku, stock)):
        gone = f"{sold} {'is' if sold == 1 else 'are'} sold already" + (f" and {held} held" if held else "")
        return f"{gone}: the stock cannot be {stock}."
    return ""


def _restocked(drop: Drop, sku: str | None, stock: int) -> tuple[Shelf, ...]:
    """The shelves with `stock` pieces in all of that kind: what is made on demand stays, the live ones are the rest."""
    sku = sku or drop.skus[0]
    rest = stock - sum(s.allotted for s in drop.shelves if s.sku == sku and s.pool is not Pool.LIVE)
    return tuple(s.restocked(rest) if s.sku == sku and s.pool is Pool.LIVE else s for s in drop.shelves)


def _end(drop: Drop | None, data: Ended, *, is_sale: bool) -> Ruling:
    """Closings and disarmings are always accepted: what they ask for is true afterwards."""
    if drop is not None and data.run < drop.run:
        return Ruling(Verdict.ACCEPTED, drop)
    known = drop if drop is not None and drop.run == data.run else Drop(id=data.drop, run=data.run)
    if is_sale:
        return Ruling(Verdict.ACCEPTED, replace(known, state=ShopState.CLOSED, is_ended=True))
    if known.state in _FIRED:
        return Ruling(Verdict.GONE, drop, "It is fired: close it instead.")
    if known.state is ShopState.ARMED:
        known = replace(known, state=ShopState.DRAFT)
    return Ruling(Verdict.ACCEPTED, known)


def _older(drop: Drop, run: int) -> Ruling:
    return Ruling(Verdict.GONE, drop, f"Run {run} is over: run {drop.run} has begun.")


def refusal(drop: Drop | None, wish: Wish, *, bought: int, is_checkout_open: bool, now: datetime) -> Refused | None:
    """Why `wish` cannot be granted, or None. `bought`: pieces that this buyer has of this run already.

    Whether there is a piece is not asked here: the shelf itself says so when one is taken.
    """
    state = ShopState.DRAFT if drop is None else drop.state_at(now)
    if drop is None or state in (ShopState.DRAFT, ShopState.ARMED, ShopState.COUNTDOWN):
        return Refused(Reason.NOT_OPEN)
    if state is ShopState.CLOSED or not is_checkout_open:
        return Refused(Reason.CLOSED)
    sku = sku_of(drop, wish)
    if sku is None:
        return Refused(Reason.VARIANT)
    if wish.expected_price_minor not in (None, drop.price_of(sku)):
        return Refused(Reason.PRICE)
    if not _may_enter(drop, wish, now):
        return Refused(Reason.ACCESS)
    if drop.is_sold_out_by_hand:
        return Refused(Reason.SOLD_OUT)
    if bought + wish.quantity > drop.per_buyer:
        return Refused(Reason.LIMIT, limit=drop.per_buyer)
    return None


def sku_of(drop: Drop, wish: Wish) -> str | None:
    """The kind that is meant: the only one need not be named. None: there is no such kind."""
    if wish.sku is None:
        return drop.skus[0] if len(drop.skus) == 1 else None
    return wish.sku if wish.sku in drop.skus else None


def needs_code(drop: Drop, now: datetime) -> bool:
    """Whether only those who have a code may buy at `now`."""
    ends = code_until(drop)
    return drop.terms.access is not None and (ends is None or now < ends)


def code_until(drop: Drop) -> datetime | None:
    """When everybody may buy; None: not known yet, or whoever may buy may do so all the time."""
    access = drop.terms.access
    if access is None or access.early_s is None or drop.opens_at is None:
        return None
    return drop.opens_at + timedelta(seconds=access.early_s)


def code_to_use(drop: Drop, wish: Wish, now: datetime) -> str | None:
    """The digest of the code that this order uses up; None when it needs none, or one that is good for many."""
    access = drop.terms.access
    return wish.code if access is not None and access.is_once and needs_code(drop, now) else None


def asked(drop: Drop, wish: Wish, now: datetime) -> Order:
    """The order that is asked for, before a piece was taken. It has no id and no pick-up number yet."""
    sku = sku_of(drop, wish) or drop.id
    state = FIRST_STATE[drop.terms.hold]
    return Order(
        id="",
        drop=drop.id,
        run=drop.run,
        sku=sku,
        pool=None,
        buyer=wish.buyer,
        quantity=wish.quantity,
        amount_minor=wish.quantity * drop.price_of(sku),
        currency=drop.currency,
        source=wish.source,
        pickup="",
        state=state,
        at=now,
        changed_at=now,
        expires_at=held_until(drop, now) if state is OrderState.HELD else None,
        viewed_at=wish.viewed_at,
        title=drop.title,
        variant=drop.variant_of(sku),
    )


def held_until(drop: Drop, now: datetime) -> datetime:
    """When a reservation that begins now runs out."""
    return now + timedelta(seconds=drop.terms.hold_s)


def is_first_paid(drop: Drop) -> bool:
    """Whether its orders hold nothing until they are paid."""
    return drop.terms.hold is Hold.FIRST_PAID


def is_to_pay(order: Order, terms: Terms) -> bool:
    """Whether there is something to pay now: who waits in a line pays when it is their turn."""
    is_race = order.state is OrderState.WAITING and terms.hold is Hold.FIRST_PAID
    return is_race or order.state in (OrderState.HELD, OrderState.CONFIRMED)


def may_wait(drop: Drop, order: Order) -> bool:
    """Whether a piece may come back for this order: a reservation that is not paid."""
    return order.quantity <= most_to_wait_for(drop, order.sku)


def most_to_wait_for(drop: Drop, sku: str) -> int:
    """The most pieces of that kind that one order can wait for; 0 where nothing comes back."""
    return _within_reach(drop, sku) if drop.terms.hold is Hold.RESERVE else 0


def is_hopeless(drop: Drop | None, order: Order) -> bool:
    """Whether no piece can reach an order that waits: too few are left, or reserved by others."""
    return drop is None or order.quantity > _within_reach(drop, order.sku)


def is_wait_over(drop: Drop, now: datetime, *, is_checkout_open: bool) -> bool:
    """Whether nobody who waits is served any more: closed by a hand, or by its time with nothing to come back.

    Reservations run on when a sale has ended by its time, so what comes back still finds who waits for it.
    """
    if drop.is_ended or (is_first_paid(drop) and drop.state_at(now) is ShopState.CLOSED):
        return True
    return drop.state_at(now) is ShopState.CLOSED and not is_checkout_open


def _within_reach(drop: Drop, sku: str) -> int:
    """What one order could have of that kind if nothing that is held were paid."""
    return max((shelf.left + shelf.held for shelf in drop.shelves if shelf.sku == sku), default=0)


def _may_enter(drop: Drop, wish: Wish, now: datetime) -> bool:
    access = drop.terms.access
    return not needs_code(drop, now) or (access is not None and wish.code in access.digests)
