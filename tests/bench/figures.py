"""One line of the bench's table: a figure of ours beside a floor of the same run. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `floor` in `unit`; `ratio` is ours over floor; `spread` says how the single measurements lie."""

    name: str
    ours: float
    floor: float
    ratio: float
    unit: str
    spread: str


def paired(name: str, ours: Sequence[float], floors: Sequence[float], unit: str) -> Figure:
    """Medians of both sides and of the ratios pair by pair; the spread is the middle half of the ratios."""
    ratios = [mine / floor for mine, floor in zip(ours, floors, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    spread = f"x{low:.2f} .. x{high:.2f} of {len(ratios)} pairs"
    return Figure(name, statistics.median(ours), statistics.median(floors), statistics.median(ratios), unit, spread)


def against(name: str, ours: float, floor: float, unit: str, spread: str) -> Figure:
    """One figure that was taken over a whole run."""
    return Figure(name, ours, floor, ours / floor if floor else float("inf"), unit, spread)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay below."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 stay below."""
    return statistics.quantiles(values, n=100, method="inclusive")[-1]


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text, columns aligned."""
    rows = [("figure", "ours", "floor", "ratio", "unit", "spread")]
    rows += [(f.name, number(f.ours), number(f.floor), f"{f.ratio:.2f}", f.unit, f.spread) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    rows.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in (1, 2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def number(value: float) -> str:
    """Three figures that mean something."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
