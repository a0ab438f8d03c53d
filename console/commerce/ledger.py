"""What was sold, and how fast: all orders of a show run, counted as they come. No clock, no I/O.

Each order counts once, by its newest state; whatever came before, the figures are those of counting its newest state
alone. An order costs the same whether it is the tenth or the ten thousandth: nothing goes through all of them for it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Final

from console.commerce.figures import DropFigures, Figures
from console.commerce.state import Order
from console.commerce.tally import Tally
from console.contract import orders as wire
from console.contract.orders import OrderState
from console.core.latency import Latency

TAKEN_BACK: Final = frozenset({"cancelled", "canceled", "refunded", "expired", "failed", "void"})
UNPAID: Final = frozenset({OrderState.WAITING, OrderState.HELD, OrderState.CONFIRMED})


class Ledger:
    """Orders by id. Those taken back count nothing; revenue counts `currency` alone, amounts are never mixed."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._orders: dict[str, Order] = {}
        self._in_order: list[Order] = []  # of time
        self._show = Tally(currency)
        self._drops: dict[tuple[str, int], Tally] = {}
        self._opened: dict[tuple[str, int], datetime] = {}
        self._shown: dict[tuple[str, int], tuple[object, DropFigures]] = {}  # with what they were made from
        self._unpaid: dict[str, Order] = {}

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def currency(self) -> str:
        """What revenue is counted in."""
        return self._currency

    def count_in(self, currency: str) -> None:
        """Count revenue in another currency, as long as nothing was counted."""
        if not self._orders:
            self._currency, self._show = currency, Tally(currency)

    def state_of(self, id: str) -> str | None:
        """The state in which that order is known; None when it is not."""
        known = self._orders.get(id)
        return known.state if known is not None else None

    def order(self, id: str) -> Order | None:
        """That order as it was told last."""
        return self._orders.get(id)

    @property
    def unpaid(self) -> tuple[Order, ...]:
        """The orders that can still be voided, in the order in which they came."""
        return tuple(self._unpaid.values())

    def settled(self, told: Iterable[wire.Order], *, now: datetime) -> list[wire.Order]:
        """Orders as they are kept: the first time stays an order's time, and when it changed is written on it.

        What the shop says is in the future is now. Changes nothing here.
        """
        known: dict[str, Order | wire.Order] = {}
        kept = []
        for order in told:
            known[order.id] = one = _settled(order, known.get(order.id) or self._orders.get(order.id), now)
            kept.append(one)
        return kept

    def put(self, order: Order) -> None:
        """An order as it was settled, or its new state."""
        known = self._orders.get(order.id)
        if known is not None:
            del self._in_order[bisect_left(self._in_order, _when(known), key=_when)]
            self._count(known, sign=-1)
        self._orders[order.id] = order
        insort(self._in_order, order, key=_when)
        if order.state in UNPAID:
            self._unpaid[order.id] = order
        else:
            self._unpaid.pop(order.id, None)
        self._count(order, sign=1)

    def opened(self, drop: str, run: int, at: datetime) -> bool:
        """A run of a drop opened; the first word of it stands. Returns whether this is the first."""
        return (drop, run) not in self._opened and self._opened.setdefault((drop, run), at) is at

    def newest(self, count: int) -> tuple[Order, ...]:
        """The last `count` orders, newest first."""
        return tuple(reversed(self._in_order[-count:]))

    def figures(self, now: datetime) -> Figures:
        """The show's figures so far; minutes are of whole seconds, the last one is the 60 s up to `now`."""
        since = (tally.since(self._opened[key]) for key, tally in self._drops.items() if key in self._opened)
        return self._show.figures(now, from_opening=Latency.of(sorted(chain.from_iterable(since))))

    def by_drop(self, now: datetime, closes_at: Mapping[tuple[str, int], datetime]) -> tuple[DropFigures, ...]:
        """The figures of each run of a drop that has orders; `closes_at`: where the curve of one ends at the latest."""
        return tuple(
            self._of_drop(key, tally, now=now, end=min(now, closes_at.get(key, tally.newest_at or now)))
            for key, tally in self._drops.items()
        )

    def _of_drop(self, key: tuple[str, int], tally: Tally, *, now: datetime, end: datetime) -> DropFigures:
        """As they were shown before, when nothing can have changed: a show has dozens of drops that are over."""
        opened_at = self._opened.get(key)
        made_from = tally.version, opened_at, end
        before, shown = self._shown.get(key, (None, None))
        if shown is None or before != made_from or tally.has_minutes(now):
            shown = self._made(key, tally, now=now, end=end)
            self._shown[key] = made_from, shown
        return shown

    def _made(self, key: tuple[str, int], tally: Tally, *, now: datetime, end: datetime) -> DropFigures:
        opened_at = self._opened.get(key)
        since = tally.since(opened_at) if opened_at is not None else []
        figures = tally.figures(now, from_opening=Latency.of(since))
        return DropFigures(*key, opened_at, figures, tally.curve(opened_at, end))

    def _count(self, order: Order, *, sign: int) -> None:
        tally = self._drops.setdefault((order.drop, order.run), Tally(self._currency))
        for one in (self._show, tally):
            one.count(order, sign=sign)


def _settled(order: wire.Order, known: Order | wire.Order | None, now: datetime) -> wire.Order:
    at = min(order.at, now) if known is None else known.at
    changed_at = order.changed_at or (at if known is None else now)
    viewed_at = known.viewed_at if known is not None and known.viewed_at is not None else order.viewed_at
    settled = {"at": at, "changed_at": max(at, min(changed_at, now)), "viewed_at": viewed_at}
    return order.model_copy(update={name: time and _as_written(time) for name, time in settled.items()})


def _as_written(time: datetime) -> datetime:
    """In milliseconds, as it is kept: the figures are the same after the next start."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _when(order: Order) -> tuple[datetime, str]:
    return order.at, order.id
