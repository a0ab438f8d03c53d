"""What sold when: by scene, by source, and how quickly after a drop opened. Pure: a report in, rows out.

An order counts to the scene that was on air when the shop took it; viewers saw the picture some seconds before.
Amounts are integer minor units of the report's currency, durations seconds.
"""

import statistics
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from console.show.figures import Report
from console.show.records import DropRun, Order

NOT_ON_AIR = ""
"""The scene of orders that came while nothing was known to be on air."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What some of the orders add up to."""

    name: str
    orders: int
    pieces: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class SceneSold:
    """What was sold while a scene was on air; `per_minute_minor` is per minute on air, None for no time at all."""

    sold: Sold
    on_air_s: float

    @property
    def per_minute_minor(self) -> float | None:
        """Revenue per minute on air."""
        return 60 * self.sold.revenue_minor / self.on_air_s if self.on_air_s > 0 else None


@dataclass(frozen=True, slots=True)
class Latency:
    """How long after a drop's opening its orders came, seconds: the middle one, and by when nine of ten had come."""

    p50_s: float
    p90_s: float


def by_scene(report: Report) -> list[SceneSold]:
    """Every scene that was on air, the one that sold most first; orders beside every scene come last."""
    spans = report.program
    starts = [span.start for span in spans]
    on_air_s: dict[str, float] = {}
    for span in spans:
        length_s = (span.end - span.start).total_seconds() if span.end else 0.0
        on_air_s[span.name] = on_air_s.get(span.name, 0.0) + max(0.0, length_s)
    orders: dict[str, list[Order]] = {name: [] for name in on_air_s}
    for order in _counted(report):
        at = bisect_right(starts, order.at) - 1
        orders.setdefault(spans[at].name if at >= 0 else NOT_ON_AIR, []).append(order)
    rows = [SceneSold(_sum(name, some), on_air_s.get(name, 0.0)) for name, some in orders.items()]
    return sorted(rows, key=lambda row: (row.sold.name == NOT_ON_AIR, -row.sold.revenue_minor, row.sold.name))


def by_source(report: Report) -> list[Sold]:
    """Where the orders came from, the most revenue first."""
    orders: dict[str, list[Order]] = {}
    for order in _counted(report):
        orders.setdefault(order.source, []).append(order)
    return sorted((_sum(name, some) for name, some in orders.items()), key=lambda row: (-row.revenue_minor, row.name))


def latency(report: Report, drop: DropRun) -> Latency | None:
    """How quickly a drop sold after it had opened; None while it has no orders since."""
    opened = drop.opened_at
    if opened is None:
        return None
    took = sorted(
        (order.at - opened).total_seconds()
        for order in report.orders.values()
        if order.counts and (order.drop, order.run) == (drop.drop, drop.run) and order.at >= opened
    )
    if not took:
        return None
    return Latency(statistics.median(took), took[-(-9 * len(took) // 10) - 1])


def _counted(report: Report) -> Iterable[Order]:
    return (order for order in report.orders.values() if order.counts and order.currency == report.currency)


def _sum(name: str, orders: list[Order]) -> Sold:
    pieces, revenue = sum(order.quantity for order in orders), sum(order.amount_minor for order in orders)
    return Sold(name, len(orders), pieces, revenue)
