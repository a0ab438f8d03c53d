"""What fulfilling orders costs, from the ops person's rates; the rates travel in the journal. Pure.

Amounts are integer minor units. An order that counts is taken as if it were paid and sent; one that does not costs
nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from console.settings.fulfilment import Fulfilment
from console.settings.money import Money
from console.show.fields import number, text, whole
from console.show.records import Order


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates as numbers. Without a currency they are a share of the amount alone, and fit every order."""

    currency: str = ""
    per_order_minor: int = 0
    per_piece_minor: int = 0
    shipping_minor: int = 0
    payment_percent: float = 0.0
    payment_fixed_minor: int = 0

    @classmethod
    def of(cls, fulfilment: Fulfilment) -> "Rates":
        """The rates of a show's settings."""
        return cls(
            fulfilment.currency,
            _minor(fulfilment.per_order),
            _minor(fulfilment.per_piece),
            _minor(fulfilment.shipping),
            fulfilment.payment_percent,
            _minor(fulfilment.payment_fixed),
        )

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "Rates":
        """The rates of a journal's entry; what is missing or damaged costs nothing."""
        return cls(
            text(fields, "currency"),
            max(0, whole(fields, "per_order_minor") or 0),
            max(0, whole(fields, "per_piece_minor") or 0),
            max(0, whole(fields, "shipping_minor") or 0),
            min(100.0, max(0.0, number(fields, "payment_percent") or 0.0)),
            max(0, whole(fields, "payment_fixed_minor") or 0),
        )

    def as_fields(self) -> dict[str, object]:
        """As an entry of the journal carries them."""
        return asdict(self)

    def cost_minor(self, order: Order) -> int | None:
        """What an order costs; 0 for one that does not count, None where the rates are in another currency."""
        if not order.counts:
            return 0
        if self.currency not in ("", order.currency):
            return None
        share = Decimal(order.amount_minor) * Decimal(str(self.payment_percent)) / 100
        fixed = self.per_order_minor + self.shipping_minor + self.payment_fixed_minor
        return fixed + order.quantity * self.per_piece_minor + int(share.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Margin:
    """What orders bring and cost."""

    orders: int
    revenue_minor: int
    cost_minor: int

    @property
    def margin_minor(self) -> int:
        """What is left of the revenue; less than nothing when the orders cost more."""
        return self.revenue_minor - self.cost_minor

    @property
    def per_order_minor(self) -> int | None:
        """The cost of an order on average; None of none."""
        return round(self.cost_minor / self.orders) if self.orders else None


def margin_of(orders: Iterable[Order], rates: Rates | None) -> Margin | None:
    """The margin of the orders that count; None without rates, or when they do not fit one of the orders."""
    if rates is None:
        return None
    counted = [(order, rates.cost_minor(order)) for order in orders if order.counts]
    costs = [cost for _, cost in counted if cost is not None]
    if len(costs) < len(counted):
        return None
    return Margin(len(counted), sum(order.amount_minor for order, _ in counted), sum(costs))


def _minor(price: Money | None) -> int:
    return price.minor if price is not None else 0
