"""What sold when: by scene, camera and source, minute by minute, and how quickly. Pure: a report in, rows out.

An order counts to the scene that was on air when the shop took it; viewers saw the picture some seconds before.
Amounts are integer minor units of the report's currency, durations seconds. Revenue is what is authorised: held, firm
and paid; paid is a part of it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.contract.standing import Standing
from console.core.latency import Latency
from console.show.costs import Margin, margin_of
from console.show.figures import Report
from console.show.records import DropRun, Order, Span

NOT_ON_AIR = ""
"""The scene, or camera, of orders that came while nothing was known to be on air, or no camera's scene."""

_STANDINGS: Final = (
    Standing.PAID, Standing.FIRM, Standing.HELD, Standing.WAITING, Standing.EXPIRED, Standing.VOID, Standing.REFUNDED
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sold:
    """What some of the orders add up to."""

    name: str
    orders: int
    pieces: int
    revenue_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class OnAirSold:
    """What was sold while a scene or camera was on air; `per_minute_minor` is per minute on air, None for no time."""

    sold: Sold
    on_air_s: float

    @property
    def per_minute_minor(self) -> float | None:
        """Revenue per minute on air."""
        return 60 * self.sold.revenue_minor / self.on_air_s if self.on_air_s > 0 else None


@dataclass(frozen=True, slots=True)
class Minute:
    """A stretch of time and the revenue per minute in it: ordered then, and paid then."""

    at: datetime
    authorised_minor: float
    paid_minor: float


def by_scene(report: Report) -> list[OnAirSold]:
    """Every scene that was on air, the one that sold most first; orders beside every scene come last."""
    return _by_what_was_on_air(report, lambda scene: scene)


def by_camera(report: Report) -> list[OnAirSold]:
    """Every camera whose scene was on air, as by_scene; nothing when the journal knows of no cameras."""
    return _by_what_was_on_air(report, lambda scene: report.cameras.get(scene, NOT_ON_AIR)) if report.cameras else []


def _by_what_was_on_air(report: Report, name_of: Callable[[str], str]) -> list[OnAirSold]:
    spans = report.program
    starts = [span.start for span in spans]
    on_air_s: dict[str, float] = {}
    for span in spans:
        name = name_of(span.name)
        on_air_s[name] = on_air_s.get(name, 0.0) + max(0.0, _length_s(span))
    orders: dict[str, list[Order]] = {name: [] for name in on_air_s}
    for order in _counted(report):
        at = bisect_right(starts, order.at) - 1
        orders.setdefault(name_of(spans[at].name) if at >= 0 else NOT_ON_AIR, []).append(order)
    rows = [OnAirSold(_sum(name, some), on_air_s.get(name, 0.0)) for name, some in orders.items()]
    return sorted(rows, key=lambda row: (row.sold.name == NOT_ON_AIR, -row.sold.revenue_minor, row.sold.name))


def by_source(report: Report) -> list[Sold]:
    """Where the orders came from, the most revenue first."""
    orders: dict[str, list[Order]] = {}
    for order in _counted(report):
        orders.setdefault(order.source, []).append(order)
    return sorted((_sum(name, some) for name, some in orders.items()), key=lambda row: (-row.revenue_minor, row.name))


def by_standing(report: Report) -> list[Sold]:
    """Where the orders stand, those that came to nothing too: paid ones first."""
    orders: dict[Standing, list[Order]] = {}
    for order in report.orders.values():
        if order.currency == report.currency:
            orders.setdefault(order.standing, []).append(order)
    return [_sum(standing.value, orders[standing]) for standing in _STANDINGS if standing in orders]


def minutes_of(report: Report, minutes: int = 1) -> list[Minute]:
    """Every stretch of `minutes` from the start of the show to its end."""
    if report.start is None:
        return []
    step_s = minutes * 60
    authorised, paid = Counter[int](), Counter[int]()
    for order in _counted(report):
        authorised[_floor(order.at, step_s)] += order.amount_minor
        if report.is_paid(order):
            paid[_floor(order.paid_at or order.at, step_s)] += order.amount_minor
    stops = range(_floor(report.start, step_s), int((report.end or report.start).timestamp()) + 1, step_s)
    return [
        Minute(datetime.fromtimestamp(stop, UTC), authorised[stop] / minutes, paid[stop] / minutes) for stop in stops
    ]


def latency(report: Report, drop: DropRun) -> Latency | None:
    """How quickly a drop sold after it had opened; None while it has no orders since."""
    opened = drop.opened_at
    if opened is None:
        return None
    return Latency.of(sorted((one.at - opened).total_seconds() for one in _of(report, drop) if one.at >= opened))


def latency_in_all(report: Report) -> Latency | None:
    """The same of all drops, each order from its own drop's opening."""
    opened = {id: drop.opened_at for id, drop in report.drops.items() if drop.opened_at is not None}
    took = [
        (order.at - at).total_seconds()
        for order in report.orders.values()
        if order.counts and (at := opened.get((order.drop, order.run))) is not None and order.at >= at
    ]
    return Latency.of(sorted(took))


def from_view(report: Report, drop: DropRun | None = None) -> Latency | None:
    """How long after their first view of it buyers ordered, of a drop or in all; None where no page knew."""
    orders = report.orders.values() if drop is None else _of(report, drop)
    took = ((one.at - one.viewed_at).total_seconds() for one in orders if one.counts and one.viewed_at is not None)
    return Latency.of(sorted(seconds for seconds in took if seconds >= 0))


def margin(report: Report, drop: DropRun | None = None) -> Margin | None:
    """What a drop's orders, or all in the report's currency, bring and cost; None without rates that fit."""
    return margin_of(_counted(report) if drop is None else _of(report, drop), report.rates)


def _of(report: Report, drop: DropRun) -> Iterable[Order]:
    key = drop.drop, drop.run
    return (order for order in report.orders.values() if order.counts and (order.drop, order.run) == key)


def _counted(report: Report) -> Iterable[Order]:
    return (order for order in report.orders.values() if order.counts and order.currency == report.currency)


def _sum(name: str, orders: list[Order]) -> Sold:
    pieces, revenue = sum(order.quantity for order in orders), sum(order.amount_minor for order in orders)
    paid = sum(order.amount_minor for order in orders if order.standing is Standing.PAID)
    return Sold(name, len(orders), pieces, revenue, paid)


def _length_s(span: Span) -> float:
    return (span.end - span.start).total_seconds() if span.end else 0.0


def _floor(at: datetime, step_s: int) -> int:
    return int(at.timestamp()) // step_s * step_s
