"""States of the FIGURES page, by name."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.commerce.figures import Curve, DropFigures, Figures, SourceSum
from console.commerce.state import DropState, Order
from console.core.latency import Latency

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning"


def sold(*, after_min: int = 12, scale: int = 1) -> Figures:
    """A drop that went well: most at once, then less; what is paid comes a little later."""
    peaks = ((after_min - 8, 7_600), (after_min, 11_400), (after_min + 9, 5_700))
    authorised = tuple(sum(_piece(n - at, most) for at, most in peaks) * scale for n in range(30))
    paid = tuple(sum(_piece(n - at - 1, most * 3 // 4) for at, most in peaks) * scale for n in range(30))
    money = sum(authorised), sum(paid)
    return Figures(
        orders=21 * scale, sold=19 * scale, held=4 * scale, authorised_minor=money[0], paid_minor=money[1],
        authorised_per_minute=authorised, paid_per_minute=paid,
        by_source=tuple(
            SourceSum(name, money[0] * tenths // 10, money[1] * tenths // 10)
            for name, tenths in (("livestream", 6), ("link-newsletter", 3), ("counter", 1))
        ),
        from_opening=Latency(14.2, 131.0), from_view=Latency(41.0, 96.5),
    )  # fmt: skip


def _piece(minutes: int, most: int) -> int:
    return int(most * math.exp(-minutes / 3)) // 950 * 950 if minutes >= 0 else 0


def curve(desk: "FakeDesk", *, stock: int = 50) -> Curve:
    """Pieces of such a drop over five minutes."""
    opened_at = desk.clock.now() - timedelta(seconds=252)
    points = tuple((int(stock * 0.38 * (1 - math.exp(-n / 14))), 1 + n // 20 + (n % 7 == 3)) for n in range(60))
    return Curve(opened_at, 4.2, points)


def show(desk: "FakeDesk", figures: Figures, *of: DropFigures, **changes: object) -> None:
    """A drop is open, with these figures and an order of each kind on top."""
    closes_at = desk.clock.now() + timedelta(seconds=48)
    desk.with_drop(DropState.OPEN, sold=19, stock_left=27, closes_at=closes_at)
    at = desk.clock.now() - timedelta(seconds=2)
    newest = tuple(
        Order(f"n{n}", "cap-01", 1, 1, 1900, "EUR", "livestream", state, at)
        for n, state in enumerate(("held", "confirmed", "paid", "expired"))
    )
    sale = desk.sale.value
    changed = replace(sale, orders=(*newest, *sale.orders), figures=figures, drop_figures=of)
    desk.sale.set(replace(changed, **changes))  # type: ignore[arg-type]


def figures_none(desk: "FakeDesk") -> None:
    desk.with_drop(DropState.DRAFT, sold=0, stock_left=None)
    desk.sale.set(replace(desk.sale.value, figures=Figures()))


def figures_show(desk: "FakeDesk") -> None:
    show(desk, sold(), DropFigures("cap-01", 1, desk.clock.now(), sold(), curve(desk)))
    drops = desk.sale.value.drops
    tote = replace(drops[1], state=DropState.CLOSED, sold=26, stock_left=4)
    desk.sale.set(replace(desk.sale.value, drops=(drops[0], tote, *drops[2:])))


def figures_many(desk: "FakeDesk") -> None:
    """Sixty drops, long names, sums that nobody thought of, twenty sources."""
    large = replace(
        sold(scale=40_000),
        by_source=tuple(SourceSum(LONG[: 3 + 4 * n], 99_999_900 - 4_000_000 * n, 0) for n in range(20)),
        from_opening=Latency(4_000.0, 35_999.0),
    )
    show(desk, large)
    cap = desk.sale.value.drops[0]
    drops = tuple(
        replace(cap, id=f"drop-{n}", title=f"{n} {LONG}"[: 6 + n], stock=90_000 + n, sold=9_999 * (n % 9), stock_left=7)
        for n in range(60)
    )
    desk.sale.set(replace(desk.sale.value, drops=drops, chosen="drop-3"))


FIGURES_PAGE = {
    "figures_none": (9, figures_none), "figures_show": (9, figures_show), "figures_many": (9, figures_many),
}  # fmt: skip
