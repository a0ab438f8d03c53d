"""The drop events that cross the border to a shop: CloudEvents 1.0 documents, built and read. Pure, no I/O.

All values are absolute, so that an event that arrives twice changes nothing the second time.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import ConfigDict, Field, model_validator

from console.contract.counter import Lines, Stocked
from console.contract.errors import ContractError
from console.contract.model import Answer, Currency, DropId, Instant, Minor, OrderId, Pieces, Run, Sku, Wire, read
from console.core.clock import rfc3339

MEDIA_TYPE: Final = "application/cloudevents+json"
MOST_HIGHLIGHTED: Final = 3


class EventType(StrEnum):
    """What happened to a drop or the checkout."""

    DROP_ARMED = "drop.armed"
    DROP_OPENED = "drop.opened"
    DROP_CHANGED = "drop.changed"
    DROP_CLOSED = "drop.closed"
    DROP_DISARMED = "drop.disarmed"
    CHECKOUT_OPENED = "checkout.opened"
    CHECKOUT_CLOSED = "checkout.closed"
    ORDERS_VOIDED = "orders.voided"
    ORDERS_PAID = "orders.paid"
    DROPS_HIGHLIGHTED = "drops.highlighted"  # optional: a shop that has no such thing refuses it
    COUNTER_STOCKED = "counter.stocked"  # what the table in the room sells: only a shop with a counter knows it
    COUNTER_CLOSED = "counter.closed"

    @property
    def is_of_a_drop(self) -> bool:
        """True when its data names a drop."""
        return self.value.startswith("drop.")


class Hold(StrEnum):
    """When a piece is a buyer's: what an order does before it is paid."""

    FIRM = "firm"  # an order stands until it is collected and paid
    RESERVE = "reserve"  # an order holds its pieces for a while, then they go back
    FIRST_PAID = "first_paid"  # an order holds nothing: who pays first has the pieces


class Variant(Wire):
    """One kind of a drop's product (a size, a colour) with pieces of its own. Without a price it costs the drop's."""

    sku: Sku
    name: str = Field(min_length=1, max_length=80)
    stock: Pieces
    price_minor: Minor | None = None


class Access(Wire):
    """Who may buy: whoever has a code with one of these digests (SHA-256, hexadecimal, of the code in capitals).

    `early_s`: only so many seconds from the opening, then everybody. `is_once`: each code is good for one order.
    """

    digests: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...] = Field(
        min_length=1, max_length=500, strict=False
    )
    early_s: int | None = Field(default=None, ge=1, le=86_400)
    is_once: bool = False


class Armed(Wire):
    """Everything that the shop must reserve before the drop can open.

    What is absent is as it was before this could be said: one kind, firm orders, everybody may buy. `on_demand`:
    pieces that may be sold beyond the stock, and are made after the show. `unlock`: what a paid order opens.
    `pay_url`: where buyers pay; {order}, {amount}, {currency} and {pickup} are filled in. `seller`, `tax_note`: what
    stands on a receipt.
    """

    drop: DropId
    run: Run
    title: str = Field(min_length=1, max_length=200)
    price_minor: Minor
    currency: Currency
    stock: Pieces
    per_buyer: int = Field(ge=1, le=1_000_000)
    variants: tuple[Variant, ...] | None = Field(default=None, min_length=1, max_length=50, strict=False)
    on_demand: Pieces | None = None
    hold: Hold | None = Field(default=None, strict=False)
    hold_s: int | None = Field(default=None, ge=30, le=86_400)
    access: Access | None = None
    picture: str | None = Field(default=None, max_length=500)
    unlock: str | None = Field(default=None, max_length=500)
    pay_url: str | None = Field(default=None, max_length=500)
    seller: Lines | None = Field(default=None, strict=False)
    tax_note: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _variants_make_the_stock(self) -> Self:
        kinds = self.variants or ()
        if len({kind.sku for kind in kinds}) < len(kinds):
            raise ValueError("two variants have the same sku")
        if kinds and sum(kind.stock for kind in kinds) != self.stock:
            raise ValueError("the stocks of the variants do not make the stock")
        return self


class Opened(Wire):
    """The sale starts on arrival, or at `opens_at` where there is one, and ends at `closes_at`, by the shop's clock.

    With `opens_at` the shop opens by itself, whoever hears of it then; until then nobody can buy.
    """

    drop: DropId
    run: Run
    closes_at: Instant
    opens_at: Instant | None = None

    @model_validator(mode="after")
    def _it_opens_before_it_closes(self) -> Self:
        if self.opens_at is not None and self.opens_at >= self.closes_at:
            raise ValueError("opens_at must be before closes_at")
        return self


class Changed(Wire):
    """New absolute values of a drop; what is absent stays. `sold_out`: marked so by hand, whatever is left.

    `sku`: the variant that `stock` is of, in a drop that has variants.
    """

    drop: DropId
    run: Run
    sku: Sku | None = None
    price_minor: Minor | None = None
    stock: Pieces | None = None
    closes_at: Instant | None = None
    sold_out: bool | None = None

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if all(v is None for v in (self.price_minor, self.stock, self.closes_at, self.sold_out)):
            raise ValueError("a change must name at least one of price_minor, stock, closes_at, sold_out")
        if self.sku is not None and self.stock is None:
            raise ValueError("sku says of which variant the stock is: name the stock too")
        return self


class Ended(Wire):
    """The drop and its run: all that closing or disarming needs."""

    drop: DropId
    run: Run


class Listed(Wire):
    """Orders of one run. Those that cannot be voided, or paid, any more are passed over: the orders stream tells."""

    drop: DropId
    run: Run
    orders: tuple[OrderId, ...] = Field(min_length=1, max_length=1_000, strict=False)


class Highlighted(Wire):
    """The drops that stand first on the buyer's list, all of them: a later event is the whole truth again."""

    drops: tuple[DropId, ...] = Field(max_length=MOST_HIGHLIGHTED)


class NoData(Wire):
    """Checkout events carry nothing: they are about the whole shop."""


OfADrop = Armed | Opened | Changed | Ended | Listed
Data = OfADrop | Highlighted | Stocked | NoData

DATA: Final[Mapping[EventType, type[Data]]] = {
    EventType.DROP_ARMED: Armed,
    EventType.DROP_OPENED: Opened,
    EventType.DROP_CHANGED: Changed,
    EventType.DROP_CLOSED: Ended,
    EventType.DROP_DISARMED: Ended,
    EventType.CHECKOUT_OPENED: NoData,
    EventType.CHECKOUT_CLOSED: NoData,
    EventType.ORDERS_VOIDED: Listed,
    EventType.ORDERS_PAID: Listed,
    EventType.DROPS_HIGHLIGHTED: Highlighted,
    EventType.COUNTER_STOCKED: Stocked,
    EventType.COUNTER_CLOSED: NoData,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `id` is the same on every try; after `expires_at` it must not be sent or obeyed any more."""

    id: str
    type: EventType
    source: str
    at: datetime
    data: Data
    expires_at: datetime | None = None

    @property
    def drop(self) -> str | None:
        """The drop that it is about; None for what is about the whole shop."""
        return self.data.drop if isinstance(self.data, OfADrop) else None

    @property
    def subject(self) -> str | None:
        """`drops/{id}`; None for what is about the whole shop."""
        return f"drops/{self.drop}" if self.drop else None

    def has_expired(self, now: datetime) -> bool:
        """True when it may not be obeyed any more at `now`."""
        return self.expires_at is not None and now >= self.expires_at


class _Envelope(Answer):
    """What we need of a CloudEvent's own attributes; extension attributes that we do not know are fine."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")
    type: EventType = Field(strict=False)
    source: str = Field(pattern=r"^/shows/[a-z0-9-]{1,80}$")
    time: Instant
    subject: str | None = None
    expiresat: Instant | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]


def slug(name: str) -> str:
    """A show's name as it stands in `source`: lower case, digits and dashes, never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "show"


def source(show: str) -> str:
    """The `source` of every event of a show: `/shows/{slug}`."""
    return f"/shows/{slug(show)}"


def drop_armed(
    show: str,
    data: Armed,
    *,
    id: str,
    at: datetime,
) -> Event:
    """The event that asks the shop to check and reserve."""
    return Event(id, EventType.DROP_ARMED, source(show), at, data)


def drop_opened(
    show: str,
    drop: str,
    *,
    run: int,
    closes_at: datetime,
    expires_at: datetime,
    id: str,
    at: datetime,
    opens_at: datetime | None = None,
) -> Event:
    """The event that starts a sale; a shop that gets it after `expires_at` must not obey it."""
    data = Opened(drop=drop, run=run, closes_at=closes_at, opens_at=opens_at)
    return Event(id, EventType.DROP_OPENED, source(show), at, data, expires_at)


def drop_changed(show: str, data: Changed, *, id: str, at: datetime, expires_at: datetime | None = None) -> Event:
    """The event that gives a drop new values; a shop that gets it after `expires_at` must not obey it."""
    return Event(id, EventType.DROP_CHANGED, source(show), at, data, expires_at)


def drop_closed(show: str, drop: str, *, run: int, id: str, at: datetime) -> Event:
    """The event that ends a sale; it never expires."""
    return Event(id, EventType.DROP_CLOSED, source(show), at, Ended(drop=drop, run=run))


def drop_disarmed(show: str, drop: str, *, run: int, id: str, at: datetime) -> Event:
    """The event that gives back what arming reserved; it never expires."""
    return Event(id, EventType.DROP_DISARMED, source(show), at, Ended(drop=drop, run=run))


def checkout_opened(show: str, *, id: str, at: datetime, expires_at: datetime | None = None) -> Event:
    """The event that lets buyers pay."""
    return Event(id, EventType.CHECKOUT_OPENED, source(show), at, NoData(), expires_at)


def checkout_closed(show: str, *, id: str, at: datetime) -> Event:
    """The event that ends paying; it never expires."""
    return Event(id, EventType.CHECKOUT_CLOSED, source(show), at, NoData())


def orders_voided(show: str, data: Listed, *, id: str, at: datetime) -> Event:
    """The event that takes unpaid orders back; it never expires."""
    return Event(id, EventType.ORDERS_VOIDED, source(show), at, data)


def orders_paid(show: str, data: Listed, *, id: str, at: datetime) -> Event:
    """The event that says that the money for these orders is there; it never expires."""
    return Event(id, EventType.ORDERS_PAID, source(show), at, data)


def drops_highlighted(show: str, drops: Sequence[str], *, id: str, at: datetime) -> Event:
    """The event that says which drops stand first, MOST_HIGHLIGHTED at most; it never expires."""
    return Event(id, EventType.DROPS_HIGHLIGHTED, source(show), at, Highlighted(drops=tuple(drops)))


def counter_stocked(show: str, data: Stocked, *, id: str, at: datetime) -> Event:
    """The event that says what the counter sells, and opens it; it never expires."""
    return Event(id, EventType.COUNTER_STOCKED, source(show), at, data)


def counter_closed(show: str, *, id: str, at: datetime) -> Event:
    """The event that ends selling at the counter; it never expires."""
    return Event(id, EventType.COUNTER_CLOSED, source(show), at, NoData())


def to_json(event: Event) -> bytes:
    """The event as a structured-mode CloudEvents document (`MEDIA_TYPE`), always the same bytes."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type.value,
        "time": event.at,
        "datacontenttype": "application/json",
    }
    if event.subject:
        attributes["subject"] = event.subject
    if event.expires_at:
        attributes["expiresat"] = rfc3339(event.expires_at)
    data = event.data.model_dump(mode="json", exclude_none=True)
    return JSONFormat().write(CloudEvent(attributes, data))


def from_json(body: bytes | str) -> Event:
    """The event that `body` holds. Raises ContractError with every fault."""
    envelope = read(_Envelope, _attributes(body))
    data = read(DATA[envelope.type], json.dumps(envelope.data), where="data")
    event = Event(envelope.id, envelope.type, envelope.source, envelope.time, data, envelope.expiresat)
    if envelope.subject != event.subject:
        raise ContractError([f"subject: is {envelope.subject!r}, its data says {event.subject!r}"])
    return event


def _attributes(body: bytes | str) -> str:
    """The document as the CloudEvents library reads it, as JSON for our own model. Raises ContractError."""
    try:
        document = JSONFormat().read(CloudEvent, body)
        everything = {**document.get_attributes(), "data": document.get_data()}
        return json.dumps({k: _text(v) for k, v in everything.items()})
    except BaseCloudEventException as error:
        raise ContractError([str(error)]) from error
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
        raise ContractError([f"body: not a CloudEvents document ({error})"]) from error


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
