"""What the shop holds: drops and orders. Pure values; money is integer minor units, times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.contract.orders import DropStatus, ShopState


@dataclass(frozen=True, slots=True)
class Drop:
    """One run of a drop. `state` is what was told (never SOLD_OUT: that follows from what is left).

    Always sold + left = stock; `is_held` is the director's own "sold out".
    """

    id: str
    run: int
    title: str = ""
    price_minor: int = 0
    currency: str = "EUR"
    stock: int = 0
    per_buyer: int = 1
    left: int = 0
    state: ShopState = ShopState.DRAFT
    is_held: bool = False
    closes_at: datetime | None = None

    @property
    def sold(self) -> int:
        """Pieces sold in this run."""
        return self.stock - self.left

    def state_at(self, now: datetime) -> ShopState:
        """What buyers meet at `now`: a sale whose time is over is closed, whether or not anybody said so."""
        if self.state is not ShopState.OPEN:
            return self.state
        if self.closes_at is None or now >= self.closes_at:
            return ShopState.CLOSED
        return ShopState.SOLD_OUT if self.is_held or self.left == 0 else ShopState.OPEN

    def status(self, now: datetime) -> DropStatus:
        """The drop as the contract's answers hold it."""
        return DropStatus(
            id=self.id,
            run=self.run,
            state=self.state_at(now),
            stock_left=self.left,
            sold=self.sold,
            closes_at=self.closes_at,
            price_minor=self.price_minor if self.title else None,  # closed before it was ever armed: nobody knows
            stock=self.stock if self.title else None,
            sold_out=self.is_held,
        )


class Reason(StrEnum):
    """Why an order was refused, in one word for programs."""

    NOT_OPEN = "not_open"
    CLOSED = "closed"
    SOLD_OUT = "sold_out"
    LIMIT = "limit"
    PRICE = "price"  # the price changed after the buyer had seen it
    IN_FLIGHT = "in_flight"
    KEY_REUSED = "key_reused"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer asks for. `fingerprint` tells whether a repeated key carries the same wish."""

    drop: str
    key: str
    fingerprint: str
    buyer: str
    quantity: int
    source: str = ""
    expected_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """One order. `seq` counts up without gaps seen late; `pickup` is the number that the buyer shows."""

    seq: int
    id: str
    drop: str
    run: int
    buyer: str
    quantity: int
    amount_minor: int
    currency: str
    source: str
    pickup: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that was not taken; `limit` and `left` are pieces, for the words."""

    reason: Reason
    limit: int = 0
    left: int = 0
