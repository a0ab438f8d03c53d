"""What a shop answers: the state of a drop, and its orders. Pure; money is integer minor units."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from console.contract.model import (
    Answer,
    Currency,
    DropId,
    Instant,
    Minor,
    OrderId,
    Pieces,
    Run,
    Sku,
    read,
    write,
)


class ShopState(StrEnum):
    """Where a drop is, as the shop sees it. COUNTDOWN: it opens by itself at `opens_at`; nobody can buy before."""

    DRAFT = "draft"
    ARMED = "armed"
    COUNTDOWN = "countdown"
    OPEN = "open"
    SOLD_OUT = "sold_out"
    CLOSED = "closed"


class OrderState(StrEnum):
    """Where an order is. Others' shops may have states of their own."""

    WAITING = "waiting"  # no piece yet: in the waiting list, or whoever pays first
    HELD = "held"  # its pieces are reserved until `expires_at`
    CONFIRMED = "confirmed"  # firm: paid when it is collected
    PAID = "paid"
    VOID = "void"  # taken back unpaid
    EXPIRED = "expired"  # its reservation, or its wait, ran out
    REFUNDED = "refunded"


class VariantStatus(Answer):
    """One kind of a drop's product: sold + held + left make the stock."""

    sku: Sku
    name: str = Field("", max_length=80)
    price_minor: Minor | None = None
    stock: Pieces
    stock_left: Pieces
    held: Pieces = 0
    sold: Pieces = 0


class DropStatus(Answer):
    """A drop as the shop holds it: the body of every 2xx to an event, and of GET /v1/drops/{id}.

    What can be changed while it is open comes back where the shop says it: `price_minor`, `stock` (sold and left
    together) and `sold_out` (marked so by hand). None: this shop does not say.
    `held` pieces are reserved for buyers who have not paid; `waiting` orders wait for one to come back.
    """

    id: DropId
    run: Run
    state: ShopState = Field(strict=False)
    stock_left: Pieces | None = None
    sold: Pieces = 0
    closes_at: Instant | None = None
    price_minor: Minor | None = None
    stock: Pieces | None = None
    sold_out: bool | None = None
    held: Pieces | None = None
    waiting: Pieces | None = None
    variants: tuple[VariantStatus, ...] | None = Field(default=None, strict=False)
    opens_at: Instant | None = None


class CheckoutStatus(Answer):
    """What GET /v1/checkout answers, where a shop has it."""

    checkout: Literal["open", "closed"] | None = None


class Order(Answer):
    """One order, as it comes on the orders stream: again, under a new stream id, when its state has changed.

    `viewed_at`: when its buyer first saw the drop, where the page knows it. `expires_at`: how long it is held.
    `changed_at`: when it came to this state.
    """

    id: OrderId
    drop: DropId
    run: Run
    quantity: int = Field(ge=1, le=1_000_000)
    amount_minor: Minor
    currency: Currency
    source: str = Field("", max_length=80)
    state: str = Field("paid", max_length=40)
    at: Instant
    sku: Sku | None = None
    viewed_at: Instant | None = None
    expires_at: Instant | None = None
    changed_at: Instant | None = None


def status_from_json(body: bytes | str) -> DropStatus:
    """The drop's state that `body` holds. Raises ContractError with every fault."""
    return read(DropStatus, body)


def status_to_json(status: DropStatus) -> bytes:
    """The drop's state as JSON."""
    return write(status)


def checkout_from_json(body: bytes | str) -> CheckoutStatus:
    """The checkout's state that `body` holds. Raises ContractError with every fault."""
    return read(CheckoutStatus, body)


def order_from_json(body: bytes | str) -> Order:
    """The order that `body` holds. Raises ContractError with every fault."""
    return read(Order, body)


def order_to_json(order: Order) -> bytes:
    """The order as JSON."""
    return write(order)
