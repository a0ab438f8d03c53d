"""What a shop answers: the state of a drop, and its orders. Pure; money is integer minor units."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from console.contract.model import Answer, Currency, DropId, Instant, Minor, Pieces, Run, read, write


class ShopState(StrEnum):
    """Where a drop is, as the shop sees it."""

    DRAFT = "draft"
    ARMED = "armed"
    OPEN = "open"
    SOLD_OUT = "sold_out"
    CLOSED = "closed"


class DropStatus(Answer):
    """A drop as the shop holds it: the body of every 2xx to an event, and of GET /v1/drops/{id}.

    What can be changed while it is open comes back where the shop says it: `price_minor`, `stock` (sold and left
    together) and `sold_out` (marked so by hand). None: this shop does not say.
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


class CheckoutStatus(Answer):
    """What GET /v1/checkout answers, where a shop has it."""

    checkout: Literal["open", "closed"] | None = None


class Order(Answer):
    """One order, as it comes on the orders stream."""

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")
    drop: DropId
    run: Run
    quantity: int = Field(ge=1, le=1_000_000)
    amount_minor: Minor
    currency: Currency
    source: str = Field("", max_length=80)
    state: str = Field("paid", max_length=40)
    at: Instant


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
