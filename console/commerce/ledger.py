"""What was sold, and how fast: all orders of a show run, counted as they come. No clock, no I/O.

An order costs the same whether it is the tenth or the ten thousandth: nothing here goes through all of them.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.commerce.state import Order

MINUTES: Final = 30
TAKEN_BACK: Final = frozenset({"cancelled", "canceled", "refunded", "expired", "failed"})


@dataclass(frozen=True, slots=True)
class Figures:
    """Pieces, revenue, revenue of each of the last 30 minutes (oldest first), and of each source (the most first)."""

    sold: int
    revenue_minor: int
    per_minute: tuple[int, ...]
    by_source: tuple[tuple[str, int], ...]


class Ledger:
    """Orders by id. Those taken back count nothing; revenue counts `currency` alone, amounts are never mixed."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._orders: dict[str, tuple[Order, int]] = {}  # and the second that it counts in
        self._in_order: list[Order] = []  # of time
        self._sold = 0
        self._revenue_minor = 0
        self._by_second: dict[int, int] = {}
        self._by_source: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def state_of(self, id: str) -> str | None:
        """The state in which that order is known; None when it is not."""
        known = self._orders.get(id)
        return known[0].state if known is not None else None

    def put(self, order: Order, *, now: datetime) -> None:
        """An order, or its new state. One from the shop's future counts as now."""
        known = self._orders.get(order.id)
        if known is not None:
            del self._in_order[bisect_left(self._in_order, _when(known[0]), key=_when)]
            self._count(*known, sign=-1)
        second = min(int(order.at.timestamp()), int(now.timestamp()))
        self._orders[order.id] = order, second
        insort(self._in_order, order, key=_when)
        self._count(order, second, sign=1)

    def _count(self, order: Order, second: int, *, sign: int) -> None:
        if order.state in TAKEN_BACK:
            return
        self._sold += sign * order.quantity
        if order.currency == self._currency:
            self._revenue_minor += sign * order.amount_minor
            self._by_second[second] = self._by_second.get(second, 0) + sign * order.amount_minor
            self._by_source[order.source] = self._by_source.get(order.source, 0) + sign * order.amount_minor

    def newest(self, count: int) -> tuple[Order, ...]:
        """The last `count` orders, newest first."""
        return tuple(reversed(self._in_order[-count:]))

    def figures(self, now: datetime) -> Figures:
        """The figures so far; minutes are of whole seconds, the last one is the 60 s up to `now`."""
        second = int(now.timestamp())
        of = self._by_second.get
        minutes = (
            sum(of(at, 0) for at in range(second - 60 * age - 59, second - 60 * age + 1))
            for age in range(MINUTES - 1, -1, -1)
        )
        sources = sorted(
            ((name, sum) for name, sum in self._by_source.items() if sum), key=lambda one: (-one[1], one[0])
        )
        return Figures(self._sold, self._revenue_minor, tuple(minutes), tuple(sources))


def _when(order: Order) -> tuple[datetime, str]:
    return order.at, order.id
