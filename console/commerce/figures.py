"""What the orders of a show run add up to, as values. Pure; money is integer minor units, durations seconds.

Authorised is what is held, firm or paid; paid is a part of it. What is void, expired or refunded counts nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from console.core.latency import Latency


@dataclass(frozen=True, slots=True)
class SourceSum:
    """What came from one source; "" when nobody said from which."""

    name: str
    authorised_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run of a drop, or of the whole show. Minutes are the last 30, oldest first; sources the most first."""

    orders: int = 0
    sold: int = 0  # pieces that are firm or paid
    held: int = 0  # pieces
    authorised_minor: int = 0
    paid_minor: int = 0
    authorised_per_minute: tuple[int, ...] = ()  # by when they were ordered
    paid_per_minute: tuple[int, ...] = ()  # by when they were paid
    by_source: tuple[SourceSum, ...] = ()
    from_opening: Latency | None = None  # the drop's opening to the order
    from_view: Latency | None = None  # the buyer's first view of the drop to the order


@dataclass(frozen=True, slots=True)
class Curve:
    """Pieces sold and held since a drop opened, one point every `step_s`, the first of them one step after it."""

    start_at: datetime
    step_s: float
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class DropFigures:
    """The figures of one run of one drop."""

    drop: str
    run: int
    opened_at: datetime | None = None
    figures: Figures = Figures()
    curve: Curve | None = None  # None before the first order
