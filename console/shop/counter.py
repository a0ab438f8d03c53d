"""The table in the room: what it sells, and what is done there to an order. Pure; money is integer minor units."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.contract.orders import OrderState
from console.shop.goods import Order

UNDO_WITHIN: Final = timedelta(seconds=120)
KEYS: Final = "/counter"  # whose keys its presses have; no drop can be named so
SOURCE: Final = "counter"
BY: Final = ("cash", "card")


@dataclass(frozen=True, slots=True)
class Good:
    """One kind that the counter sells. `stock` and `sold` are of this run of the show, `left` is what is there."""

    drop: str
    sku: str
    title: str
    variant: str
    price_minor: int
    currency: str
    stock: int
    sold: int
    left: int
    unlock: str = ""

    @property
    def what(self) -> str:
        """Its name with its kind."""
        return ", ".join(filter(None, (self.title, self.variant)))


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter as it stands: what it sells while it is open."""

    is_open: bool = False
    goods: tuple[Good, ...] = ()


class Deed(StrEnum):
    """What can be done to an order at the counter."""

    PAY = "pay"
    UNDO = "undo"  # it was not paid after all
    HAND = "hand"
    TAKE_BACK = "take_back"  # it was not handed over after all
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Keyed:
    """What is pressed once for its key. `fingerprint` tells whether a repeated key carries the same press."""

    key: str
    fingerprint: str

    @property
    def drop(self) -> str:
        """Keys of the counter are its own."""
        return KEYS


@dataclass(frozen=True, slots=True)
class Press(Keyed):
    """A press on an order."""

    deed: Deed
    order: str
    by: str = ""
    returns: bool = False


@dataclass(frozen=True, slots=True)
class CounterSale(Keyed):
    """Pieces of one kind sold and paid at the counter."""

    of: str
    sku: str
    quantity: int
    by: str
    expected_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in one way in one currency, and what of it was given back."""

    by: str
    currency: str
    count: int
    amount_minor: int
    refunds: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """An order with what its receipt says beside it. `unlock`: an address, or `file:` and a file of the shop."""

    order: Order
    seller: tuple[str, ...] = ()
    tax_note: str = ""
    unlock: str = ""


def may_undo(order: Order, now: datetime) -> bool:
    """Whether "paid" may still be taken back: pressed at a counter, just now, and nothing was handed over."""
    is_here = order.state is OrderState.PAID and order.paid_by in BY and order.run > 0
    is_fresh = order.paid_at is not None and now - order.paid_at <= UNDO_WITHIN
    return is_here and is_fresh and order.handed_at is None
