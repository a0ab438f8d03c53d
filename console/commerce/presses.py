"""Presses as events, events as messages, and drops as they are taken up again after a restart. Pure but for new ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from console.commerce import drops
from console.commerce.outbox import DropRow, Message
from console.commerce.shops.wares import Wares
from console.commerce.state import Drop, DropState, Lamp, Variant, Wanted
from console.contract import events
from console.contract.codes import digest_of
from console.contract.counter import Goods, Stocked
from console.contract.events import Event, EventType, Listed
from console.core.ids import new_id
from console.settings import show as settings
from console.settings.money import Money
from console.settings.timing import SOLD_OUT, longest_s

PIECES: Final = TypeAdapter(tuple[int, int, tuple[Variant, ...], int | None])  # held, waiting, kinds, last price


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a press was made, on both clocks, and how long its opening may take (None: as long as it likes)."""

    at: datetime
    mono_ns: int
    open_within_s: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """An event of one press."""

    event: Event
    stamp: Stamp


def pieces_text(drop: Drop) -> str:
    """The pieces of a drop as the shop counted them last, and its last price, as they are kept."""
    return PIECES.dump_json((drop.held, drop.waiting, drop.variants, drop.last_price_minor)).decode()


def drop_of(item: settings.Drop) -> Drop:
    """A drop of the show file as a draft."""
    return Drop(
        id=item.id,
        title=item.title,
        price_minor=item.price.minor,
        currency=item.price.currency,
        stock=item.pieces_in_all,
        per_buyer=item.per_buyer,
        duration_s=longest_s(item.duration_s),
        is_until_sold_out=item.duration_s == SOLD_OUT,
        countdown_s=item.countdown_s,
        is_heard_by_viewers=item.heard == "viewers",
        variants=tuple(_planned(kind, item) for kind in item.variants),
    )


def _planned(kind: settings.Variant, item: settings.Drop) -> Variant:
    """A kind before the shop has heard of it: what is made on demand counts, as in the stock of all."""
    price_minor = item.price.minor if kind.price is None else kind.price.minor
    return Variant(kind.sku, kind.name, price_minor, kind.stock + item.on_demand)


def armed(show: settings.Show, drop: Drop, now: Stamp, wares: Wares, *, tickets: tuple[str, ...] = ()) -> Made:
    """ARM: everything as the show says it; what it does not say is not sent. Tickets go as digests alone.

    wares: what was brought to the shop.
    """
    planned = next(item for item in show.drops if item.id == drop.id)
    hold = events.Hold(show.hold_of(planned))
    data = events.Armed(
        drop=drop.id,
        run=drop.run,
        title=drop.title,
        price_minor=drop.price_minor,
        currency=drop.currency,
        stock=planned.pieces,
        per_buyer=drop.per_buyer,
        variants=tuple(map(_variant, planned.variants)) or None,
        on_demand=planned.on_demand or None,
        hold=None if hold is events.Hold.FIRM else hold,
        hold_s=planned.hold_s if hold is events.Hold.RESERVE else None,
        access=_access(planned, tickets),
        pay_url=show.shop.payment_link,
        picture=wares.picture,
        unlock=wares.unlock,
        **_on_receipts(show),
    )
    return Made(events.drop_armed(show.name, data, id=new_id(), at=now.at), now)


def _variant(kind: settings.Variant) -> events.Variant:
    price_minor = None if kind.price is None else kind.price.minor
    return events.Variant(sku=kind.sku, name=kind.name, stock=kind.stock, price_minor=price_minor)


def _access(planned: settings.Drop, tickets: tuple[str, ...]) -> events.Access | None:
    if planned.access is None:
        return None
    digests = tuple(dict.fromkeys(map(digest_of, tickets or planned.access.codes)))
    return events.Access(digests=digests, early_s=planned.access.early_s, is_once=bool(tickets))


def _on_receipts(show: settings.Show) -> dict[str, Any]:
    """What our own shop prints; another has receipts of its own."""
    is_ours = show.shop.kind == "embedded"
    return {"seller": show.shop.seller or None, "tax_note": show.shop.tax_note} if is_ours else {}


def opened(show: settings.Show, drop: Drop, now: Stamp) -> Made:
    """FIRE; the drop's opens_at and closes_at are what is asked for."""
    opens_at = drop.opens_at or now.at
    # Without a machine at the other end nothing is sent late: it may open until it would have closed.
    within_s = drop.duration_s if now.open_within_s is None else min(drop.duration_s, now.open_within_s)
    event = events.drop_opened(
        show.name,
        drop.id,
        run=drop.run,
        closes_at=drop.closes_at or opens_at + timedelta(seconds=drop.duration_s),
        expires_at=opens_at + timedelta(seconds=within_s),
        id=new_id(),
        at=now.at,
        opens_at=drop.opens_at,
    )
    return Made(event, now)


def changed(show: settings.Show, drop: Drop, wanted: Wanted, now: Stamp) -> Made:
    """New values for an armed or open drop.

    They expire as an opening does: a price is meant for the moment of the press, and one that arrives a minute later
    would surprise buyers and director alike. To be marked sold out only ends selling: like a closing it never expires.
    """
    data = events.Changed(drop=drop.id, run=drop.run, **asdict(wanted))
    expires_at = None
    if not wanted.sold_out:
        within_s = now.open_within_s
        expires_at = drop.closes_at if within_s is None else now.at + timedelta(seconds=within_s)
    return Made(events.drop_changed(show.name, data, id=new_id(), at=now.at, expires_at=expires_at), now)


def closed(show: settings.Show, drop: Drop, now: Stamp) -> Made:
    """CLOSE."""
    return Made(events.drop_closed(show.name, drop.id, run=drop.run, id=new_id(), at=now.at), now)


def disarmed(show: settings.Show, drop: Drop, now: Stamp) -> Made:
    """DISARM."""
    return Made(events.drop_disarmed(show.name, drop.id, run=drop.run, id=new_id(), at=now.at), now)


def about_orders(show: settings.Show, type: EventType, data: Listed, now: Stamp) -> Made:
    """VOID, or MARK PAID: the orders of one event."""
    made = events.orders_voided if type is EventType.ORDERS_VOIDED else events.orders_paid
    return Made(made(show.name, data, id=new_id(), at=now.at), now)


def checkout(show: settings.Show, now: Stamp, *, is_open: bool) -> Made:
    """Open or close the checkout; opening expires as a drop's opening does."""
    if not is_open:
        return Made(events.checkout_closed(show.name, id=new_id(), at=now.at), now)
    within_s = now.open_within_s
    expires_at = None if within_s is None else now.at + timedelta(seconds=within_s)
    return Made(events.checkout_opened(show.name, id=new_id(), at=now.at, expires_at=expires_at), now)


def highlighted(show: settings.Show, drops: Sequence[str], now: Stamp) -> Made:
    """Which drops stand first for buyers."""
    return Made(events.drops_highlighted(show.name, drops, id=new_id(), at=now.at), now)


def counter_stocked(show: settings.Show, show_run: str, unlocks: Mapping[str, str | None], now: Stamp) -> Made:
    """All that the counter sells, and that it is open. `unlocks`: what a paid order opens, by drop."""
    goods = tuple(one for planned in show.drops for one in _goods(planned, unlocks.get(planned.id)))
    data = Stocked(goods=goods, show_run=show_run, **_on_receipts(show))
    return Made(events.counter_stocked(show.name, data, id=new_id(), at=now.at), now)


def counter_closed(show: settings.Show, now: Stamp) -> Made:
    """The counter sells no more."""
    return Made(events.counter_closed(show.name, id=new_id(), at=now.at), now)


def _goods(planned: settings.Drop, unlock: str | None) -> Iterator[Goods]:
    """The kinds of a drop that the counter has pieces of."""
    at_counter = planned.counter_price or planned.price
    kinds: list[tuple[str, str | None, int, Money]] = [
        (
            kind.sku,
            kind.name,
            kind.counter_stock,
            kind.counter_price or planned.counter_price or kind.price or at_counter,
        )
        for kind in planned.variants
    ] or [(planned.id, None, planned.counter_stock, at_counter)]
    for sku, variant, stock, price in kinds:
        if stock:
            yield Goods(
                drop=planned.id,
                sku=sku,
                title=planned.title,
                variant=variant,
                price_minor=price.minor,
                currency=planned.price.currency,
                stock=stock,
                unlock=unlock,
            )


def message(made: Made, *, lane: str, number: int) -> Message:
    """The event as the outbox keeps it. `number` counts the lane's presses: one press, one intent."""
    event, stamp = made.event, made.stamp
    run = event.data.run if isinstance(event.data, events.OfADrop) else None
    deadline = None
    if event.expires_at is not None:
        deadline = stamp.mono_ns + int((event.expires_at - stamp.at).total_seconds() * 1e9)
    return Message(
        id=event.id,
        intent=f"{event.type.value}/{event.drop or ''}/{run or ''}/{number}",
        lane=lane,
        type=event.type.value,
        drop=event.drop,
        run=run,
        body=events.to_json(event),
        pressed_at=stamp.at,
        tried_at=stamp.at,
        expires_at=event.expires_at,
        deadline_mono_ns=deadline,
        is_fresh=True,
    )


def resumed(drop: Drop, row: DropRow, *, is_under_way: bool) -> Drop:
    """A drop as it was kept. What may have changed while nobody looked is in doubt until the shop says."""
    kept = replace(
        drop,
        run=row.run,
        state=DropState(row.state),
        stock_left=row.stock_left,
        sold=row.sold,
        closes_at=row.closes_at,
        opens_at=row.opens_at,
        room_lead_s=row.room_lead_s,
    )
    if kept.state is not DropState.DRAFT:  # a draft is as the show file says
        kept = replace(
            kept,
            price_minor=drop.price_minor if row.price_minor is None else row.price_minor,
            stock=drop.stock if row.stock is None else row.stock,
            is_held=row.is_held,
        )
        if row.pieces:
            held, waiting, variants, last_minor = PIECES.validate_json(row.pieces)
            kept = replace(kept, held=held, waiting=waiting, variants=variants, last_price_minor=last_minor)
    if is_under_way:
        return replace(kept, lamp=Lamp.WAITING)
    if kept.state in {DropState.DRAFT, DropState.CLOSED}:
        return kept
    why = "The console was started again."
    return drops.in_doubt(kept, why=why, fix="The shop is being asked how it stands.", lamp=Lamp.WAITING)
