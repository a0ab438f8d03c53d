"""An order from the journal's entries about it: as it stood last, at the time when it came first. Pure."""

from datetime import datetime

from console.contract.standing import Standing, standing_of
from console.show.entries import Entry
from console.show.fields import moment, text, whole
from console.show.records import Order


def order_of(entry: Entry, first: Order | None, id: str) -> Order:
    """The order that an entry tells of, after what was known `first` of it."""
    fields = entry.fields
    at = first.at if first else moment(fields, "at_") or entry.at
    order = Order(
        at,
        id,
        text(fields, "drop") or (first.drop if first else ""),
        whole(fields, "run") or (first.run if first else 1),
        _or(whole(fields, "quantity"), first.quantity if first else 1),
        _or(whole(fields, "amount_minor"), first.amount_minor if first else 0),
        text(fields, "currency") or (first.currency if first else ""),
        text(fields, "source") or (first.source if first else ""),
        text(fields, "state") or (first.state if first else ""),
        moment(fields, "viewed_at") or (first.viewed_at if first else None),
    )
    order.paid_at = _paid_at(entry, first, order)
    return order


def _paid_at(entry: Entry, first: Order | None, order: Order) -> datetime | None:
    """When it became paid: as the shop says it, else when it was told; None while it is not."""
    if standing_of(order.state) is not Standing.PAID:
        return None
    told = order.at if first is None else first.paid_at or entry.at
    return max(order.at, moment(entry.fields, "changed_at") or told)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
