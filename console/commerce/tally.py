"""Adding up orders, one in or out at a time: of one run of a drop, or of the whole show. No clock, no I/O."""

import math
from bisect import bisect_left, insort
from collections import Counter
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final, TypeVar

from console.commerce.figures import Curve, Figures, SourceSum
from console.commerce.state import Order
from console.contract.standing import Standing, standing_of
from console.core.latency import Latency

Key = TypeVar("Key")
MINUTES: Final = 30
POINTS: Final = 60  # of a curve


class Tally:
    """Sums, and what they are made of by the second. Money is of `currency` alone."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self.version = 0  # counts what was counted
        self._latest = 0  # second of which anything was ever counted
        self._orders = 0
        self._all_sold, self._all_held, self._all_authorised, self._all_paid = 0, 0, 0, 0
        self._sold: Counter[int] = Counter()  # pieces by the second of their order
        self._held: Counter[int] = Counter()
        self._authorised: Counter[int] = Counter()  # minor units by the second of their order
        self._paid: Counter[int] = Counter()  # and by the second in which they were paid
        self._by_source: dict[str, Counter[Standing]] = {}
        self._times: list[float] = []  # of orders, seconds of the epoch, rising
        self._since_view: list[float] = []  # seconds, rising

    @property
    def newest_at(self) -> datetime | None:
        """When the last order came that counts."""
        return datetime.fromtimestamp(self._times[-1], UTC) if self._times else None

    def count(self, order: Order, *, sign: int) -> None:
        """One order in (sign 1), or out again as it came in (-1)."""
        standing = standing_of(order.state)
        if not standing.counts:
            return
        self.version += 1
        self._orders += sign
        self._latest = max(self._latest, int((order.changed_at or order.at).timestamp()))
        second, pieces = int(order.at.timestamp()), sign * order.quantity
        if standing is Standing.HELD:
            self._all_held += pieces
            _add(self._held, second, pieces)
        else:
            self._all_sold += pieces
            _add(self._sold, second, pieces)
        _keep(self._times, order.at.timestamp(), sign)
        if order.viewed_at is not None and order.viewed_at <= order.at:
            _keep(self._since_view, (order.at - order.viewed_at).total_seconds(), sign)
        if order.currency == self._currency:
            self._count_money(order, standing, second=second, amount_minor=sign * order.amount_minor)

    def _count_money(self, order: Order, standing: Standing, *, second: int, amount_minor: int) -> None:
        self._all_authorised += amount_minor
        _add(self._authorised, second, amount_minor)
        if standing is Standing.PAID:
            self._all_paid += amount_minor
            _add(self._paid, int((order.changed_at or order.at).timestamp()), amount_minor)
        _add(self._by_source.setdefault(order.source, Counter()), standing, amount_minor)

    def has_minutes(self, now: datetime) -> bool:
        """Whether any of the last minutes may hold something, or may have held it a moment ago."""
        return now.timestamp() - self._latest < 60 * (MINUTES + 1)

    def since(self, opened_at: datetime) -> list[float]:
        """How long after the opening each order came that came since, seconds, rising."""
        start = opened_at.timestamp()
        return [at - start for at in self._times[bisect_left(self._times, start) :]]

    def figures(self, now: datetime, *, from_opening: Latency | None) -> Figures:
        """All of it at `now`."""
        sources = (
            SourceSum(name, sum(sums.values()), sums[Standing.PAID]) for name, sums in self._by_source.items() if sums
        )
        return Figures(
            orders=self._orders,
            sold=self._all_sold,
            held=self._all_held,
            authorised_minor=self._all_authorised,
            paid_minor=self._all_paid,
            authorised_per_minute=_per_minute(self._authorised, now),
            paid_per_minute=_per_minute(self._paid, now),
            by_source=tuple(sorted(sources, key=lambda one: (-one.authorised_minor, one.name))),
            from_opening=from_opening,
            from_view=Latency.of(self._since_view),
        )

    def curve(self, opened_at: datetime | None, end: datetime) -> Curve | None:
        """Pieces over time from the opening (or the first order, when that is not known) up to `end`, or to now."""
        if not self._times:
            return None
        start = opened_at.timestamp() if opened_at is not None else self._times[0]
        step_s = max(0.1, (max(end.timestamp(), self._times[-1]) - start) / POINTS)
        sold, held = (_steps(pieces, start, step_s) for pieces in (self._sold, self._held))
        points = tuple(zip(accumulate(sold), accumulate(held), strict=True))
        return Curve(datetime.fromtimestamp(start, UTC), step_s, points)


def _steps(pieces: Counter[int], start: float, step_s: float) -> list[int]:
    """How many pieces fall into each step; what is before the first counts to it."""
    steps = [0] * POINTS
    for second, count in pieces.items():
        steps[min(POINTS - 1, max(0, math.ceil((second - start) / step_s) - 1))] += count
    return steps


def _per_minute(by_second: Counter[int], now: datetime) -> tuple[int, ...]:
    """The last minutes up to `now`, oldest first."""
    newest, of = int(now.timestamp()), by_second.get
    return tuple(
        sum(of(second, 0) for second in range(newest - 60 * age - 59, newest - 60 * age + 1))
        for age in range(MINUTES - 1, -1, -1)
    )


def _add(counts: Counter[Key], key: Key, value: int) -> None:
    """Add to a count; one that is nothing is gone."""
    counts[key] += value
    if not counts[key]:
        del counts[key]


def _keep(values: list[float], value: float, sign: int) -> None:
    if sign > 0:
        insort(values, value)
    else:
        del values[bisect_left(values, value)]
