"""What was sold, and how fast. Pure; money is integer minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.commerce.state import Order

MINUTES: Final = 30
TAKEN_BACK: Final = frozenset({"cancelled", "canceled", "refunded", "expired", "failed"})


@dataclass(frozen=True, slots=True)
class Figures:
    """Pieces, revenue, and revenue of each of the last 30 minutes, oldest first."""

    sold: int
    revenue_minor: int
    per_minute: tuple[int, ...]


def figures(orders: Iterable[Order], *, now: datetime, currency: str) -> Figures:
    """The figures of all orders that stand; revenue counts those in `currency` alone, amounts are never mixed.

    The last minute is the 60 s before `now`; an order from the shop's future counts as now.
    """
    sold = revenue = 0
    minutes = [0] * MINUTES
    for order in orders:
        if order.state in TAKEN_BACK:
            continue
        sold += order.quantity
        if order.currency != currency:
            continue
        revenue += order.amount_minor
        age = int(max((now - order.at).total_seconds(), 0.0) // 60)
        if age < MINUTES:
            minutes[MINUTES - 1 - age] += order.amount_minor
    return Figures(sold, revenue, tuple(minutes))
