"""The figures of the sale as plain JSON. Pure; amounts are integer minor units, durations seconds."""

from console.commerce.figures import Curve, DropFigures, Figures
from console.core.clock import rfc3339
from console.core.latency import Latency


def figures_of(figures: Figures) -> dict[str, object]:
    """What orders add up to, of the whole show or of one run of a drop."""
    return {
        "orders": figures.orders,
        "sold": figures.sold,
        "held": figures.held,
        "authorised_minor": figures.authorised_minor,
        "paid_minor": figures.paid_minor,
        "authorised_minor_per_minute": list(figures.authorised_per_minute),
        "paid_minor_per_minute": list(figures.paid_per_minute),
        "by_source": [
            {"source": one.name, "authorised_minor": one.authorised_minor, "paid_minor": one.paid_minor}
            for one in figures.by_source
        ],
        "opening_to_order": _latency(figures.from_opening),
        "view_to_order": _latency(figures.from_view),
    }


def drop_figures_of(drop: DropFigures) -> dict[str, object]:
    """The same of a drop's run, with what was sold and held over time."""
    return {
        **figures_of(drop.figures),
        "opened_at": None if drop.opened_at is None else rfc3339(drop.opened_at),
        "over_time": None if drop.curve is None else _curve(drop.curve),
    }


def _latency(latency: Latency | None) -> dict[str, float] | None:
    return None if latency is None else {"p50_s": round(latency.p50_s, 1), "p90_s": round(latency.p90_s, 1)}


def _curve(curve: Curve) -> dict[str, object]:
    return {
        "from": rfc3339(curve.start_at),
        "step_s": round(curve.step_s, 3),
        "sold": [sold for sold, _ in curve.points],
        "held": [held for _, held in curve.points],
    }
